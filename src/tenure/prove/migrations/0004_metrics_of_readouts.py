from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prove", "0003_renewals_nobody_uses"),
    ]

    operations = [
        migrations.AddField(
            model_name="readout",
            name="metric",
            field=models.CharField(default="renewal", max_length=10),
        ),
        migrations.AddField(
            model_name="readout",
            name="horizon_days",
            field=models.PositiveSmallIntegerField(default=0, help_text="of a stay, else 0"),
        ),
        migrations.AddField(
            model_name="readout",
            name="curves",
            field=models.JSONField(default=dict),
        ),
    ]
