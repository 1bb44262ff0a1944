"""Let a provider announce a deduction itself, where it takes it only after that (R-Y-025)."""

from datetime import date, datetime, timedelta
from typing import Any

import structlog

from tenure.act.collecting.planning import read
from tenure.act.collecting.rules import announce_on, charge_instant, next_opening
from tenure.act.payments import registry
from tenure.act.payments.values import PreNotice, PreNotified
from tenure.kernel.clock import today
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.money import Money
from tenure.records.billing.deductions.actions import Moment, set_aside
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.strategies.queries import current
from tenure.strategy.collecting import Announcement
from tenure.strategy.sections import Strategy

_log = structlog.get_logger("tenure.collecting")


def announce_due(*, at: datetime, by: str = "loop") -> int:
    """Announce every deduction whose day for it has come, at the hours of its provider; how many.

    Retries behind the end of their window are announced anew. What the provider does not take now
    is asked again at the next look.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    strategy = strategy.at(on)
    rules = strategy.collecting.announcements
    waiting = Deduction.objects.filter(
        state__in=[DeductionState.PLANNED, DeductionState.NOTIFIED, DeductionState.RETRYING],
        mandate__provider__in=rules,
    ).select_related("mandate")
    moment = Moment(on, at, by)
    return sum(
        _announce(one, rules[one.mandate.provider], strategy=strategy, moment=moment)
        for one in waiting.order_by("pk")
    )


def _announce(
    deduction: Deduction, rule: Announcement, *, strategy: Strategy, moment: Moment
) -> bool:
    due_on = _due_on(deduction, rule, strategy=strategy, moment=moment)
    if due_on is None or next_opening(rule, moment.at) > moment.at:
        return False
    notice = PreNotice(
        deduction.mandate.agreement_id,
        Money(deduction.amount_minor, deduction.currency),
        due_on,
    )
    try:
        told = registry.provider_of(deduction.mandate.provider).pre_notify(notice, at=moment.at)
    except (Refusal, Outage) as failure:
        _log.warning("not_announced", deduction=deduction.pk, code=failure.code, told=str(failure))
        return False
    if told is None:
        return False
    due_at = charge_instant(due_on, strategy.collecting.charge_at, zone=strategy.business.zone)
    _note(deduction, told, due_at=due_at, moment=moment)
    return True


def _due_on(
    deduction: Deduction, rule: Announcement, *, strategy: Strategy, moment: Moment
) -> date | None:
    """The day for which an announcement is to be made now, or None."""
    if deduction.state == DeductionState.RETRYING:
        if deduction.next_at is None or deduction.closes_on is None:
            return None
        wanted = today(strategy.business.zone, deduction.next_at)
        earliest_on = moment.on + timedelta(days=rule.wait_days)
        return max(wanted, earliest_on) if wanted >= deduction.closes_on else None
    if deduction.opens_on is not None:
        return None
    best_on = announce_on(rule, deduction.due_on, windows=[read(one) for one in deduction.windows])
    return deduction.due_on if moment.on >= best_on else None


def _note(deduction: Deduction, told: PreNotified, *, due_at: datetime, moment: Moment) -> None:
    """Keep the window that the provider named, and the announcement as one sign of notice."""
    sign = {
        "channel": deduction.mandate.provider,
        "on": moment.on.isoformat(),
        "is_delivered": False,
        "ref": f"announced:{deduction.mandate.provider}:{moment.on.isoformat()}",
    }
    changes: dict[str, Any] = {
        "opens_on": told.window.opens_on,
        "closes_on": told.window.closes_on,
        "proof": [*deduction.proof, sign],
    }
    if deduction.state != DeductionState.PLANNED:
        changes["next_at"] = due_at
    set_aside(deduction.pk, moment=moment, kind="deduction.announced", **changes)
