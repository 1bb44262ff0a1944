"""Pages of the console with their filters, under a name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0021_groups_that_renew_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
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
                ("name", models.CharField(max_length=80)),
                (
                    "address",
                    models.CharField(
                        help_text="path and query, nothing before them", max_length=1000
                    ),
                ),
                ("is_shared", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
            ],
            options={},
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="view_name_once"),
        ),
    ]
