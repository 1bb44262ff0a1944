"""A present for a renewal, the stock that it comes from, and the codes."""

from django.db import models

from tenure.kernel.failures import Sentence
from tenure.records.gifts.states import GiftState


class GiftStock(models.Model):
    """How many of one thing there are, and how many of them are promised to somebody."""

    rule_id = models.CharField(max_length=60, unique=True)
    total = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("total")), name="gift_stock_not_oversold"
            ),
        ]


class Gift(models.Model):
    """One present that a renewal earned; the customer chooses which, and where it goes."""

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField(default=list, help_text="entries of the strategy that fit")
    rule_id = models.CharField(max_length=60, blank=True, help_text="what was chosen")
    kind = models.CharField(max_length=10, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=400, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=20, choices=GiftState)
    earned_on = models.DateField()
    choose_until = models.DateField(help_text="the last day for choosing")
    chosen_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True, help_text="returned or cancelled")
    why = models.CharField(max_length=40, blank=True, help_text="of a cancellation")
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["sent", "delivered", "returned"])
                | ~models.Q(rule_id="") & models.Q(sent_on__isnull=False),
                name="gift_sent_was_chosen",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["returned", "cancelled"])
                | models.Q(closed_on__isnull=False),
                name="gift_closed_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "earned_on"], name="gift_state_earned"),
            models.Index(fields=["account"], name="gift_account"),
        ]

    @property
    def name(self) -> Sentence:
        """What was chosen; empty before that."""
        return Sentence(zh=self.name_zh, en=self.name_en)


class GiftCode(models.Model):
    """One code of a partner; it belongs to at most one present, and to it for ever."""

    rule_id = models.CharField(max_length=60)
    code = models.CharField(max_length=120)
    gift = models.OneToOneField(Gift, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["rule_id", "code"], name="gift_code_once"),
        ]
