from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("decide", "0004_approvals_and_bites"),
    ]

    operations = [
        migrations.AddField(
            model_name="choosing",
            name="arms_wait",
            field=models.BooleanField(
                default=False,
                help_text="arms between offers bound from the first day of their lot only",
            ),
        ),
    ]
