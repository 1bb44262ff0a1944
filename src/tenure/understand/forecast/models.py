"""The stored forecasts, so that each can be held against what came."""

from django.db import models


class Spread(models.Model):
    """What comes due in a span of days, and how much of it is renewed, as it looked on a day."""

    as_of = models.DateField()
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
        abstract = True


class ForecastWeek(Spread):
    """One week of due dates as it looked on one day."""

    week_starts_on = models.DateField()

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "week_starts_on", "currency"], name="forecast_week_once"
            ),
        ]


class ForecastMonth(Spread):
    """The due dates of one month, or of the rest of the running one, as they looked on one day."""

    month_starts_on = models.DateField(help_text="its first day")

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "month_starts_on", "currency"], name="forecast_month_once"
            ),
        ]
