"""Where somebody of the business wants to be told of notices by e-mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0027_columns_that_were_chosen"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeMail",
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
                        help_text='as the journal names them: "user:7"',
                        max_length=120,
                        unique=True,
                    ),
                ),
                ("address", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
            ],
            options={},
        ),
    ]
