from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("prove", "0001_readouts")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Readout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "experiment_key",
                    models.CharField(help_text="holdout, exploration, or its id", max_length=60),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="treated, or the arm or action compared", max_length=190
                    ),
                ),
                (
                    "control",
                    models.CharField(help_text="the arm that it is compared with", max_length=60),
                ),
                ("as_of", models.DateField(help_text="last day counted, in the business's zone")),
                (
                    "matured_until",
                    models.DateField(help_text="terms that ended on or before this day count"),
                ),
                ("arms", models.JSONField(default=dict)),
                ("verdict", models.CharField(max_length=20)),
                ("diff", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("fixed_low", models.FloatField(null=True)),
                ("fixed_high", models.FloatField(null=True)),
                ("p_value", models.FloatField(null=True)),
                ("srm_p", models.FloatField()),
                ("srm", models.CharField(max_length=10)),
                (
                    "has",
                    models.PositiveIntegerField(
                        help_text="customers whose outcome is known, all arms"
                    ),
                ),
                (
                    "needs",
                    models.PositiveIntegerField(
                        help_text="customers it takes, all arms", null=True
                    ),
                ),
                (
                    "least_effect",
                    models.FloatField(help_text="the least change of rate planned for"),
                ),
                (
                    "renewals",
                    models.FloatField(
                        help_text="incremental, all treated terms together", null=True
                    ),
                ),
                ("renewals_low", models.FloatField(null=True)),
                ("renewals_high", models.FloatField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("revenue_minor", models.BigIntegerField(help_text="incremental", null=True)),
                (
                    "margin_minor",
                    models.BigIntegerField(help_text="incremental, after all costs", null=True),
                ),
                ("margin_low_minor", models.BigIntegerField(null=True)),
                ("margin_high_minor", models.BigIntegerField(null=True)),
                (
                    "offer_cost_minor",
                    models.BigIntegerField(default=0, help_text="given away to the treated"),
                ),
                ("channel_cost_minor", models.BigIntegerField(default=0)),
                (
                    "subsidy_minor",
                    models.BigIntegerField(
                        default=0,
                        help_text="the part of the offer cost for who would have renewed anyway",
                    ),
                ),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-as_of"], name="readout_as_of")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("experiment_key", "subject", "as_of"), name="readout_once_a_day"
                    )
                ],
            },
        ),
    ]
