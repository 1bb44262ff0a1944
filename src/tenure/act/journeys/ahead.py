"""The next messages of one customer: when, how, in which words, and what would hold them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import Q

from tenure.act.journeys.due import Due, named_for
from tenure.act.journeys.foresight import UNWRITTEN, Foresight, Foretold, LeftOut, foresight
from tenure.act.journeys.moments import Under, leaves_on
from tenure.act.journeys.queries import features_of_terms, journeys_of, kept_by
from tenure.act.journeys.rules import expiry, send_key
from tenure.act.journeys.sorting import Opening, Sorting, sorted_steps
from tenure.act.journeys.versions import Version
from tenure.act.messages.facts import Row, message_rows
from tenure.act.messages.own import template_of
from tenure.act.messages.reasons import told
from tenure.decide.decisions.models import Decision
from tenure.kernel.clock import instant
from tenure.kernel.failures import Sentence
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Clock, Journey, Step
from tenure.strategy.rules import ALWAYS, AllOf, features_of, holds
from tenure.strategy.sections import Strategy

MOST = 10
_CALLED = Sentence(zh="由专人致电", en="a person calls")
_NOT_MEANT = Sentence(
    zh="按今天的情况，这一步的条件不包括该客户",
    en="as things stand the rule of the step leaves this customer out",
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One message that lies ahead; `held` says what would hold it, None where it goes out."""

    term_id: int
    journey: Sentence
    step: Sentence
    step_id: str
    at: datetime
    channel: str
    template: str
    subject: str
    body: str
    held: Sentence | None
    is_planned: bool
    decides: bool


# Term, journey and step of a choice that is made.
type Decided = frozenset[tuple[int, str, str]]


@dataclass(slots=True)
class _Traveller:
    """One customer seen from a day: what they had by then grows from step to step."""

    strategy: Strategy
    on: date
    at: datetime
    rows: Mapping[int, Mapping[str, Any]]
    had: list[Foresight]
    decided: Decided

    def due(self, under: Under, step: Step, *, term: Term, day: date) -> Step:
        """The step as the night before its day would plan it.

        Where its choice is not made yet it is as if it told its own message, and what it follows
        has not happened yet: it is shown as if it will.
        """
        is_made = (term.pk, under.journey.id, step.id) in self.decided
        shown = replace(step, follows="", unless_reacted=False, decides=step.decides and is_made)
        return named_for(shown, on=day - timedelta(days=1), entry=under.entry)

    def look(self, on: date) -> Foresight:
        """A look at a later day that knows nothing of the days before it."""
        return foresight(self.strategy, on=on, at=self.at)

    def sight(self, on: date) -> Foresight:
        """The same, which knows what is so today, and what went out before it."""
        found = self.look(on)
        if self.had:
            found.had, found.known = self.had[0].had, self.had[0].known
        self.had.append(found)
        return found


def next_messages(account_id: int, *, on: date, at: datetime, most: int = MOST) -> list[Ahead]:
    """The next messages of a customer as seen from a day, each judged at its own hour (TOP-09).

    What was promised to nobody yet is written as it would be: the prices, the days left and the
    caps are those of its own day. A step that decides shows its own message; the choice is made
    when its time comes.
    """
    strategy = current().at(on)
    live = Term.objects.filter(
        account_id=account_id, state__in=("running", "cancelling"), ends_on__gt=on
    )
    terms = list(live.select_related("subscription").order_by("ends_on", "pk"))
    rows = features_of_terms({term.pk for term in terms}, as_of=on)
    traveller = _Traveller(strategy, on, at, rows, [], _decided([one.pk for one in terms]))
    kept = kept_by({term.pk for term in terms})
    ahead = sorted(
        (
            (day, term.pk, under, step, term)
            for term in terms
            for under in journeys_of(
                term, strategy=strategy, row=rows.get(term.pk), kept=kept[term.pk]
            )
            for step in under.journey.steps
            if (day := leaves_on(under, step, term=term, on=on)) is not None
        ),
        key=itemgetter(0, 1),
    )
    stops = [
        _Stop(under, step, term, day, traveller.due(under, step, term=term, day=day))
        for day, _, under, step, term in ahead
    ]
    written = _written(account_id, [one.key for one in stops], strategy=strategy)
    planned = _planned([one for one in stops if one.key not in written.states], traveller=traveller)
    first = traveller.sight(on)
    first.know([*written.rows.values(), *(row for rows, _ in planned.values() for row in rows)])
    found = list(_others(written.others, sight=first))
    for one in stops:
        if len(found) >= most:
            break
        found += _one(one, planned.get(one.key), traveller=traveller, written=written)
    return sorted(found, key=attrgetter("at"))[:most]


@dataclass(frozen=True, slots=True)
class _Written:
    """The messages of a customer that are written already: of the steps ahead, whatever became of
    them, and of those that wait what they tell, by their keys.
    """

    states: Mapping[str, str]
    rows: Mapping[str, Row]
    known: Collection[str]

    @property
    def others(self) -> list[Row]:
        """What waits from elsewhere than the journeys: campaigns, presents, payments."""
        return [row for row in self.rows.values() if row["journey"] not in self.known]


