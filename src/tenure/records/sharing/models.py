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
    """A newcomer who came by a link: both are attributed, once and for good.

    `payment` is the one whose time to be asked back had passed when both were rewarded.
    """

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="joins")
    newcomer = models.OneToOneField("records.Account", on_delete=models.CASCADE, related_name="+")
    joined_on = models.DateField()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=80)
    payment = models.ForeignKey(
        "records.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rewarded_on = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rewarded_on__isnull=True, payment__isnull=True)
                | models.Q(rewarded_on__isnull=False, payment__isnull=False),
                name="share_join_rewarded_by",
            ),
        ]
