"""Hashes of the journal's entries, each chained to the one before it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0028_notices_by_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.BigIntegerField(help_text="1, 2, 3, without a gap", unique=True),
                ),
                (
                    "previous",
                    models.CharField(
                        blank=True, help_text="the link of the seal before", max_length=64
                    ),
                ),
                ("count", models.PositiveIntegerField(help_text="entries")),
                ("ranges", models.JSONField(help_text="[[first id, last id], …], both in")),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the entries by id", max_length=64),
                ),
                (
                    "first_at",
                    models.DateTimeField(help_text="the earliest instant of an entry"),
                ),
                ("last_at", models.DateTimeField()),
                (
                    "link",
                    models.CharField(help_text="SHA-256 of all of the above", max_length=64),
                ),
                ("sealed_at", models.DateTimeField()),
            ],
            options={},
        ),
    ]
