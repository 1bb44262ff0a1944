"""The states of a campaign and of its parts. The moves stand in `rules.py`."""

from django.db import models


class CampaignState(models.TextChoices):
    """Where one campaign stands."""

    DRAFT = "draft"
    ASKED = "asked"  # waits for a second person
    RUNNING = "running"
    STOPPED = "stopped"  # by a person, before its time
    ENDED = "ended"  # its last day is over
    CLOSED = "closed"  # lessons and what follows are written down
    DROPPED = "dropped"  # never launched


# People of a campaign in one of these belong to it and to no other.
LIVE = (CampaignState.RUNNING,)
# The outcomes of a campaign in one of these are looked at.
LAUNCHED = (
    CampaignState.RUNNING,
    CampaignState.STOPPED,
    CampaignState.ENDED,
    CampaignState.CLOSED,
)


class CampaignKind(models.TextChoices):
    """What a campaign needs before it may begin."""

    PLAIN = "plain"
    REFERRAL = "referral"  # customers bring customers: content and people must lie ready (CMP-07)


class Arm(models.TextChoices):
    """What the lot gave a customer of a campaign's audience."""

    TREATED = "treated"
    CONTROL = "control"
