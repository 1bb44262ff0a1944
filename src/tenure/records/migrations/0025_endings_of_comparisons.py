"""A person's word that a comparison is over, and which arm everybody gets after it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0024_notices_that_are_muted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "last_on",
                    models.DateField(help_text="the last day on which somebody is drawn"),
                ),
                (
                    "rolled_out",
                    models.CharField(blank=True, help_text="arm; empty: none", max_length=40),
                ),
                ("reason", models.CharField(max_length=200)),
                ("ended_by", models.CharField(max_length=120)),
                ("ended_at", models.DateTimeField()),
                ("once_key", models.CharField(max_length=120, unique=True)),
                (
                    "experiment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.experiment",
                    ),
                ),
            ],
            options={},
        ),
        migrations.AddConstraint(
            model_name="ending",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="ending_has_reason"
            ),
        ),
    ]
