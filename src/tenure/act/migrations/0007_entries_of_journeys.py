from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("act", "0006_rests_of_providers"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="entry",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="the day of the entry",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="left_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="enrolment", name="enrolment_once"),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                fields=("term", "journey", "entry"), name="enrolment_once"
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("entry", ""), _negated=True),
                fields=["journey", "entry"],
                name="enrolment_entry",
            ),
        ),
    ]
