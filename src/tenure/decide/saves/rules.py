"""Choose at most one offer to stay: relevant, no worse than what there is, lawful at the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.kernel.buckets import in_share
from tenure.kernel.money import Money
from tenure.strategy.rules import holds
from tenure.strategy.saves import Save, SaveKind, Saves

ACCEPTED = "accepted"
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Net:
    """What so many months of service come to for the customer, after everything."""

    price: Money
    months: int

    def is_below(self, other: Net) -> bool:
        """Whether a month costs less than with another."""
        return self.price * other.months < other.price * self.months


@dataclass(frozen=True, slots=True)
class Met:
    """An offer to stay that the account met before."""

    save_id: str
    rung: int
    shown_on: date
    answer: str


@dataclass(frozen=True, slots=True)
class Situation:
    """One customer who is leaving, on a day.

    `unit` names the account for ever; `has` is every price per time that the customer pays or
    could have without this offer, the present one first; `with_save` says what each offer would
    come to, and leaves out those that cannot be done for this customer.
    """

    on: date
    unit: str
    offers_allowed: int
    facts: Mapping[str, object]
    has: Sequence[Net]
    with_save: Mapping[str, Net]
    reason: str = ""
    has_open_fault: bool = False
    is_porting: bool = False
    is_held_out: bool = False
    met: Sequence[Met] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The offer to show, if any, and for every offer why it is not shown; "" is: shown.

    `held_out_of` is the offer that only the lot kept back.
    """

    save: Save | None
    whys: Mapping[str, str]
    held_out_of: str = ""


def choose(situation: Situation, saves: Saves) -> Chosen:
    """The first offer of the file that nothing speaks against, and the why of all others.

    The lot is drawn last and for the chosen offer alone, so those kept back are a fair picture of
    those who saw it; nothing else is shown to them in its place.
    """
    for_all = _against_all(situation, saves)
    if for_all:
        return Chosen(None, dict.fromkeys(saves.offers, for_all))
    whys = {one.id: _against(one, situation, saves) for one in saves.offers.values()}
    free = [name for name, why in whys.items() if not why]
    for name in free[1:]:
        whys[name] = "another_first"
    if not free:
        return Chosen(None, whys)
    save = saves.offers[free[0]]
    if is_held_out(save, situation.unit, saves=saves):
        whys[save.id] = "offer_holdout"
        return Chosen(None, whys, held_out_of=save.id)
    return Chosen(save, whys)


def is_held_out(save: Save, unit: str, *, saves: Saves) -> bool:
    """Whether the lot keeps this offer from this account, for ever the same (R-A-086)."""
    salt = f"{saves.holdout_salt}-{save.id}"
    return in_share(salt, unit, share=saves.holdout_share)


def next_rung(met: Sequence[Met], *, on: date, saves: Saves) -> int:
    """The step of the ladder that a visit on a day finds; above the top there is none (CXL-01).

    Shown again within `repeat_days` it is the same step: whoever comes back the next day has not
    waited for a better one.
    """
    since = on - timedelta(days=saves.memory_days)
    seen = [one for one in met if one.rung and one.shown_on > since]
    if not seen:
        return 1
    last = max(seen, key=lambda one: (one.shown_on, one.rung))
    if (on - last.shown_on).days <= saves.repeat_days and last.answer != ACCEPTED:
        return last.rung
    return max(one.rung for one in seen) + 1


def _against_all(situation: Situation, saves: Saves) -> str:
    if situation.offers_allowed < 1:
        return "jurisdiction"
    if situation.is_porting:
        return "porting"
    if situation.reason in saves.bypass_reasons:
        return "bypass"
    if situation.is_held_out:
        return "holdout"
    since = situation.on - timedelta(days=YEAR_DAYS)
    taken = [one for one in situation.met if one.answer == ACCEPTED and one.shown_on > since]
    return "abuse_limit" if len(taken) >= saves.accepted_per_year else ""


def _against(save: Save, situation: Situation, saves: Saves) -> str:
    """Why this offer is not for this customer; empty where it is."""
    if (save.kind is SaveKind.REPAIR) != situation.has_open_fault:
        return "open_fault" if situation.has_open_fault else "no_fault"
    if save.reasons and situation.reason not in save.reasons:
        return "other_reason"
    if not holds(save.eligible, situation.facts):
        return "not_eligible"
    if save.rung and save.rung != next_rung(situation.met, on=situation.on, saves=saves):
        return "other_rung"
    if not save.rung and _is_known(save, situation, saves):
        return "shown_before"
    if save.id not in situation.with_save:
        return "not_possible"
    return _against_price(save, situation)


def _is_known(save: Save, situation: Situation, saves: Saves) -> bool:
    """Whether it was shown long enough ago to be another visit, and not too long to be forgotten.

    Fault comes before offer each time, whatever was said of an earlier repair.
    """
    if save.kind is SaveKind.REPAIR:
        return False
    ages = [(situation.on - one.shown_on).days for one in situation.met if one.save_id == save.id]
    return any(saves.repeat_days < age < saves.memory_days for age in ages)


def _against_price(save: Save, situation: Situation) -> str:
    """Never worse than what the customer has now, or could have without leaving (STD-05)."""
    if save.kind in (SaveKind.REPAIR, SaveKind.PAUSE):
        return ""
    offered = situation.with_save[save.id]
    if all(offered.is_below(one) for one in situation.has):
        return ""
    return "not_better"
