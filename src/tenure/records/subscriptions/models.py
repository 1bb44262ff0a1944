"""A subscription is a chain of terms; a renewal is one decision about one term."""

from django.db import models

from tenure.records.subscriptions.states import LIVE, SubscriptionState, TermState


class Subscription(models.Model):
    """One running agreement of an account for a plan."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    plan_version = models.ForeignKey(
        "records.PlanVersion", on_delete=models.PROTECT, related_name="+"
    )
    cycle_months = models.PositiveSmallIntegerField()
    anchor_on = models.DateField(help_text="due dates are counted from here, never chained")
    auto_renew = models.BooleanField(default=False)
    quantity = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=SubscriptionState)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_kind = models.CharField(max_length=20, blank=True)  # voluntary | involuntary | lapse
    paused_on = models.DateField(null=True, help_text="the first day without service")
    resumes_on = models.DateField(null=True, help_text="the first day with service again")
    owner_name = models.CharField(max_length=80, blank=True)
    attributes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="subscription_external_id"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SubscriptionState.ENDED)
                | models.Q(ended_on__isnull=False),
                name="subscription_ended_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SubscriptionState.PAUSED)
                | models.Q(paused_on__isnull=False, resumes_on__isnull=False),
                name="subscription_paused_has_days",
            ),
        ]


class Term(models.Model):
    """One paid period `[starts_on, ends_on)`. Everything later in the loop names its term."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    plan_version = models.ForeignKey(
        "records.PlanVersion", on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveIntegerField(help_text="1 for the first term of the chain")
    cycle_months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    price_minor = models.BigIntegerField(
        help_text="what a whole term like this costs, net of discounts, with the plan and seats in "
        "force; what was charged for it until a change in its middle"
    )
    list_price_minor = models.BigIntegerField(help_text="the list price on the day it was sold")
    tax_minor = models.BigIntegerField(default=0, help_text="the tax inside the price")
    free_days = models.PositiveSmallIntegerField(default=0, help_text="at the end, not paid for")
    gift_minor = models.BigIntegerField(default=0, help_text="what the free days would have cost")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=TermState)
    renewed_on = models.DateField(null=True, help_text="the day the next term was bought")
    closed_on = models.DateField(null=True, help_text="the day it was lapsed or cancelled")
    cancel_asked_on = models.DateField(null=True)
    end_kind = models.CharField(max_length=20, blank=True)
    extended_days = models.PositiveSmallIntegerField(default=0)
    reversed_on = models.DateField(
        null=True, help_text="from then on it counts as never bought, and the one before goes on"
    )
    sold_before_on = models.DateField(
        null=True, help_text="of a reversed term: the day it was bought; else the renewal says it"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            # A term whose renewal was undone leaves its number to the one that is bought instead.
            models.UniqueConstraint(
                fields=["subscription", "number"],
                condition=models.Q(reversed_on__isnull=True),
                name="term_number_once",
            ),
            # A term that was cancelled before it began may be bought again.
            models.UniqueConstraint(
                fields=["subscription", "starts_on"],
                condition=~models.Q(state=TermState.CANCELLED),
                name="term_start_once",
            ),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(state__in=LIVE),
                name="term_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="term_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=TermState.RENEWED) | models.Q(renewed_on__isnull=False),
                name="term_renewed_has_day",
            ),
            models.CheckConstraint(
                condition=models.Q(reversed_on__isnull=True)
                | models.Q(state=TermState.CANCELLED, sold_before_on__isnull=False),
                name="term_reversed_is_cancelled",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[TermState.LAPSED, TermState.CANCELLED])
                | models.Q(closed_on__isnull=False),
                name="term_closed_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "ends_on"], name="term_state_ends"),
            models.Index(fields=["account", "-ends_on"], name="term_account_ends"),
        ]


class TermLine(models.Model):
    """One line of what was charged for a term, where the term alone does not say it.

    A term without lines is its own line. The first change in its middle writes that one down
    (`renewal`), closes it, and adds what was given back and what was charged.
    """

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # billing.pricing.basket.LineKind
    code = models.CharField(max_length=60, blank=True, help_text="the add-on, where it is one")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    sold_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    quantity = models.PositiveIntegerField(default=1)
    list_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField(help_text="charged; below zero for what is given back")
    tax_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    closed_on = models.DateField(null=True, help_text="the first day that it covers no more")
    extended_days = models.PositiveSmallIntegerField(
        default=0, help_text="given after it was sold, for the same price"
    )
    closes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="line_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["term", "kind"], name="line_term_kind")]


class Attachment(models.Model):
    """An add-on that a subscription has, from a day until it is taken off (CAT-03)."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    add_on = models.ForeignKey("records.AddOn", on_delete=models.PROTECT, related_name="+")
    add_on_version = models.ForeignKey(
        "records.AddOnVersion", on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.PositiveIntegerField(default=1)
    from_on = models.DateField()
    until_on = models.DateField(null=True, help_text="the first day without it")
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "add_on"],
                condition=models.Q(until_on=None),
                name="attachment_once",
            ),
        ]


class PeriodKind(models.TextChoices):
    """What holds on a contract for a while (R-Y-068)."""

    PAUSE = "pause"
    PRICE_LOCK = "price_lock"
    TRIAL = "trial"
    PROMO = "promo"
    OFFER = "offer"  # what an offer switched on for some days
    COMEBACK = "comeback"  # the first months of somebody who came back
    READ_ONLY = "read_only"  # what no longer fits a smaller plan can be read, not changed


class ContractPeriod(models.Model):
    """Days `[starts_on, ends_on)` on which something holds for a subscription."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=PeriodKind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    content = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "kind", "starts_on"], name="contract_period_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="contract_period_ends_after_start",
            ),
        ]


class ChangeKind(models.TextChoices):
    """What is to change at the end of a term."""

    PLAN = "plan"
    SEATS = "seats"


class PlannedChange(models.Model):
    """A change that waits for its day; it can be taken back until then (R-Y-067)."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        Term,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the term at whose end it takes effect, wherever that end moves",
    )
    kind = models.CharField(max_length=20, choices=ChangeKind)
    asked_on = models.DateField()
    plan_version = models.ForeignKey(
        "records.PlanVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.PositiveIntegerField(null=True)
    applied_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "kind"],
                condition=models.Q(applied_on=None, withdrawn_on=None),
                name="planned_change_once",
            ),
        ]
