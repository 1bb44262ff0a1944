"""What customers chose on a day, brought into the records by the verbs that everybody uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

import numpy as np

from tenure.decide.decisions.models import Decision
from tenure.kernel.clock import instant
from tenure.kernel.periods import day_number
from tenure.records.billing.actions import Receipt, record_payments
from tenure.records.billing.states import PaymentState
from tenure.records.subscriptions.actions import ask_many_to_cancel, extend_many, renew_many
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import PaidBy, Purchase
from tenure.strategy.offers import OfferKind
from tenure.world.behaviour import counter
from tenure.world.behaviour.choices import Choices
from tenure.world.behaviour.contacts import Worked
from tenure.world.behaviour.window import Window
from tenure.world.chance import Wholes
from tenure.world.market.actions import Built
from tenure.world.market.rows.agreements import BILLING, METHODS
from tenure.world.market.rows.voices import CANCEL, Told, write_told
from tenure.world.market.voices import Leaving, reasons

_EVENING = time(20)
_DISCOUNTS = (OfferKind.TERM_DISCOUNT, OfferKind.COUPON)


@dataclass(frozen=True)
class Scene:
    """A day, the terms that could be decided about on it, and what had reached their customers."""

    built: Built
    near: Window
    contacts: Worked
    reasons: tuple[str, ...]  # for leaving, that the strategy lists
    on: date

    @cached_property
    def at(self) -> datetime:
        """The evening of the day."""
        return instant(self.on, _EVENING, zone=self.built.market.recipe.zone)

    @cached_property
    def offers(self) -> Mapping[int, Decision]:
        """The decisions behind the offers that were noticed."""
        ids = self.contacts.decision_id
        wanted = set(ids[ids > 0].tolist())
        fields = ("pk", "kind", "price_minor", "months", "extension_days", "valid_until")
        return {one.pk: one for one in Decision.objects.filter(pk__in=wanted).only(*fields)}

    def offer(self, row: int) -> Decision | None:
        """What was offered about the term of a row, if it was noticed."""
        return self.offers.get(int(self.contacts.decision_id[row]))


def settle(scene: Scene, chosen: Choices, *, by: str) -> dict[str, int]:
    """Write down who renewed, stopped, failed to pay or took more days; how many of each."""
    hour = counter.Hour(scene.on, scene.at, by)
    bought = _at_the_counter(scene, chosen, hour)
    is_left = ~np.isin(scene.near.term_id[chosen.renew], sorted(bought))
    by_file = renew_many(_purchases(scene, chosen.renew[is_left]), at=scene.at, by=by)
    return {
        "renewed": len(bought) + by_file,
        "cancelled": _cancel(scene, chosen.cancel, hour=hour),
        "failed": record_payments(_failures(scene, chosen), at=scene.at, by=by),
        "extended": _extend(scene, chosen.hesitate, by=by),
    }


def _at_the_counter(scene: Scene, chosen: Choices, hour: counter.Hour) -> set[int]:
    """A few of the day come to the counter; the terms that were bought there.

    Whoever holds an offer buys by it, as everybody else does.
    """
    near, waits = scene.near, chosen.hesitate[: counter.LEAVERS_A_DAY]
    plain = [row for row in chosen.renew.tolist() if scene.offer(row) is None]
    bought = counter.buy(near.term_id[plain[: counter.BUYERS_A_DAY]].tolist(), hour)
    undecided = near.term_id[waits].tolist()
    counter.leave_unpaid(undecided[:1], hour)
    counter.stay(undecided[1:], hour)
    counter.try_something(near.term_id[plain[counter.BUYERS_A_DAY :][:1]].tolist(), hour)
    return bought


def _purchases(scene: Scene, rows: Wholes) -> Iterator[Purchase]:
    """What everybody who renews buys: the same again, or the offer that they noticed."""
    near = scene.near
    for row in rows.tolist():
        offer = scene.offer(row)
        if offer is not None and not _is_open(offer, scene.on):
            offer = None
        who, number = int(near.who[row]), int(near.number[row]) + 1
        yield Purchase(
            term_id=int(near.term_id[row]),
            on=scene.on,
            cycle_months=offer.months if offer is not None else None,
            price_minor=offer.price_minor if offer is not None else None,
            paid_by=PaidBy(BILLING, f"P{who}-{number * 10}", METHODS[who % len(METHODS)]),
        )


def _is_open(offer: Decision, on: date) -> bool:
    """Whether an offer lowers the price and can still be taken."""
    return offer.kind in _DISCOUNTS and (offer.valid_until is None or on <= offer.valid_until)


def _cancel(scene: Scene, rows: Wholes, *, hour: counter.Hour) -> int:
    """Whoever stops says why; the first few through every page of the way out."""
    few = rows[: counter.LEAVERS_A_DAY]
    said = zip(scene.near.term_id[few].tolist(), _said(scene, few), strict=True)
    gone = counter.leave(said, hour)
    rest = rows[~np.isin(scene.near.term_id[rows], sorted(gone))]
    return len(gone) + _stop(scene, rest, by=hour.by)


def _said(scene: Scene, rows: Wholes) -> list[str]:
    if not len(rows):
        return []
    return reasons(scene.built.market, _leaving(scene, rows), known=scene.reasons)


def _leaving(scene: Scene, rows: Wholes) -> Leaving:
    near = scene.near
    return Leaving(
        who=near.who[rows],
        number=near.number[rows],
        day=near.ends[rows],
        involuntary=np.zeros(len(rows), dtype=np.bool_),
    )


def _stop(scene: Scene, rows: Wholes, *, by: str) -> int:
    if not len(rows):
        return 0
    near = scene.near
    ask_many_to_cancel(near.term_id[rows].tolist(), on=scene.on, at=scene.at, by=by)
    asked = np.full(len(rows), day_number(scene.on))
    told = Told(near.term_id[rows], asked, [CANCEL] * len(rows))
    built = scene.built
    write_told(
        built.market, _leaving(scene, rows), told=told, known=scene.reasons, bases=built.bases
    )
    return len(rows)


def _failures(scene: Scene, chosen: Choices) -> Iterator[Receipt]:
    """Attempts to charge that failed."""
    near, market = scene.near, scene.built.market
    ids = near.term_id[chosen.fail].tolist()
    prices = dict(Term.objects.filter(pk__in=ids).values_list("pk", "list_price_minor"))
    for row, attempt in zip(chosen.fail.tolist(), chosen.attempt.tolist(), strict=True):
        who, number = int(near.who[row]), int(near.number[row]) + 1
        yield Receipt(
            account_id=who + scene.built.bases.account,
            source=BILLING,
            external_id=f"P{who}-{number * 10 + attempt + 1}",
            amount_minor=prices[int(near.term_id[row])],
            currency=market.recipe.currency,
            paid_on=scene.on,
            term_id=int(near.term_id[row]),
            method=METHODS[who % len(METHODS)],
            state=PaymentState.FAILED,
        )


def _extend(scene: Scene, rows: Wholes, *, by: str) -> int:
    """Whoever hesitates takes the days that were offered."""
    by_days: dict[int, list[int]] = {}
    for row in rows.tolist():
        offer = scene.offer(row)
        if offer is not None and offer.kind == OfferKind.EXTENSION:
            by_days.setdefault(offer.extension_days, []).append(int(scene.near.term_id[row]))
    return sum(
        extend_many(terms, days=days, on=scene.on, at=scene.at, by=by)
        for days, terms in by_days.items()
    )
