"""Strategy as it was applied."""

from django.db import models


class Revision(models.Model):
    """One content of the strategy files. Decisions, messages and tags name it by its hash."""

    content_hash = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    applied_at = models.DateTimeField()
    applied_by = models.CharField(max_length=120)

    class Meta:
        app_label = "records"
