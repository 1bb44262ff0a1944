"""The last copy of each table of facts, and the rows that it no longer tells."""

from django.db import models

from tenure.records.journal.fields import TransactionField


class Copied(models.Model):
    """The file that holds a table of facts as it was when it was last copied.

    `zone` says whose days the file counts in.
    """

    fact = models.CharField(max_length=60, unique=True)
    path = models.CharField(max_length=200)
    zone = models.CharField(max_length=60)

    class Meta:
        app_label = "records"


class Touched(models.Model):
    """A row of a table of facts that changed since; written by triggers of the database.

    `row_id` is 0 where every row may have changed. The same row may stand here more than once.
    """

    fact = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    written_in = TransactionField()

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["fact", "row_id"], name="touched_fact_row")]
