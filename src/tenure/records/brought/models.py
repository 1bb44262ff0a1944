"""A file that a customer brought, as rows that were checked."""

from django.db import models


class BroughtFile(models.Model):
    """One upload: its rows, under the columns of the strategy, in the order of the file."""

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    data_id = models.CharField(max_length=60, help_text="which kind of data, by the strategy")
    name = models.CharField(max_length=200, help_text="of the file")
    mapping = models.JSONField(default=dict, help_text="our column → the file's")
    rows = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    brought_on = models.DateField()
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["account"], name="brought_account")]
