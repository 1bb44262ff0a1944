from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prove", "0004_metrics_of_readouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="readout",
            name="wins",
            field=models.FloatField(
                help_text="the chance to do better, null while locked", null=True
            ),
        ),
    ]
