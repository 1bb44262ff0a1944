"""A handing over is written with one index fewer: its unique key begins with the message."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("act", "0007_entries_of_journeys"),
        ("records", "0019_indexes_of_sending"),
    ]

    operations = [
        migrations.AlterField(
            model_name="carriage",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="records.message",
            ),
        ),
    ]
