"""The decision log, and the ledger of what its choices are expected to cost."""

from django.db import models


class Decision(models.Model):
    """What was done about one term at one step of its journey, and why. Rows never change, but
    for the outcome of choices that waited for a second person.

    Probabilities and margins are estimates made on the day; they are null where nobody had scored
    the term. `alternatives` holds every action of the strategy in its order, each with `action`,
    `eligible`, `refused_by` and, where it could be weighed, `effect`, `cost_minor`,
    `margin_minor`, `margin_low_minor`, `margin_high_minor` and `propensity`; `is_learned` says
    whether the effect was learned from matured choices or is as the strategy states it. Where the
    strategy counts a save for the lifetime, margins do, `term_margin_minor` beside them says what
    comes in the term at stake, and `inputs` hold `expected_terms` (null: too few renewals are
    known, the term alone counted) and `margin_per_term_minor`.
    """

    class Outcome(models.TextChoices):
        CHOSEN = "chosen"  # also where leaving alone was the choice: drawn, or worth the most
        WAITING = "waiting"  # for a second person; nobody is told of it yet
        REJECTED = "rejected"  # the second person said no, or did not decide in time
        WITHHELD = "withheld"  # left alone because a line, a budget or a capacity said no

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    journey = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    as_of = models.DateField(help_text="last day counted, in the business's zone")
    outcome = models.CharField(max_length=20, choices=Outcome)
    action = models.CharField(max_length=60, help_text="id of the offer; the one called nothing")
    kind = models.CharField(max_length=20, help_text="what the action does: reminder, coupon, …")
    reason = models.CharField(max_length=40, help_text="why this action, or why none")
    explored = models.BooleanField(default=False, help_text="chosen at random, to learn")
    drawn_from = models.CharField(
        max_length=500, blank=True, help_text="actions that chance drew from, with spaces between"
    )
    propensity = models.FloatField(help_text="the probability with which this action was chosen")
    p_without = models.FloatField(null=True, help_text="renews if left alone, 0 to 1")
    p_with = models.FloatField(null=True, help_text="renews with the action, 0 to 1")
    p_low = models.FloatField(null=True)
    p_high = models.FloatField(null=True)
    currency = models.CharField(max_length=3)
    margin_minor = models.BigIntegerField(null=True, help_text="expected, against doing nothing")
    margin_low_minor = models.BigIntegerField(null=True)
    margin_high_minor = models.BigIntegerField(null=True)
    term_margin_minor = models.BigIntegerField(
        null=True, help_text="of the margin, in the term at stake; null where only that counts"
    )
    cost_minor = models.BigIntegerField(default=0, help_text="expected")
    contact_cost_minor = models.BigIntegerField(default=0)
    list_price_minor = models.BigIntegerField(null=True, help_text="of the term that is offered")
    price_minor = models.BigIntegerField(null=True, help_text="of that term with the offer")
    months = models.PositiveSmallIntegerField(help_text="length of the term that is offered")
    extension_days = models.PositiveSmallIntegerField(default=0)
    valid_until = models.DateField(null=True, help_text="last day of the offer")
    coupon_code = models.CharField(max_length=20, null=True, unique=True)
    alternatives = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    strategy_hash = models.CharField(max_length=64)
    estimator_id = models.BigIntegerField(null=True)
    learning_id = models.BigIntegerField(null=True, help_text="what was learned of the actions")
    decided_at = models.DateTimeField()

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(fields=["term", "journey", "step"], name="decision_once"),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="decision_always_has_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(propensity__gt=0) & models.Q(propensity__lte=1),
                name="decision_propensity_is_probability",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["chosen", "waiting", "rejected"])
                | models.Q(kind="nothing", cost_minor=0, coupon_code__isnull=True),
                name="decision_withheld_gives_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["as_of", "outcome"], name="decision_as_of"),
            models.Index(fields=["account", "-as_of"], name="decision_account_as_of"),
        ]

    @property
    def discount_minor(self) -> int:
        """What the offer takes off the list price."""
        return (self.list_price_minor or 0) - (self.price_minor or 0)


class Choosing(models.Model):
    """One time that everybody due was chosen for: what limited it, and what the limits cost.

    With the decisions made `at` this instant it is all that a replay needs. `capacities` and
    `prices` are by action, `budget` beside them in `prices`; a price is what one more unit of the
    limit would have brought, in minor units.
    """

    as_of = models.DateField()
    at = models.DateTimeField(help_text="`decided_at` of its decisions")
    budget_minor = models.BigIntegerField(help_text="what the choices might be expected to cost")
    capacities = models.JSONField(default=dict)
    prices = models.JSONField(default=dict)
    value_minor = models.BigIntegerField(help_text="expected margin of the plan")
    gap = models.FloatField(help_text="by which share the best plan could at most be better")
    learning_id = models.BigIntegerField(null=True, help_text="what was learned; null: as stated")
    strategy_hash = models.CharField(max_length=64)
    arms_wait = models.BooleanField(
        default=False, help_text="arms between offers bound from the first day of their lot only"
    )

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(fields=["as_of", "at"], name="choosing_once_at_an_instant"),
        ]


class BudgetEntry(models.Model):
    """One movement of a month's budget: what a choice is expected to cost, or what came of it.

    A `commit` stands beside each choice that costs something. When its term is over, one
    `settle` replaces the expectation by what was really given, so that the sum of both is what
    the choice cost.
    """

    class Kind(models.TextChoices):
        COMMIT = "commit"
        SETTLE = "settle"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    month_on = models.DateField(help_text="the first day of the month whose budget it is")
    on = models.DateField(help_text="the day of the movement, in the business's zone")
    amount_minor = models.BigIntegerField(help_text="below zero gives budget back")
    currency = models.CharField(max_length=3)

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind"], name="budget_entry_once"),
        ]
        indexes = [models.Index(fields=["month_on", "currency"], name="budget_entry_month")]
