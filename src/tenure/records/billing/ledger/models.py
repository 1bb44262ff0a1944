"""Bookings and their lines. Rows are only ever added."""

from django.db import models


class Booking(models.Model):
    """One event in the books; `once_key` stands behind it, so that it is booked once."""

    once_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    on = models.DateField(help_text="the day of the books, in the business's zone")
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    account = models.ForeignKey(
        "records.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.ForeignKey(
        "records.Order", null=True, on_delete=models.PROTECT, related_name="+"
    )
    payment = models.ForeignKey(
        "records.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    refund = models.ForeignKey(
        "records.Refund", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(fields=["on"], name="booking_on"),
            models.Index(fields=["account", "on"], name="booking_account_on"),
        ]


class BookingLine(models.Model):
    """So much from one account of the books to another.

    A line has both sides, so no booking can be out of balance: what is debited is credited.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="+")
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="booking_line_moves_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="booking_line_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["debit"], name="booking_line_debit"),
            models.Index(fields=["credit"], name="booking_line_credit"),
        ]
