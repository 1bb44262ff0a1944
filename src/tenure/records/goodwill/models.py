"""Credits that somebody of the business gave, or asked to give."""

from django.db import models

from tenure.records.goodwill.states import GoodwillState


class GoodwillGiver(models.Model):
    """Whoever gives or asks for credits: the row that holds two of their credits apart.

    A limit over rows that are not there yet cannot be locked, so this row is made before the first.
    """

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        app_label = "records"


class Goodwill(models.Model):
    """One credit out of goodwill; given, it stands in the customer's balance."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=GoodwillState)
    asked_on = models.DateField()
    asked_by = models.CharField(max_length=120)
    decided_by = models.CharField(max_length=120, blank=True)
    once_key = models.CharField(max_length=120, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="goodwill_gives_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")) | models.Q(decided_by=""),
                name="goodwill_second_is_another",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "asked_on"], name="goodwill_account_on"),
            models.Index(fields=["asked_by", "asked_on"], name="goodwill_agent_on"),
        ]
