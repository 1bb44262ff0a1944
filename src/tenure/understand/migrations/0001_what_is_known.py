from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("understand", "0001_estimators_metrics_forecast")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Estimator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("random_forest", "Random Forest"),
                            ("gradient_boosting", "Gradient Boosting"),
                            ("base_rate", "Base Rate"),
                        ],
                        max_length=30,
                    ),
                ),
                ("as_of", models.DateField(help_text="the last day that it knew of")),
                ("trained_at", models.DateTimeField()),
                (
                    "train_from",
                    models.DateField(help_text="first past decision it learned from", null=True),
                ),
                (
                    "train_until",
                    models.DateField(help_text="last past decision it learned from", null=True),
                ),
                ("n", models.PositiveIntegerField(help_text="past decisions that it learned from")),
                ("metrics", models.JSONField(default=dict)),
                ("data_hash", models.CharField(max_length=64)),
                ("strategy_hash", models.CharField(max_length=64)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("champion", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-as_of"], name="estimator_as_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "base_rate"),
                            models.Q(("path", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="estimator_fitted_has_file",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("week_starts_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("due", models.PositiveIntegerField()),
                (
                    "by_band",
                    models.JSONField(
                        help_text="terms due by risk band, [low, medium, high, critical]"
                    ),
                ),
                ("renewals_p10", models.FloatField()),
                ("renewals_p50", models.FloatField()),
                ("renewals_p90", models.FloatField()),
                ("revenue_p10_minor", models.BigIntegerField()),
                ("revenue_p50_minor", models.BigIntegerField()),
                ("revenue_p90_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("as_of", "week_starts_on", "currency"), name="forecast_week_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric", models.CharField(max_length=60)),
                ("version", models.PositiveSmallIntegerField()),
                ("as_of", models.DateField()),
                ("slice_by", models.CharField(blank=True, max_length=30)),
                ("slice_value", models.CharField(blank=True, max_length=80)),
                ("num", models.BigIntegerField(null=True)),
                ("den", models.BigIntegerField(null=True)),
                (
                    "rows",
                    models.BigIntegerField(
                        help_text="n: how many terms or customers stand behind it"
                    ),
                ),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("provisional", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric", "as_of", "slice_by", "slice_value"),
                        name="metric_value_once",
                    )
                ],
            },
        ),
    ]
