"""Which columns of a list somebody wants to see."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0026_audiences_of_campaigns"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChosenColumns",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        help_text='as the journal names them: "user:7"', max_length=120
                    ),
                ),
                ("table", models.CharField(help_text='"customers"', max_length=40)),
                ("columns", models.JSONField(default=list)),
                ("chosen_at", models.DateTimeField()),
            ],
            options={},
        ),
        migrations.AddConstraint(
            model_name="chosencolumns",
            constraint=models.UniqueConstraint(
                fields=("owner", "table"), name="columns_chosen_once"
            ),
        ),
    ]
