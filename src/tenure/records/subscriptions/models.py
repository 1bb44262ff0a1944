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
    price_minor = models.BigIntegerField(help_text="charged for this term, net of discounts")
    list_price_minor = models.BigIntegerField(help_text="the list price on the day it was sold")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=TermState)
    renewed_on = models.DateField(null=True, help_text="the day the next term was bought")
    closed_on = models.DateField(null=True, help_text="the day it was lapsed or cancelled")
    cancel_asked_on = models.DateField(null=True)
    end_kind = models.CharField(max_length=20, blank=True)
    extended_days = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "number"], name="term_number_once"),
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
                condition=~models.Q(state__in=[TermState.LAPSED, TermState.CANCELLED])
                | models.Q(closed_on__isnull=False),
                name="term_closed_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "ends_on"], name="term_state_ends"),
            models.Index(fields=["account", "-ends_on"], name="term_account_ends"),
        ]
