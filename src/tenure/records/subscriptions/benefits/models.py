"""What a customer was given beside the term, until when, and why."""

from django.db import models

from tenure.kernel.failures import Sentence
from tenure.records.subscriptions.benefits.rules import BenefitKind


class Benefit(models.Model):
    """One thing that was given once; it ends, and then it says how."""

    class End(models.TextChoices):
        OVER = "over"  # its days are over
        TAKEN_BACK = "taken_back"  # what it came with was refunded or cancelled
        CONVERTED = "converted"  # bought before its end

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    term = models.ForeignKey(
        "records.Term", on_delete=models.PROTECT, related_name="+", help_text="it came with this"
    )
    kind = models.CharField(max_length=20, choices=[(str(one), str(one)) for one in BenefitKind])
    rule_id = models.CharField(max_length=60, help_text="the entry of the strategy")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    reason_zh = models.CharField(max_length=400)
    reason_en = models.CharField(max_length=400)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the first day without it")
    worth_minor = models.BigIntegerField(default=0, help_text="what it would have cost")
    currency = models.CharField(max_length=3)
    period = models.ForeignKey(
        "records.ContractPeriod", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    given_on = models.DateField()
    reminded_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end = models.CharField(max_length=20, choices=End, blank=True)
    converted_on = models.DateField(null=True, help_text="a trial: when it was bought")
    converted_to = models.CharField(max_length=60, blank=True)
    settled_on = models.DateField(null=True, help_text="a trial: counted, won or not")
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True, end="")
                | models.Q(ended_on__isnull=False) & ~models.Q(end=""),
                name="benefit_end_says_how",
            ),
            models.CheckConstraint(
                condition=models.Q(converted_on__isnull=True) | models.Q(kind="trial"),
                name="benefit_only_trials_convert",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "kind"], name="benefit_account_kind"),
            models.Index(
                fields=["ends_on"], condition=models.Q(ended_on=None), name="benefit_open_ends"
            ),
        ]

    @property
    def name(self) -> Sentence:
        """What it is called."""
        return Sentence(zh=self.name_zh, en=self.name_en)

    @property
    def reason(self) -> Sentence:
        """Why it was given."""
        return Sentence(zh=self.reason_zh, en=self.reason_en)
