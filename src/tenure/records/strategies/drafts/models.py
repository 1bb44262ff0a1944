"""Changed strategies that wait, or waited, for somebody to agree."""

from django.db import models

from tenure.records.strategies.drafts.states import DraftState


class StrategyDraft(models.Model):
    """One whole strategy as somebody wants it; `base_hash` names the one that was changed."""

    title = models.CharField(max_length=200)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    base_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=DraftState, default=DraftState.ASKED)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=DraftState.ASKED) | ~models.Q(decided_by=""),
                name="draft_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["content_hash", "base_hash"],
                condition=models.Q(state=DraftState.ASKED),
                name="draft_asked_once",
            ),
        ]
