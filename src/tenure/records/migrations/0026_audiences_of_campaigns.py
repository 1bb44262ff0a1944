"""A campaign speaks to several audiences, and keeps which of them brought each customer."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_several(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """The one segment of a campaign becomes its only audience, also of its customers."""
    members = apps.get_model("records", "CampaignMember").objects
    for campaign in apps.get_model("records", "Campaign").objects.exclude(segment="").iterator():
        campaign.audiences = [campaign.segment]
        campaign.save(update_fields=["audiences"])
        members.filter(campaign=campaign).update(audience=campaign.segment)


def to_one(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Back to the first audience."""
    for campaign in apps.get_model("records", "Campaign").objects.iterator():
        campaign.segment = next(iter(campaign.audiences), "")
        campaign.save(update_fields=["segment"])


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0025_endings_of_comparisons"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="audiences",
            field=models.JSONField(default=list, help_text="ids of segments, the first one first"),
        ),
        migrations.AddField(
            model_name="campaignmember",
            name="audience",
            field=models.CharField(
                blank=True, help_text="id of the segment", max_length=60, default=""
            ),
            preserve_default=False,
        ),
        migrations.RunPython(to_several, to_one),
        migrations.RemoveField(model_name="campaign", name="segment"),
    ]
