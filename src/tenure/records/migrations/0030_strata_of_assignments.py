from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0029_seals_of_the_journal"),
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
