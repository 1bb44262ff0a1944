"""A link for each person who shares, and at most one for each newcomer who came."""

from django.db import models


class ShareLink(models.Model):
    """What one person gives to friends; its address is signed and tells nothing of the person."""

    person = models.OneToOneField("records.Person", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.CASCADE, related_name="+")
    made_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "records"


class ShareJoin(models.Model):
    """A newcomer who came by a link: both are attributed, once and for good."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="joins")
    newcomer = models.OneToOneField("records.Account", on_delete=models.CASCADE, related_name="+")
    joined_on = models.DateField()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=80)

    class Meta:
        app_label = "records"
