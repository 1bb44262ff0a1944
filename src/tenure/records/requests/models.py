"""Requests about one's own data, kept as evidence of what was done and when."""

from django.db import models

from tenure.records.requests.states import RequestState


class DataRequest(models.Model):
    """One request of one person: a copy of the data (export), or its erasure."""

    class Kind(models.TextChoices):
        EXPORT = "export"
        ERASURE = "erasure"

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=20, choices=RequestState)
    asked_at = models.DateTimeField()
    due_on = models.DateField(help_text="by when the law wants it done")
    expires_at = models.DateTimeField(null=True, help_text="a copy can be fetched until then")
    done_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict, help_text="what was deleted, what kept, and why")

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=RequestState.DONE) | models.Q(done_at__isnull=False),
                name="data_request_done_has_day",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(kind="erasure"),
                name="data_request_one_erasure",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="data_request_due")]
