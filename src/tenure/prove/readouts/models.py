"""Readouts: one claim about one comparison, as it stood on one day."""

from django.db import models


class Readout(models.Model):
    """What an experiment said on a day, or why it said nothing yet.

    `low` and `high` bound `diff` at any look; `fixed_low`, `fixed_high` and `p_value` are null
    while the fixed-horizon result is locked. Where the `metric` is renewal, rates, effects and
    bounds are shares of 1; of revenue and margin they are minor units for each term, of a stay
    days up to `horizon_days`. Money is in minor units of `currency` and, like every effect here,
    measured against the control arm.
    """

    experiment_key = models.CharField(max_length=60, help_text="holdout, exploration, or its id")
    subject = models.CharField(max_length=190, help_text="treated, or the arm or action compared")
    control = models.CharField(max_length=60, help_text="the arm that it is compared with")
    as_of = models.DateField(help_text="last day counted, in the business's zone")
    matured_until = models.DateField(help_text="terms that ended on or before this day count")
    arms = models.JSONField(default=dict)  # arm → assigned, accounts, terms, renewed, rate
    metric = models.CharField(max_length=10, default="renewal")
    horizon_days = models.PositiveSmallIntegerField(default=0, help_text="of a stay, else 0")
    curves = models.JSONField(default=dict)  # of a stay: arm → the share that stays, day by day
    # Where arms were weighed by strata: by which fields, the variance left, and each level's arms.
    strata = models.JSONField(default=dict)
    verdict = models.CharField(max_length=20)
    diff = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    fixed_low = models.FloatField(null=True)
    fixed_high = models.FloatField(null=True)
    p_value = models.FloatField(null=True)
    wins = models.FloatField(null=True, help_text="the chance to do better, null while locked")
    srm_p = models.FloatField()
    srm = models.CharField(max_length=10)
    has = models.PositiveIntegerField(help_text="customers whose outcome is known, all arms")
    needs = models.PositiveIntegerField(null=True, help_text="customers it takes, all arms")
    least_effect = models.FloatField(help_text="the least change of rate planned for")
    renewals = models.FloatField(null=True, help_text="incremental, all treated terms together")
    renewals_low = models.FloatField(null=True)
    renewals_high = models.FloatField(null=True)
    currency = models.CharField(max_length=3)
    revenue_minor = models.BigIntegerField(null=True, help_text="incremental")
    margin_minor = models.BigIntegerField(null=True, help_text="incremental, after all costs")
    margin_low_minor = models.BigIntegerField(null=True)
    margin_high_minor = models.BigIntegerField(null=True)
    offer_cost_minor = models.BigIntegerField(default=0, help_text="given away to the treated")
    channel_cost_minor = models.BigIntegerField(default=0)
    subsidy_minor = models.BigIntegerField(
        default=0, help_text="the part of the offer cost for who would have renewed anyway"
    )
    guards = models.JSONField(default=dict)  # complaints, … → arm → [accounts, of those]
    dormant = models.JSONField(default=dict)  # arm → [renewed accounts, of those without any use]
    guard_margin = models.FloatField(default=0.01, help_text="how many more are borne, share")
    read_at = models.DateTimeField()

    class Meta:
        app_label = "prove"
        constraints = [
            models.UniqueConstraint(
                fields=["experiment_key", "subject", "as_of"], name="readout_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["-as_of"], name="readout_as_of")]
