"""Which request an entry of the journal was written in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0030_strata_of_assignments"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="request_id",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="empty: no request", max_length=64
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=["request_id"],
                name="entry_request",
            ),
        ),
    ]
