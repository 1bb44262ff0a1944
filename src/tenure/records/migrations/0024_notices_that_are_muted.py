"""Kinds of notices that somebody does not want to see in their own list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0023_enterprises"),
    ]

    operations = [
        migrations.CreateModel(
            name="MutedNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        help_text='as the journal names them: "user:7"', max_length=120
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("muted_at", models.DateTimeField()),
            ],
            options={},
        ),
        migrations.AddConstraint(
            model_name="mutednotice",
            constraint=models.UniqueConstraint(fields=("owner", "kind"), name="notice_muted_once"),
        ),
    ]
