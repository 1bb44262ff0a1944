"""Work on nodes that is planned. Each change of its hours is a revision that is told anew."""

from django.db import models


class Maintenance(models.Model):
    """One piece of planned work, `[starts_at, ends_at)`; null `cancelled_at`: it takes place.

    `is_urgent` could not wait for the time of notice, so it counts as unavailability (R-N-018).
    """

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_urgent = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    planned_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="maintenance_external"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="maintenance_ends_after"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="maintenance_ends")]


class MaintenanceNode(models.Model):
    """A node that is worked on."""

    maintenance = models.ForeignKey(Maintenance, on_delete=models.CASCADE, related_name="nodes")
    node = models.ForeignKey("records.Node", on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["maintenance", "node"], name="maintenance_node_once"),
        ]
