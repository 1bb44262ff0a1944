"""Writes chains of terms, a set at a time: the rows, their moves, and the journal with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tenure.observe.imports.errand import Errand
from tenure.observe.imports.rules.chains import Link
from tenure.observe.imports.rules.reconciling import (
    Difference,
    Move,
    StoredTerm,
    ends_subscription,
)
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.subscriptions.actions.moves import move_subscriptions, move_terms
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import SubscriptionVerb, TermVerb
from tenure.records.subscriptions.states import LIVE, TermState

_TERM: Final = (
    "account_id", "subscription_id", "plan_version_id", "number", "cycle_months", "starts_on",
    "ends_on", "price_minor", "list_price_minor", "currency", "state", "renewed_on", "closed_on",
    "cancel_asked_on", "end_kind", "extended_days", "recorded_at",
)  # fmt: skip
_MOVED: Final = ("renewed_on", "closed_on", "cancel_asked_on", "end_kind", "ends_on")
_KINDS: Final = {
    TermVerb.RENEW: "term.renewed",
    TermVerb.ASK_TO_CANCEL: "term.cancel_asked",
    TermVerb.CANCEL: "term.cancelled",
    TermVerb.OVERRUN: "term.overdue",
    TermVerb.LAPSE: "term.lapsed",
    TermVerb.EXTEND: "term.extended",
}


@dataclass(frozen=True, slots=True)
class Sold:
    """Under what a term was sold."""

    plan_version_id: int
    cycle_months: int
    price_minor: int
    list_price_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What differs between one subscription's terms as told and as the records hold them."""

    account_id: int
    subscription_id: int
    sold: Mapping[date, Sold]  # by the day on which a term starts
    difference: Difference


def stored_terms(subscription_ids: Collection[int]) -> dict[int, list[StoredTerm]]:
    """Subscription id → its terms, the first one first, without renewals that were undone."""
    kept = Term.objects.filter(subscription_id__in=subscription_ids, reversed_on=None)
    rows = kept.order_by("number")
    found: dict[int, list[StoredTerm]] = defaultdict(list)
    names = ("subscription_id", "pk", "number", "starts_on", "ends_on", "state")
    for subscription_id, pk, number, starts_on, ends_on, state in rows.values_list(*names):
        term = StoredTerm(pk, number, starts_on, ends_on, TermState(state))
        found[subscription_id].append(term)
    return found


def write_chains(chains: Sequence[Chain], *, errand: Errand) -> int:
    """Move the terms that are there, then add those that are new; how many were added."""
    moves = [(chain, move) for chain in chains for move in chain.difference.moves]
    _move(moves, errand=errand)
    rows = [
        _row(chain, number, link, errand=errand)
        for chain in chains
        for number, link in chain.difference.added
    ]
    added = insert_rows(Term, rows, columns=_TERM)
    assert added == len(rows), "a chain has each of its terms once"
    _settle_subscriptions(chains)
    return added


def _row(chain: Chain, number: int, link: Link, *, errand: Errand) -> tuple[Any, ...]:
    sold = chain.sold[link.starts_on]
    return (
        chain.account_id,
        chain.subscription_id,
        sold.plan_version_id,
        number,
        sold.cycle_months,
        link.starts_on,
        link.ends_on,
        sold.price_minor,
        sold.list_price_minor,
        sold.currency,
        link.state,
        link.renewed_on,
        link.closed_on,
        link.cancel_asked_on,
        link.end_kind,
        link.extended_days,
        errand.known_from(link.starts_on),
    )


def _move(moves: Sequence[tuple[Chain, Move]], *, errand: Errand) -> None:
    """First what is known of the terms, then their states: the constraints ask for it so."""
    rows = [
        (link.renewed_on, link.closed_on, link.cancel_asked_on, link.end_kind, link.ends_on, one.pk)
        for _, one in moves
        for link in (one.link,)
    ]
    update_rows(Term, rows, columns=_MOVED)
    by_verbs: dict[tuple[TermVerb, ...], list[int]] = defaultdict(list)
    for _, move in moves:
        by_verbs[move.verbs].append(move.pk)
    for verbs, pks in by_verbs.items():
        for verb in verbs:
            move_terms(Term.objects.filter(pk__in=pks), verb)
    append_many(_facts(moves, errand=errand), at=errand.at, by=errand.by)


