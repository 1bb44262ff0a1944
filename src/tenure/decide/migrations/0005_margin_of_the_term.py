from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("decide", "0004_approvals_and_bites"),
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
