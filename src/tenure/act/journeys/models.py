"""Terms in a journey: the version that they keep, and the end that they were planned for."""

from django.db import models


class Enrolment(models.Model):
    """One term in one journey, from its first planned step on.

    A journey that is changed meanwhile changes for those who come later; `strategy_hash` names
    the content from which the kept version is read. When the term's end moves away from `ends_on`,
    what was planned and not sent is withdrawn and planned anew. Where a tag or an event starts the
    journey, each entry is a row of its own, named by its day (`2026-11-28`), and its days count
    from there. `left_at` says when a goal was reached: such a row hears no more.
    """

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    journey = models.CharField(max_length=60)
    version = models.CharField(max_length=16)
    strategy_hash = models.CharField(max_length=64)
    ends_on = models.DateField()
    enrolled_at = models.DateTimeField()
    entry = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="the day of the entry"
    )
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["term", "journey", "entry"], name="enrolment_once"),
        ]
        indexes = [
            models.Index(
                fields=["journey", "entry"], condition=~models.Q(entry=""), name="enrolment_entry"
            )
        ]


class Passage(models.Model):
    """Which way one term went where a lot parts the ways of a journey."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    journey = models.CharField(max_length=60)
    fork = models.CharField(max_length=60)
    branch = models.CharField(max_length=60)
    version = models.CharField(max_length=16)
    passed_at = models.DateTimeField()

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["term", "journey", "fork"], name="passage_once"),
        ]
        indexes = [models.Index(fields=["journey", "fork", "branch"], name="passage_branch")]
