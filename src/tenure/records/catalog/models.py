"""What is sold, dated: an old term keeps the plan version it was sold under."""

from django.db import models


class Plan(models.Model):
    """A plan as customers know it."""

    code = models.CharField(max_length=60, unique=True)
    product_code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    tier_rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        app_label = "records"


class PlanVersion(models.Model):
    """What a plan held from a day on."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    effective_on = models.DateField()
    cost_minor_per_month = models.BigIntegerField(help_text="what a month of service costs us")
    speed_mbps = models.PositiveIntegerField(null=True)
    lapse_policy = models.JSONField(default=dict)  # what happens on which day after the end

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["plan", "version"], name="plan_version_once"),
        ]


class Price(models.Model):
    """The price of one plan version for one cycle."""

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="prices")
    cycle_months = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "cycle_months", "currency"], name="price_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="price_not_below_0"
            ),
        ]


class Entitlement(models.Model):
    """What a plan version gives."""

    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="core")  # core | value_added
    quantity = models.BigIntegerField(null=True, help_text="null: without limit")
    unit = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "code"], name="entitlement_once"),
        ]


class AddOn(models.Model):
    """Something that comes on top of a plan, as customers know it (CAT-03)."""

    code = models.CharField(max_length=60, unique=True)
    product_code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        app_label = "records"


class AddOnVersion(models.Model):
    """What an add-on cost and gave from a day on."""

    add_on = models.ForeignKey(AddOn, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    effective_on = models.DateField()
    cost_minor_per_month = models.BigIntegerField(help_text="what a month of it costs us")
    currency = models.CharField(max_length=3)
    prices = models.JSONField(help_text="cycle in months → minor units for the whole cycle")
    plans = models.JSONField(default=list)  # codes of the plans it goes with; empty: every plan

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["add_on", "version"], name="add_on_version_once"),
        ]


class AddOnEntitlement(models.Model):
    """What an add-on version gives."""

    add_on_version = models.ForeignKey(AddOnVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="value_added")  # core | value_added
    quantity = models.BigIntegerField(null=True, help_text="null: without limit")
    unit = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["add_on_version", "code"], name="add_on_entitlement_once"
            ),
        ]
