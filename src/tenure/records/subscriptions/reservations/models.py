"""Commitments with a locked price."""

from django.db import models


class Reservation(models.Model):
    """So many units a month of one meter, or so many seats, for `[starts_on, ends_on)`.

    `unit_minor` is the locked price of `per` units for one month, `list_unit_minor` the price
    without a commitment on the day it was made.
    """

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    resource = models.CharField(max_length=60, help_text="a meter's code, or “seats”")
    units_per_month = models.PositiveBigIntegerField()
    per = models.PositiveIntegerField(default=1)
    unit_minor = models.BigIntegerField()
    list_unit_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    cancelled_on = models.DateField(null=True)
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="reservation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(unit_minor__lte=models.F("list_unit_minor")),
                name="reservation_not_dearer",
            ),
        ]
