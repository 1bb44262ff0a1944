"""What platforms were told, as hashes: it must be possible to take each of them back."""

from django.db import models


class AudienceExport(models.Model):
    """One file for one platform: how many it named, and how many it took back."""

    segment = models.CharField(max_length=60)
    platform = models.CharField(max_length=20)
    as_of = models.DateField()
    named = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        app_label = "act"


class SharedIdentifier(models.Model):
    """One hash that a platform holds for a segment, until a file took it back."""

    segment = models.CharField(max_length=60)
    platform = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)  # email | phone
    digest = models.CharField(max_length=64)
    person = models.ForeignKey(
        "records.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    shared_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "platform", "digest"], name="shared_identifier_once"
            ),
        ]
