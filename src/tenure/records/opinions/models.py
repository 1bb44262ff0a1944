"""Opinions about renewals; a newer one stands beside the older, and the newest counts."""

from django.db import models
from django.db.models import Q


class Opinion(models.Model):
    """How likely somebody holds it that a term is renewed, and what the model said that day."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    renews_share = models.DecimalField(max_digits=5, decimal_places=4)
    model_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    estimator_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    said_on = models.DateField()
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=120)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=Q(renews_share__gte=0, renews_share__lte=1), name="opinion_is_share"
            ),
            models.UniqueConstraint(
                fields=["term", "said_by", "said_on"], name="opinion_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["term", "-said_at"], name="opinion_term_at")]
