"""The stored forecasts, so that each can be held against what came."""

from django.db import models


class ForecastWeek(models.Model):
    """One week of due dates as it looked on one day."""

    as_of = models.DateField()
    week_starts_on = models.DateField()
    currency = models.CharField(max_length=3)
    due = models.PositiveIntegerField()
    by_band = models.JSONField(help_text="terms due by risk band, [low, medium, high, critical]")
    renewals_p10 = models.FloatField()
    renewals_p50 = models.FloatField()
    renewals_p90 = models.FloatField()
    revenue_p10_minor = models.BigIntegerField()
    revenue_p50_minor = models.BigIntegerField()
    revenue_p90_minor = models.BigIntegerField()

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "week_starts_on", "currency"], name="forecast_week_once"
            ),
        ]