def _facts(moves: Iterable[tuple[Chain, Move]], *, errand: Errand) -> Iterable[Fact]:
    for chain, move in moves:
        corrected = Fact(
            "term.corrected",
            on=errand.on,
            account_id=chain.account_id,
            term_id=move.pk,
            content=_content(chain, move),
        )
        if not move.verbs:
            yield corrected
        for verb in move.verbs:
            yield replace(corrected, kind=_KINDS[verb], once_key=_once(verb, move))


def _content(chain: Chain, move: Move) -> dict[str, Any]:
    """What the journal says of a move: of a renewal the term that follows, else its own days."""
    if TermVerb.RENEW in move.verbs and chain.difference.added:
        number, following = chain.difference.added[0]
        sold = chain.sold[following.starts_on]
        return {
            "number": number,
            "starts_on": str(following.starts_on),
            "ends_on": str(following.ends_on),
            "cycle_months": sold.cycle_months,
            "price_minor": sold.price_minor,
            "currency": sold.currency,
        }
    told = {"ends_on": str(move.link.ends_on), "end_kind": move.link.end_kind}
    days = (move.link.ends_on - move.ended_on).days
    return {**told, "from": str(move.ended_on), "days": days} if days else told


def _once(verb: TermVerb, move: Move) -> str:
    """The same keys as the loop's own verbs: what it wrote already is not written again."""
    if verb == TermVerb.RENEW:
        return f"{_KINDS[verb]}:{move.pk}"
    return f"{_KINDS[verb]}:{move.pk}:{move.link.ends_on}"


def _settle_subscriptions(chains: Sequence[Chain]) -> None:
    """A subscription ends with its last term, and runs again when another one is added."""
    ended, running = [], []
    for chain in chains:
        last = chain.difference.added[-1][1] if chain.difference.added else None
        if last is None and chain.difference.moves:
            last = chain.difference.moves[-1].link
        if last is None:
            continue
        if ends_subscription(last):
            ended.append((last.closed_on, last.end_kind, chain.subscription_id))
        else:
            running.append(chain.subscription_id)
    update_rows(Subscription, ended, columns=("ended_on", "end_kind"))
    over = Subscription.objects.filter(pk__in=[pk for _, _, pk in ended])
    move_subscriptions(over, SubscriptionVerb.END)
    move_subscriptions(
        Subscription.objects.filter(pk__in=running),
        SubscriptionVerb.RESUME,
        ended_on=None,
        end_kind="",
    )


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What the live term of a subscription costs by its source."""

    account_id: int
    subscription_id: int
    price_minor: int
    list_price_minor: int


def reprice(told: Sequence[NewPrice], *, errand: Errand) -> int:
    """Bring the prices of live terms to what is told now; past terms keep theirs."""
    rows = Term.objects.filter(
        subscription_id__in=[one.subscription_id for one in told], state__in=LIVE
    ).values_list("subscription_id", "pk", "price_minor")
    live = {subscription: (pk, price) for subscription, pk, price in rows}
    changed, facts = [], []
    for one in told:
        term, price = live.get(one.subscription_id, (0, one.price_minor))
        if price != one.price_minor:
            changed.append((one.price_minor, one.list_price_minor, term))
            content = {"price_minor": [price, one.price_minor]}
            facts.append(
                Fact(
                    "term.repriced",
                    on=errand.on,
                    account_id=one.account_id,
                    term_id=term,
                    content=content,
                )
            )
    append_many(facts, at=errand.at, by=errand.by)
    return update_rows(Term, changed, columns=("price_minor", "list_price_minor"))
