"""Background work: who holds it, how far it is, and what it left in the warehouse."""

from django.db import models


class Lease(models.Model):
    """One holder at a time. A holder that stops beating loses it."""

    name = models.CharField(max_length=60, unique=True)
    holder = models.CharField(max_length=120)
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "records"


class Run(models.Model):
    """The loop for one day. `stages` holds the counts and seconds of each finished stage."""

    as_of = models.DateField(unique=True)
    strategy_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stages = models.JSONField(default=dict)

    class Meta:
        app_label = "records"


class Follower(models.Model):
    """How far a follower has read the journal; `place` is written by `journal.queries.Place`."""

    name = models.CharField(max_length=60, unique=True)
    place = models.CharField(max_length=60)
    moved_at = models.DateTimeField()

    class Meta:
        app_label = "records"


class StoredFile(models.Model):
    """One valid Parquet file. A file that has no row here does not exist for any reader."""

    table = models.CharField(max_length=60)
    day = models.IntegerField(help_text="days since 1970-01-01")
    path = models.CharField(max_length=200, unique=True)
    row_count = models.BigIntegerField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["table", "day"],
                condition=models.Q(replaced_at__isnull=True),
                name="stored_file_one_valid",
            ),
        ]


class Fill(models.Model):
    """How far one entry (a table of the warehouse, a metric, an estimator) is filled."""

    entry = models.CharField(max_length=80)
    day = models.IntegerField()
    version = models.CharField(max_length=64)
    row_count = models.BigIntegerField(default=0)
    filled_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["entry", "day"], name="fill_once"),
        ]
