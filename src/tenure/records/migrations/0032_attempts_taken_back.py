"""How many attempts of a to-do were noted by mistake."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0031_requests_of_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="todo",
            name="taken_back",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="of the attempts, those noted by mistake"
            ),
        ),
    ]
