from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0028_notices_by_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="stratum",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="in which the account was drawn, as it was on that day; empty where none is",
                max_length=120,
            ),
        ),
    ]
