"""Launch and approve: the dry run is done again at that moment, and never believed from before."""

from datetime import date, datetime

from tenure.act.messages.queries import is_stopped
from tenure.decide.campaigns.queries import DryRun, dry_run
from tenure.records.campaigns import actions
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import find


def look(key: str, *, on: date, at: datetime) -> DryRun:
    """The blast radius of a launch today, and the list; nothing is written."""
    return dry_run(find(key), on=on, at=at, sending_is_stopped=is_stopped())


def launch(key: str, *, on: date, at: datetime, by: str) -> Campaign:
    """Begin a campaign, or ask a second person for it above the strategy's limit.

    Raises:
        NotReady, IllegalMove.
    """
    return actions.launch(key, look(key, on=on, at=at).dry, on=on, at=at, by=by)


def approve(key: str, *, on: date, at: datetime, by: str) -> Campaign:
    """Agree as a second person, to what would happen now.

    Raises:
        SecondPersonNeeded, AudienceChanged, NotReady, IllegalMove.
    """
    return actions.approve(key, look(key, on=on, at=at).dry, on=on, at=at, by=by)
