"""What was imported when, by whom, and what each row said last."""

from django.db import models


class ImportBatch(models.Model):
    """One run of an import: who, when, by which mapping, and what became of each file."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"  # strict, and a file had a bad line
        STOPPED = "stopped"  # Ctrl-C, a full disk; whole files before it are stored

    source = models.CharField(max_length=60)
    actor = models.CharField(max_length=120)
    mapping_hash = models.CharField(max_length=64)
    is_strict = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        app_label = "observe"


class ImportedFile(models.Model):
    """One file of a batch that was stored; the same bytes keep the day that they speak of."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes on the disk")
    as_of = models.DateField(help_text="the day whose state the file tells")
    counts = models.JSONField(default=dict)

    class Meta:
        app_label = "observe"
        indexes = [models.Index(fields=["digest"], name="imported_file_digest")]


class ImportedRow(models.Model):
    """What a source said last of one thing. The same again changes nothing."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=400, help_text="the external id, or several of them")
    digest = models.CharField(max_length=32)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "observe"
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="imported_row_once"),
        ]
