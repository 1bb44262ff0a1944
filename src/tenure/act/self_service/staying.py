"""What an accepted offer does: with the acceptance, or there is no acceptance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.decide.saves.queries import days_of_pause, smaller_plan
from tenure.kernel.failures import Sentence
from tenure.records.cancellations.models import SaveOffer
from tenure.records.subscriptions.actions import (
    PlanChange,
    Rest,
    change_plan,
    extend,
    pause,
)
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.saves import Save, SaveKind
from tenure.strategy.sections import Strategy

_REPAIR_FIRST = Sentence(
    zh="客户取消时接受了“先修好”：优先检修，并回电告知结果。",
    en="Accepted “repaired first” while cancelling: repair with priority, then call back.",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted offer in the words of the strategy, and the moment."""

    offer: SaveOffer
    save: Save
    term: Term
    desk: Desk


def apply_offer(offer: SaveOffer, *, strategy: Strategy, on: date, at: datetime, by: str) -> None:
    """Do what an accepted offer says, in the caller's transaction.

    A lower price of the next term is a promise on the offer's own row, which the next order uses.
    """
    term = Term.objects.select_related("subscription", "plan_version__plan").get(
        pk=offer.cancellation.term_id
    )
    save = strategy.saves.offers[offer.save_id]
    effect = EFFECTS.get(SaveKind(offer.kind))
    if effect is not None:
        effect(Taken(offer, save, term, Desk(strategy, on, at, by)))


def _repair(taken: Taken) -> None:
    term, desk = taken.term, taken.desk
    days = taken.save.extension_days
    if days and not term.extended_days and term.state == TermState.RUNNING:
        extend(term.pk, days=days, on=desk.on, at=desk.at, by=desk.by)
    wanted = Wanted(
        ToDoKind.CALL,
        account_id=term.account_id,
        term_id=term.pk,
        once_key=f"save:{taken.offer.pk}:repair",
        why=_REPAIR_FIRST,
    )
    open_todos([wanted], desk=desk)


def _pause(taken: Taken) -> None:
    days = days_of_pause(taken.save.pause_months)
    rest = Rest(taken.term.subscription_id, taken.desk.on, days)
    pause(rest, at=taken.desk.at, by=taken.desk.by)


def _downgrade(taken: Taken) -> None:
    """From the next term on; what is stored stays (CXL-02)."""
    smaller = smaller_plan(taken.term, on=taken.desk.on)
    assert smaller is not None, "an offer that was shown can be done"
    change = PlanChange(taken.term.pk, smaller.plan.code, taken.desk.on)
    change_plan(change, at=taken.desk.at, by=taken.desk.by)


EFFECTS: Final[Mapping[SaveKind, Callable[[Taken], None]]] = {
    SaveKind.REPAIR: _repair,
    SaveKind.PAUSE: _pause,
    SaveKind.DOWNGRADE: _downgrade,
}
