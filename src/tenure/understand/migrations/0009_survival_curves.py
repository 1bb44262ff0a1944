from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("understand", "0008_topics_by_week"),
    ]

    operations = [
        migrations.CreateModel(
            name="SurvivalCurve",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("plan", models.CharField(blank=True, max_length=60)),
                ("cycle_months", models.PositiveSmallIntegerField()),
                (
                    "decided",
                    models.PositiveIntegerField(help_text="renewals that were decided"),
                ),
                ("renewed", models.PositiveIntegerField()),
                (
                    "oldest",
                    models.PositiveSmallIntegerField(
                        help_text="the highest number of a decided renewal"
                    ),
                ),
                ("alpha", models.FloatField(null=True)),
                ("beta", models.FloatField(null=True)),
                ("why", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("as_of", "plan", "cycle_months"), name="survival_curve_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(alpha__gt=0, beta__gt=0, why="")
                        | (models.Q(alpha__isnull=True, beta__isnull=True) & ~models.Q(why="")),
                        name="survival_curve_or_why_not",
                    ),
                ],
            },
        ),
    ]
