"""The journal: one row for each thing that happened."""

from django.db import models

from tenure.records.journal.fields import TransactionField


class Entry(models.Model):
    """One fact that we recorded. Rows are only ever added.

    `once_key` stands behind every effect of a set: the same key is never written twice, so a
    stage that was killed and started again leaves the same journal.
    """

    at = models.DateTimeField()
    on = models.DateField(help_text="the day in the business's zone that the entry belongs to")
    kind = models.CharField(max_length=60)  # "term.renewed", "tag.entered", "message.sent"
    actor = models.CharField(max_length=120)  # "loop", "import:crm", "user:7"
    account = models.ForeignKey(  # `entry_account_at` begins with it
        "records.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)
    once_key = models.CharField(max_length=200, null=True, unique=True)
    written_in = TransactionField(
        help_text="orders the entries for a follower: ids can commit out of order"
    )

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(fields=["account", "-at"], name="entry_account_at"),
            models.Index(fields=["kind", "on"], name="entry_kind_on"),
            models.Index(fields=["written_in", "id"], name="entry_written"),
        ]
