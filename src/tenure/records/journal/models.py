"""The journal: one row for each thing that happened."""

from django.db import models

from tenure.records.journal.fields import TransactionField
from tenure.records.journal.rules import Sealed


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
    request_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="empty: no request"
    )
    written_in = TransactionField(
        help_text="orders the entries for a follower: ids can commit out of order"
    )

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(fields=["account", "-at"], name="entry_account_at"),
            models.Index(fields=["kind", "on"], name="entry_kind_on"),
            models.Index(fields=["written_in", "id"], name="entry_written"),
            # What the night enters has none, and is most of it.
            models.Index(
                fields=["request_id"], condition=~models.Q(request_id=""), name="entry_request"
            ),
        ]


class JournalSeal(models.Model):
    """The hash of some entries, chained to the seal before it. Rows are only ever added."""

    number = models.BigIntegerField(unique=True, help_text="1, 2, 3, without a gap")
    previous = models.CharField(max_length=64, blank=True, help_text="the link of the seal before")
    count = models.PositiveIntegerField(help_text="entries")
    ranges = models.JSONField(help_text="[[first id, last id], …], both in")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the entries by id")
    first_at = models.DateTimeField(help_text="the earliest instant of an entry")
    last_at = models.DateTimeField()
    link = models.CharField(max_length=64, help_text="SHA-256 of all of the above")
    sealed_at = models.DateTimeField()

    class Meta:
        app_label = "records"

    @property
    def sealed(self) -> Sealed:
        """What the seal says of its entries."""
        return Sealed(self.count, self.ranges, self.digest, self.first_at, self.last_at)
