"""What follows from what was recorded: an explicit table, journal kind → verb.

The worker follows the journal at its own pace, so reactions are durable, repeatable and found by
one search. Each verb may safely be called twice with the same entries.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from tenure.act.benefits.giving import (
    give_with_batches,
    give_with_orders,
    replace_gone,
    take_back_with_terms,
)
from tenure.act.benefits.letters import GIFT_RAN_OUT, GIFT_SENT, tell_of_gifts, thank
from tenure.act.care.alarms import care_for_fallen, drop_work, for_plays, warn_of_risk
from tenure.act.care.opinions import queue_disagreements
from tenure.act.care.questions import answer_questions
from tenure.act.care.substitution import warn_of_competitor
from tenure.act.collecting.actions import acknowledge, follow_terms, hear_providers
from tenure.act.collecting.store_prices import tell_of_price_rises
from tenure.act.documents.following import paper_payments, paper_refunds
from tenure.act.journeys.actions import start_alarm_plays, start_plays
from tenure.act.journeys.meant import read_once
from tenure.act.journeys.withdrawals import withdraw_over
from tenure.act.promises.deeds import follow_work
from tenure.act.promises.fulfilling import (
    earn_with_terms,
    refuse_with_calls,
    release_with_terms,
)
from tenure.act.rewards.points import earn_points, take_points_back
from tenure.act.self_service.erasing import actions as erasing
from tenure.act.self_service.promises import use_promises
from tenure.act.self_service.waivers import confirm_waivers
from tenure.kernel.periods import day_number
from tenure.loop.followers import follow
from tenure.records.jobs.models import Fill
from tenure.records.journal.models import Entry
from tenure.strategy.plays import Alarm
from tenure.warehouse.tables.understanding import TAG_MASKS

FOLLOWER = "reactions"

type Reaction = Callable[[Sequence[Entry], datetime], object]


def end_outreach(entries: Sequence[Entry], at: datetime) -> None:
    """A term is over: nothing more is said about it, and nobody works on it."""
    terms = {entry.term_id for entry in entries if entry.term_id is not None}
    withdraw_over(at=at, term_ids=terms)
    drop_work(terms, at=at)


def earn_promises(entries: Sequence[Entry], at: datetime) -> None:
    """A term was renewed: what was promised for that is owed, and the rest settled."""
    settle_deductions(entries, at)
    earn_with_terms(entries, at=at)


def follow_attempts(entries: Sequence[Entry], at: datetime) -> None:
    """Work on a promise is done or failed; a customer who said no gives back what was held."""
    follow_work(entries, at=at)
    refuse_with_calls(entries, at=at)


def settle_deductions(entries: Sequence[Entry], at: datetime) -> None:
    """A term went another way: what was to be deducted for it is settled, or stopped."""
    end_outreach(entries, at)
    follow_terms({entry.term_id for entry in entries if entry.term_id is not None}, at=at)


def end_term(entries: Sequence[Entry], at: datetime) -> None:
    """A term is over without a next one: what came with it ends with it."""
    settle_deductions(entries, at)
    take_back_with_terms(entries, at=at)
    release_with_terms(entries, at=at)


def undo_renewal(entries: Sequence[Entry], at: datetime) -> None:
    """A renewal was undone: what it brought ends, and what it earned is given back."""
    take_back_with_terms(entries, at=at)
    release_with_terms(entries, at=at)


def fulfil_promises(entries: Sequence[Entry], at: datetime) -> None:
    """An order gave what was bought: its promises are used, and what comes with it is given."""
    use_promises(entries, at)
    give_with_orders(entries, at=at)
    confirm_waivers(entries, at=at)


def play_tag(entries: Sequence[Entry], at: datetime) -> None:
    """A tag was entered: its plays and journeys start, once (TAG-02).

    On the first day on which tags are read nobody enters one: everybody is found in it.
    """
    entered: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
    for entry in entries:
        if entry.term_id is not None:
            entered[entry.content["tag"], entry.on].append(entry.term_id)
    for (tag, on), terms in entered.items():
        if Fill.objects.filter(entry=TAG_MASKS.name, day__lt=day_number(on)).exists():
            start_plays(tag, terms, on=on, at=at)


def hear_fall(entries: Sequence[Entry], at: datetime) -> None:
    """Health fell: a person looks, or the play of falls starts."""
    care_for_fallen(entries, at=at)
    _play_alarms(Alarm.HEALTH, entries, at)


def hear_risk(entries: Sequence[Entry], at: datetime) -> None:
    """A risk rose: its owner is told, or the play of risks starts."""
    warn_of_risk(entries, at=at)
    _play_alarms(Alarm.RISK, entries, at)


def _play_alarms(alarm: Alarm, entries: Sequence[Entry], at: datetime) -> None:
    for on, terms in for_plays(entries, at=at).items():
        start_alarm_plays(alarm, terms, on=on, at=at)


def hear_ticket(entries: Sequence[Entry], at: datetime) -> None:
    """A ticket may name a competitor, or ask about renewing."""
    warn_of_competitor(entries, at=at)
    answer_questions(entries, at=at)


def forget(entries: Sequence[Entry], at: datetime) -> None:
    """Somebody's data was erased: the history of use follows, and the request is closed."""
    erasing.finish({entry.account_id for entry in entries if entry.account_id}, at=at)


REACTIONS: Mapping[str, Reaction] = {
    "order.fulfilled": fulfil_promises,
    "batch.done": lambda entries, at: give_with_batches(entries, at=at),
    "benefit.given": lambda entries, at: thank(entries, at),
    "gift.chosen": lambda entries, at: replace_gone(entries, at=at),
    "gift.sent": lambda entries, at: tell_of_gifts(entries, GIFT_SENT, at=at),
    "gift.ran_out": lambda entries, at: tell_of_gifts(entries, GIFT_RAN_OUT, at=at),
    "agreement.noticed": lambda entries, at: hear_providers(
        [entry.content for entry in entries], at=at
    ),
    "mandate.signed": lambda entries, at: acknowledge(
        {entry.content["mandate"] for entry in entries}, at=at
    ),
    "store.price_rise": lambda entries, at: tell_of_price_rises(entries, at=at),
    "term.renewed": earn_promises,
    "term.cancelled": end_term,
    "term.lapsed": end_term,
    "term.renewal_undone": undo_renewal,
    "todo.tried": follow_attempts,
    "tag.entered": play_tag,
    "account.erased": forget,
    "health.fell": hear_fall,
    "points.due": lambda entries, at: earn_points(entries, at=at),
    "points.reversal_due": lambda entries, at: take_points_back(entries, at=at),
    "receipt.due": lambda entries, at: paper_payments(entries, at=at),
    "refund.succeeded": lambda entries, at: paper_refunds(entries, at=at),
    "ticket.opened": hear_ticket,
    "opinion.given": lambda entries, at: queue_disagreements(entries, at=at),
    "risk.rose": hear_risk,
}


def react(*, at: datetime, by: str = "loop") -> int:
    """Follow the journal to its end; how many entries had a reaction.

    The place reached is stored after each batch: whoever is killed in between reacts to that
    batch again, and nothing follows twice. With nothing to read it costs one read.
    """
    with read_once():
        return follow(FOLLOWER, _react_to, at=at, by=by, kinds=REACTIONS.keys())


def _react_to(entries: Sequence[Entry], at: datetime) -> int:
    reacted = 0
    for kind, group in groupby(entries, key=lambda entry: entry.kind):
        found = list(group)
        if kind in REACTIONS:
            REACTIONS[kind](found, at)
            reacted += len(found)
    return reacted