def _written(account_id: int, keys: Collection[str], *, strategy: Strategy) -> _Written:
    """By two questions, however many steps lie ahead."""
    elsewhere = Q(state=MessageState.PLANNED) & ~Q(journey__in=strategy.journeys)
    wanted = Message.objects.filter(Q(send_key__in=keys) | elsewhere, account_id=account_id)
    told = wanted.order_by("send_after", "pk").values_list("send_key", "pk", "state")
    found = {key: (pk, state) for key, pk, state in told}
    waiting = [pk for pk, state in found.values() if state == MessageState.PLANNED]
    rows = {row["send_key"]: row for row in message_rows(waiting)} if waiting else {}
    return _Written({key: state for key, (_, state) in found.items()}, rows, strategy.journeys)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A step of a journey that lies ahead of a term: on which day, and as what it is due."""

    under: Under
    step: Step
    term: Term
    day: date
    due: Step

    @property
    def key(self) -> str:
        return send_key(self.under.journey.id, step=self.due.id, term_id=self.term.pk)

    def sorting(self, strategy: Strategy, *, sight: Foresight) -> Sorting:
        """The step as the night before its day would sort it, for this term alone."""
        journey, term = self.under.journey, self.term
        expires = _until(journey, self.due, term=term, day=self.day, zone=sight.zone)
        opening = Opening(Due((term.pk,), ()), {term.ends_on: expires}, self.under.entry)
        version = Version(journey, strategy, journey.version)
        return Sorting(version, self.due, opening, self.day)


type _Planned = tuple[list[Row], list[LeftOut]]


def _planned(stops: Sequence[_Stop], *, traveller: _Traveller) -> Mapping[str, _Planned]:
    """By its key what each step that is not written yet would plan, read once for all."""
    sights = [traveller.look(one.day) for one in stops]
    steps = [
        one.sorting(traveller.strategy, sight=sight)
        for one, sight in zip(stops, sights, strict=True)
    ]
    told = [
        sight.told(step, rows)
        for sight, step, rows in zip(sights, steps, sorted_steps(steps), strict=True)
    ]
    filled = iter(traveller.look(traveller.on).fill([row for rows, _ in told for row in rows]))
    return {
        one.key: (list(islice(filled, len(rows))), left_out)
        for one, (rows, left_out) in zip(stops, told, strict=True)
    }


def _one(
    stop: _Stop, planned: _Planned | None, *, traveller: _Traveller, written: _Written
) -> Iterator[Ahead]:
    """What becomes of one step, whose message may be written already."""
    journey, step, term = stop.under.journey, stop.step, stop.term
    sight = traveller.sight(stop.day)
    if planned is None:
        waits = written.rows.get(stop.key)
        for found in sight.judge([waits]) if waits else ():
            yield _told(found, journey, step=step, sight=sight)
        return
    rows, left_out = planned
    meant = _is_meant(stop.under, step, row=traveller.rows.get(term.pk))
    for found in sight.judge(rows):
        one = _told(found, journey, step=step, sight=sight)
        yield replace(one, held=meant or one.held)
    for left in left_out:
        why = _CALLED if left.is_call else told(left.reason, strategy=traveller.strategy)
        yield Ahead(
            term_id=term.pk,
            journey=journey.name,
            step=step.name,
            step_id=step.id,
            at=sight.at,
            channel=left.channel,
            template=step.message,
            subject="",
            body="",
            held=meant or why,
            is_planned=False,
            decides=step.decides,
        )


def _decided(terms: Collection[int]) -> Decided:
    """The choices that are made already about some terms."""
    made = Decision.objects.filter(term__in=terms)
    return frozenset(made.values_list("term_id", "journey", "step"))


def _until(journey: Journey, step: Step, *, term: Term, day: date, zone: str) -> datetime:
    if journey.clock is Clock.END:
        return expiry(step, ends_on=term.ends_on, zone=zone)
    return instant(min(day + timedelta(days=step.valid_days), term.ends_on), time(0), zone=zone)


def _others(rows: Sequence[Row], *, sight: Foresight) -> Iterator[Ahead]:
    """What waits for the customer from elsewhere than the journeys."""
    for found in sight.judge(rows):
        template = template_of(found.row["template"], strategy=sight.strategy)
        name = template.name if template else Sentence(zh=found.row["step"], en=found.row["step"])
        reason = "" if found.goes_out else found.verdict.reason
        yield Ahead(
            term_id=found.row["term_id"],
            journey=Sentence(zh=found.row["journey"], en=found.row["journey"]),
            step=name,
            step_id=found.row["step"],
            at=found.at,
            channel=found.row["channel"],
            template=found.row["template"],
            subject=found.text.subject,
            body=found.text.body,
            held=told(reason, strategy=sight.strategy) if reason else None,
            is_planned=True,
            decides=False,
        )


def _is_meant(under: Under, step: Step, *, row: Mapping[str, Any] | None) -> Sentence | None:
    """What the rules say of a term today; None where they mean it, or nobody can know yet.

    Whom a journey is for is asked once of those who enter it.
    """
    rule = AllOf((ALWAYS if under.entry else under.journey.applies, step.condition))
    if row is None or features_of(rule) - row.keys() or holds(rule, row):
        return None
    return _NOT_MEANT


def _told(found: Foretold, journey: Journey, *, step: Step, sight: Foresight) -> Ahead:
    reason = "" if found.goes_out else found.verdict.reason
    return Ahead(
        term_id=found.row["term_id"],
        journey=journey.name,
        step=step.name,
        step_id=step.id,
        at=found.at,
        channel=found.row["channel"],
        template=found.row["template"],
        subject=found.text.subject,
        body=found.text.body,
        held=told(reason, strategy=sight.strategy) if reason else None,
        is_planned=found.row["pk"] < UNWRITTEN,
        decides=step.decides,
    )
