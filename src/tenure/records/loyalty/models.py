"""Points as double entry. Rows are added, never changed, but for what is left of a lot."""

from django.db import models
from django.db.models import F, Q

from tenure.records.loyalty.states import MoveKind


class PointsLot(models.Model):
    """What one sale earned. It can be used before the day on which it expires.

    `sale_minor` is what was paid in that sale, in the currency of the account; null where points
    were given without one.
    """

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    ref = models.CharField(max_length=120, unique=True)
    earned = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    sale_minor = models.BigIntegerField(null=True)
    earned_on = models.DateField()
    expires_on = models.DateField()

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(condition=Q(left__lte=F("earned")), name="points_lot_not_more"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("earned_on")), name="points_lot_expires_after"
            ),
        ]
        indexes = [models.Index(fields=["account", "expires_on"], name="points_lot_account")]


class PointsMove(models.Model):
    """One movement of one account. The same key moves nothing twice."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=MoveKind)
    ref = models.CharField(max_length=120, help_text="the sale or the redemption")
    points = models.PositiveIntegerField()
    once_key = models.CharField(max_length=160, unique=True)
    moved_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["account", "-moved_on"], name="points_move_account")]


class PointsLine(models.Model):
    """One side of a movement, in points; the lines of each movement add up to nothing.

    Points are credited to `customer` (what we owe) from `issued`, and go from it to `redeemed`,
    `expired` or `reversed`. `lot` is where a customer's points came from or went; null: a debt.
    """

    move = models.ForeignKey(PointsMove, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=20)
    lot = models.ForeignKey(PointsLot, null=True, on_delete=models.PROTECT, related_name="+")
    points = models.IntegerField()

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["move"], name="points_line_move")]
