from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prove", "0005_chances_of_readouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="readout",
            name="strata",
            field=models.JSONField(default=dict),
        ),
    ]
