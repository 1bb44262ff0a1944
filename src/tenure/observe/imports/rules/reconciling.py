"""What must change in a chain of terms so that it says what its source says now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.rules.chains import Link
from tenure.records.subscriptions.rules import TERM, TermVerb
from tenure.records.subscriptions.states import LIVE, EndKind, TermState

_WAYS = {
    TermState.RENEWED: (TermVerb.RENEW,),
    TermState.CANCELLING: (TermVerb.ASK_TO_CANCEL,),
    TermState.CANCELLED: (TermVerb.CANCEL,),
    TermState.GRACE: (TermVerb.OVERRUN,),
    TermState.LAPSED: (TermVerb.OVERRUN, TermVerb.LAPSE),
}


class HistoryChanged(Refusal):
    """A source tells another past than it did before."""

    code = "history_changed"
    said = Sentence(
        zh="先前导入的周期没有 {starts_on} 开始的这一期，或与它重叠；已有的周期是历史，不会改写。"
        "请更正日期，或为它换一个订阅编号。",
        en="earlier imports have no term that starts on {starts_on}, or one that overlaps it; "
        "terms are history and are not rewritten. Correct the date, or give it a new "
        "subscription id.",
    )


@dataclass(frozen=True, slots=True)
class StoredTerm:
    """A term as the records hold it."""

    pk: int
    number: int
    starts_on: date
    ends_on: date
    state: TermState


@dataclass(frozen=True, slots=True)
class Move:
    """What an existing term does, one verb after the other, and what is known of it then.

    Without a verb only its days are corrected.
    """

    pk: int
    verbs: tuple[TermVerb, ...]
    link: Link
    ended_on: date  # the end of the term before the move


@dataclass(frozen=True, slots=True)
class Difference:
    """Moves first, then the added terms with their numbers."""

    moves: Sequence[Move] = ()
    added: Sequence[tuple[int, Link]] = ()


def difference(told: Sequence[Link], stored: Sequence[StoredTerm]) -> Difference:
    """What to do to the stored terms of one subscription so that they say what is told.

    What the records know beyond the source (a renewal bought here, a cancellation asked for here)
    stays. An end told for days that are renewed already ends the live term on its first day.

    Args:
        told: the whole chain in order.
        stored: the whole chain in order; empty: a new subscription.
    Raises:
        HistoryChanged: a told term has no place in the stored chain.
    """
    if not stored:
        return Difference(added=[(number, link) for number, link in enumerate(told, start=1)])
    last = stored[-1]
    target = next((link for link in told if link.starts_on == last.starts_on), None)
    ends_on = target.ends_on if target is not None else last.ends_on
    known = {one.starts_on for one in stored}
    fresh = [link for link in told if link.starts_on not in known]
    for link in fresh:
        if link.starts_on < ends_on and not _was_cut(last, link):
            raise HistoryChanged(starts_on=link.starts_on)
    told_starts = {link.starts_on for link in told}
    for one in stored:
        is_spoken_of = told[0].starts_on <= one.starts_on <= told[-1].starts_on
        if is_spoken_of and one.starts_on not in told_starts:
            raise HistoryChanged(starts_on=one.starts_on)
    return Difference(
        moves=_moves(last, told, target),
        added=[(last.number + place, link) for place, link in enumerate(fresh, start=1)],
    )


def _was_cut(last: StoredTerm, fresh: Link) -> bool:
    """Whether the last stored term was closed before its end and something new came after."""
    return last.state == TermState.CANCELLED and fresh.starts_on > last.starts_on


def _moves(last: StoredTerm, told: Sequence[Link], target: Link | None) -> list[Move]:
    if target is None:
        final = told[-1]
        ends_late = final.closed_on is not None and final.starts_on < last.starts_on
        if not (ends_late and last.state in LIVE):
            return []
        assert final.closed_on is not None, "just seen"
        closed_on = max(final.closed_on, last.starts_on)
        target = replace(final, ends_on=last.ends_on, closed_on=closed_on, extended_days=0)
    verbs = _verbs(TermState(last.state), target.state)
    if verbs:
        return [Move(last.pk, verbs, target, last.ends_on)]
    if target.ends_on == last.ends_on or target.state != TermState.RUNNING:
        return []
    if target.ends_on < last.ends_on:
        return [Move(last.pk, (), target, last.ends_on)] if last.state == TermState.RUNNING else []
    can_extend = TERM.allows(TermState(last.state), TermVerb.EXTEND)
    return [Move(last.pk, (TermVerb.EXTEND,), target, last.ends_on)] if can_extend else []


def _verbs(state: TermState, wanted: TermState) -> tuple[TermVerb, ...]:
    """The way from a state to another one; empty where there is none or it is reached."""
    if state == wanted or wanted not in _WAYS:
        return ()
    ways = [_WAYS[wanted], _WAYS[wanted][1:]]
    for verbs in ways:
        here: TermState | None = state
        for verb in verbs:
            here = TERM.moves.get((here, verb)) if here is not None else None
        if verbs and here == wanted:
            return verbs
    return ()


def ends_subscription(link: Link) -> bool:
    """Whether nothing runs after this last link of a chain."""
    return link.state in (TermState.CANCELLED, TermState.LAPSED)


def end_kind_of(link: Link) -> str:
    """How a closed link ended."""
    return link.end_kind or str(EndKind.LAPSE)
