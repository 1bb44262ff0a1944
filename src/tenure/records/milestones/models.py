"""Steps that other systems know of."""

from django.db import models


class Stage(models.TextChoices):
    """From the first word to the renewal, in this order."""

    LEAD = "lead"
    CONTRACT = "contract"
    INVOICE = "invoice"
    PAYMENT = "payment"
    RENEWAL = "renewal"


class Milestone(models.Model):
    """One step of somebody on one day.

    `party` is their number in the system that knows customers (`party_source`): a lead has none of
    our accounts until it is won, and may never have one.
    """

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    party_source = models.CharField(max_length=60)
    party = models.CharField(max_length=120)
    stage = models.CharField(max_length=20, choices=Stage)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="milestone_external_id"),
        ]
        indexes = [models.Index(fields=["party_source", "party"], name="milestone_party")]
