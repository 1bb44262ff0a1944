from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("decide", "0005_arms_that_wait"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="term_margin_minor",
            field=models.BigIntegerField(
                help_text="of the margin, in the term at stake; null where only that counts",
                null=True,
            ),
        ),
    ]
