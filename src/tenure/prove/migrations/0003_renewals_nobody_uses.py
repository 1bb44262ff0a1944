from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prove", "0002_guards_of_readouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="readout",
            name="dormant",
            field=models.JSONField(default=dict),
        ),
    ]
