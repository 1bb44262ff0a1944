"""Plan the deductions that come due, each with the days on which it must be announced."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any

from tenure.act.collecting.prices import bill_today
from tenure.act.collecting.rules import (
    ByHand,
    Leave,
    Taking,
    announcement_days,
    first_notice_on,
    what_to_take,
)
from tenure.decide.obligations.queries import bindings
from tenure.decide.obligations.rules import Binding, Why
from tenure.decide.obligations.windows import (
    NoticeDays,
    ProlongationNotAllowed,
    check_prolongation,
    meet,
    notice_days,
)
from tenure.kernel.clock import today
from tenure.kernel.money import Money
from tenure.records.billing.deductions.actions import NewDeduction, plan_many
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.states import MandateState
from tenure.records.stores.models import StoreContract
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.duties import Event, PriceRise
from tenure.strategy.sections import Strategy

# No window of any policy opens earlier than this before the due day.
HORIZON = timedelta(days=60)
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules and the day under which deductions are planned."""

    strategy: Strategy
    on: date


def plan_deductions(*, at: datetime, by: str = "loop") -> int:
    """Plan the deduction of every term with leave whose announcement begins; how many were new.

    What may not be deducted is planned as well, for the customer to pay by hand, so that it is
    found before the notice goes out and not on the day (R-Y-028).
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    desk = Desk(strategy.at(on), on)
    return sum(plan_many(_planned(batch, desk=desk), on=on, at=at, by=by) for batch in _batches(on))


def _batches(on: date) -> Iterator[Sequence[Mandate]]:
    """Standing mandates whose subscription has a term that ends soon and no deduction yet."""
    ending = Term.objects.filter(
        state=TermState.RUNNING, ends_on__gte=on, ends_on__lte=on + HORIZON
    ).exclude(pk__in=Deduction.objects.values("term_id"))
    mandates = Mandate.objects.filter(
        state=MandateState.SIGNED,
        consent__withdrawn_at=None,
        subscription__auto_renew=True,
        subscription_id__in=ending.values("subscription_id"),
    ).exclude(
        # What a store renews is charged there; a mandate from before is not used any more.
        subscription_id__in=StoreContract.objects.values("subscription_id")
    )
    mandates = mandates.select_related("consent")
    yield from batched(mandates.order_by("pk").iterator(chunk_size=BATCH_SIZE), BATCH_SIZE)


def _planned(batch: Sequence[Mandate], *, desk: Desk) -> Iterator[NewDeduction]:
    by_chain = {mandate.subscription_id: mandate for mandate in batch}
    terms = Term.objects.filter(
        subscription_id__in=by_chain, state=TermState.RUNNING, ends_on__lte=desk.on + HORIZON
    ).select_related("subscription", "plan_version__plan", "account")
    methods = {pk: mandate.method for pk, mandate in by_chain.items()}
    bound = bindings(by_chain, on=desk.on, methods=methods)
    for term in terms.order_by("pk"):
        mandate = by_chain[term.subscription_id]
        planned = _deduction(term, mandate, binding=bound[term.subscription_id], desk=desk)
        if planned is not None:
            yield planned


def _deduction(
    term: Term, mandate: Mandate, *, binding: Binding, desk: Desk
) -> NewDeduction | None:
    """The deduction of one term, or None while its first day has not come."""
    taking = _taking(term, mandate, binding=binding, desk=desk)
    if taking.amount.amount_minor == 0:
        return None
    rises = taking.amount.amount_minor > mandate.consent.price_minor
    windows = owed_windows(term, binding, rises=rises)
    lead_days = desk.strategy.collecting.lead_days
    starts = [first_notice_on(one, lead_days=lead_days) for one in windows]
    announced = desk.strategy.collecting.announcements.get(mandate.provider)
    if announced is not None:
        own = announcement_days(announced, term.ends_on)
        assert own.earliest_on is not None, "a provider's window has two ends"
        starts.append(own.earliest_on)
    if desk.on < min(starts, default=term.ends_on):
        return None
    why = _why_by_hand(term, binding, taking=taking, windows=windows, on=desk.on)
    return NewDeduction(
        account_id=term.account_id,
        subscription_id=term.subscription_id,
        term_id=term.pk,
        mandate_id=mandate.pk,
        due_on=term.ends_on,
        amount_minor=taking.amount.amount_minor,
        currency=taking.amount.currency,
        stamps=tuple(binding.stamps),
        windows=tuple(map(written, windows)),
        by_hand=why,
    )


def _taking(term: Term, mandate: Mandate, *, binding: Binding, desk: Desk) -> Taking:
    consent, collecting = mandate.consent, desk.strategy.collecting
    limit = Money(mandate.limit_minor, mandate.currency)
    of_method = collecting.limits.get(mandate.method)
    if of_method is not None and of_method.currency == limit.currency:
        limit = min(limit, of_method)
    leave = Leave(
        price=Money(consent.price_minor, consent.currency),
        cap=Money(consent.cap_minor, consent.currency),
        limit=limit,
    )
    return what_to_take(
        bill_today(term, on=desk.on).total,
        leave,
        price_rise=binding.price_rise,
        without_consent=desk.strategy.obligations.price_rise_without_consent,
        second_factor_above_minor=binding.second_factor_above_minor,
    )


def owed_windows(term: Term, binding: Binding, *, rises: bool) -> tuple[NoticeDays, ...]:
    """The days on which a deduction must be announced, met where they can be met (R-A-002).

    The end of a free or reduced term and a higher price are announced with it.
    """
    events = [Event.RENEWAL]
    if term.price_minor == 0 or term.price_minor < term.list_price_minor:
        events.append(Event.TRIAL_END)
    if rises and binding.price_rise is not PriceRise.OPEN:
        events.append(Event.PRICE_RISE)
    length = (term.ends_on - term.starts_on).days
    windows = [
        days
        for event in events
        for days in notice_days(
            binding,
            event,
            due_on=term.ends_on,
            term_months=term.cycle_months,
            period_days=length,
        )
    ]
    together = meet(windows) if windows else None
    return (together,) if together is not None else tuple(windows)


def _why_by_hand(
    term: Term,
    binding: Binding,
    *,
    taking: Taking,
    windows: Sequence[NoticeDays],
    on: date,
) -> str:
    if binding.why is Why.NO_POLICY:
        return ByHand.NO_POLICY
    if not binding.is_charged_by_engine:
        return ByHand.STORE
    if taking.why is not None:
        return taking.why
    if any(one.latest_on < on for one in windows):
        return ByHand.NO_TIME
    try:
        check_prolongation(
            binding.prolongations,
            first_months=term.cycle_months if term.number == 1 else 1,
            renewed_months=term.cycle_months,
        )
    except ProlongationNotAllowed:
        return ByHand.LONGER
    return ""


def written(days: NoticeDays) -> dict[str, Any]:
    """A window as it is stored with its deduction."""
    return {
        "earliest_on": days.earliest_on.isoformat() if days.earliest_on else None,
        "latest_on": days.latest_on.isoformat(),
        "stamps": list(days.stamps),
        "email_hours": days.email_hours,
    }


def read(stored: Mapping[str, Any]) -> NoticeDays:
    """A window as `written` stored it."""
    earliest = stored["earliest_on"]
    return NoticeDays(
        date.fromisoformat(earliest) if earliest else None,
        date.fromisoformat(stored["latest_on"]),
        tuple(stored["stamps"]),
        stored.get("email_hours"),
    )
