"""Let go of evidence when its time is over: the text and the instants stay, the device does not."""

from datetime import date, datetime

from tenure.kernel.clock import today
from tenure.records.billing.mandates.actions import forget_device
from tenure.records.billing.mandates.queries import consents_of_ended
from tenure.records.billing.mandates.rules import keep_until
from tenure.records.strategies.queries import current


def forget_evidence(*, on: date, at: datetime, by: str = "loop") -> int:
    """Take address and device out of consents that need no proof any more; how many (R-A-005).

    Kept are three years or more from the consent and a year or more from the end, whichever is
    longer, as `obligations.toml` says.
    """
    strategy = current()
    rule, zone = strategy.at(on).obligations.evidence, strategy.business.zone
    old = [
        consent.pk
        for consent in consents_of_ended(before=on)
        if (
            until := keep_until(
                today(zone, consent.clicked_at),
                consent.subscription.ended_on,
                keep_years=rule.keep_years,
                after_end_years=rule.after_end_years,
            )
        )
        is not None
        and until < on
    ]
    return forget_device(old, on=on, at=at, by=by)
