"""How many of a thing there are, and each promise that takes one."""

from django.db import models

from tenure.kernel.failures import Sentence
from tenure.records.stock.states import PromiseState


class Stock(models.Model):
    """How many there are of what an offer hands over, and how many of them are promised."""

    offer_id = models.CharField(max_length=60)
    period_on = models.DateField(help_text="first day of its month; 2000-01-01: for all time")
    total = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["offer_id", "period_on"], name="stock_once_a_period"),
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("total")), name="stock_not_oversold"
            ),
        ]


class Promise(models.Model):
    """One thing that was promised to one customer for one term; `once_key` keeps it single."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    stock = models.ForeignKey(Stock, null=True, on_delete=models.PROTECT, related_name="+")
    offer_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    cost_minor = models.BigIntegerField(help_text="what handing it over costs us")
    currency = models.CharField(max_length=3)
    at_once = models.BooleanField(help_text="owed without a renewal")
    decision_id = models.BigIntegerField(null=True)
    strategy_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=PromiseState)
    why = models.CharField(max_length=40, blank=True, help_text="of a failure or a release")
    promised_on = models.DateField()
    expires_on = models.DateField(help_text="the last day on which it may become owed")
    owed_on = models.DateField(null=True)
    due_on = models.DateField(null=True, help_text="by when it is to be handed over")
    closed_on = models.DateField(null=True, help_text="done or released")
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="was withdrawn"
    )
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["owed", "done", "failed"])
                | models.Q(owed_on__isnull=False),
                name="promise_owed_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "released"])
                | models.Q(closed_on__isnull=False),
                name="promise_over_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_on"], name="promise_state_expires"),
            models.Index(fields=["term", "state"], name="promise_term_state"),
            models.Index(fields=["account"], name="promise_account"),
            models.Index(fields=["offer_id", "state"], name="promise_offer_state"),
        ]

    @property
    def name(self) -> Sentence:
        """What was promised."""
        return Sentence(zh=self.name_zh, en=self.name_en)


class Withdrawal(models.Model):
    """An offer that is no longer made, from a day on; resumed where it is made again."""

    offer_id = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    withdrawn_on = models.DateField()
    withdrawn_by = models.CharField(max_length=120)
    resumed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["offer_id"],
                condition=models.Q(resumed_on=None),
                name="withdrawal_once_open",
            ),
        ]
