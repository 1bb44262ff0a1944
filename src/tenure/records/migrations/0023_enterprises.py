"""A business whom an account manager looks after is a kind of account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0022_views_that_were_saved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("household", "Household"),
                    ("business", "Business"),
                    ("enterprise", "Enterprise"),
                    ("individual", "Individual"),
                ],
                default="household",
                max_length=20,
            ),
        ),
    ]
