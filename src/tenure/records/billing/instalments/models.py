"""A schedule of dues for one term (OFR-07)."""

from django.db import models


class InstalmentPlan(models.Model):
    """The price of one term, split into dues."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    agreed_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["term"], name="instalment_plan_once"),
        ]


class Instalment(models.Model):
    """One due of a schedule, and how much of it was paid."""

    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="1 for the first")
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    paid_on = models.DateField(null=True, help_text="the day on which it was paid whole")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_once"),
            models.CheckConstraint(
                condition=models.Q(paid_minor__gte=0)
                & models.Q(paid_minor__lte=models.F("amount_minor")),
                name="instalment_not_overpaid",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_on=None) | models.Q(paid_minor=models.F("amount_minor")),
                name="instalment_paid_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="instalment_due")]


class InstalmentPayment(models.Model):
    """One payment towards a schedule; the same key counts once."""

    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    on = models.DateField()
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
