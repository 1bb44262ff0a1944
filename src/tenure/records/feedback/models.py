"""What customers told us: answers, and reasons for leaving from one controlled list."""

from django.db import models


class Answer(models.Model):
    """One answer to one survey question with a score."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    survey = models.CharField(max_length=60)  # nps | csat | ces | intent
    score = models.IntegerField()
    text = models.TextField(blank=True)
    answered_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="answer_external_id"),
        ]
        indexes = [models.Index(fields=["account", "-answered_on"], name="answer_account_on")]


class LossReason(models.Model):
    """Why one term was not renewed, by the taxonomy in `strategy/reasons.toml`."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)  # cancel | survey | interview | import:…
    external_id = models.CharField(max_length=120)
    reason = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    given_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="loss_reason_external_id"
            ),
        ]
