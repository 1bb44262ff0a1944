"""What would become of messages that nobody wrote yet, by the very rules that the sender asks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import batched, chain
from typing import Any

from tenure.act.channels.registry import carried
from tenure.act.journeys.rules import PLANNED_FROM, send_key
from tenure.act.journeys.sorting import Sorting, sorted_steps
from tenure.act.messages.batches import Round, fate_of, written
from tenure.act.messages.facts import Candidate, Row, candidates_of, message_rows
from tenure.act.messages.grounds import Grounds, grounds_of
from tenure.act.messages.rendering import Rendered
from tenure.act.messages.rules import Fate, Past, Verdict
from tenure.act.messages.usage import Usage, usage_of
from tenure.kernel.clock import instant
from tenure.records.among import among
from tenure.records.customers.models import Person
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy

BATCH_SIZE = 1_000
# Rows that are no messages are numbered where no message ever will be: their links lead nowhere.
UNWRITTEN = 10**15
_COLUMNS = (
    "term_id", "account_id", "person_id", "template", "message_class", "channel", "language",
    "address", "decision_id", "ends_on",
)  # fmt: skip
_OF_PERSON = (
    "pk", "name", "zone", "is_minor", "preferred_from", "preferred_until", "account__zone",
    "account__country", "account__holdout_bucket",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A term whose step is due and that nobody is written to about: a person calls, other
    programs are told, or it is excluded and why.
    """

    term_id: int
    account_id: int
    channel: str
    is_call: bool
    reason: str
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Foretold:
    """One message as it would go out: when, in which words, or why not."""

    candidate: Candidate
    verdict: Verdict
    at: datetime
    text: Rendered

    @property
    def goes_out(self) -> bool:
        return self.verdict.fate is Fate.SEND

    @property
    def row(self) -> Row:
        return self.candidate.row


@dataclass(frozen=True, slots=True)
class Known:
    """What is so today of a few customers, where it was read for several days at once."""

    grounds: Grounds
    usage: Usage


@dataclass(slots=True)
class Foresight:
    """The rules in force, the day looked at, and what each person would have had by then."""

    strategy: Strategy
    on: date
    at: datetime
    known: Known | None = None
    had: defaultdict[int, list[Past]] = field(default_factory=lambda: defaultdict(list))
    numbered: int = UNWRITTEN

    @property
    def zone(self) -> str:
        return self.strategy.business.zone

    def sort(self, steps: Sequence[Sorting]) -> list[tuple[list[Row], list[LeftOut]]]:
        """Of each step the rows of the messages that it would plan, and who would be left out.

        The rows lack what `fill` adds, which is read for many steps at once.
        """
        found = sorted_steps(steps)
        return [self.told(one, rows) for one, rows in zip(steps, found, strict=True)]

    def told(
        self, one: Sorting, sorted_rows: Iterable[Mapping[str, Any]]
    ) -> tuple[list[Row], list[LeftOut]]:
        """The same of one step whose terms were sorted already."""
        rows: list[Row] = []
        left_out = []
        for row in sorted_rows:
            if row["outcome"] == "message":
                due = {name: row[name] for name in _COLUMNS}
                rows.append(self._planned(due, one))
                continue
            left_out.append(
                LeftOut(
                    row["term_id"],
                    row["account_id"],
                    row["channel"] or "",
                    row["outcome"] == "call",
                    row["reason"],
                    row["outcome"] == "webhook",
                )
            )
        return rows, left_out

    def fill(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of any steps, each with a number and with what a waiting message tells of whom."""
        return [row for batch in batched(rows, BATCH_SIZE) for row in self._filled(batch)]

    def judge(self, rows: Sequence[Row], *, waiting: Sequence[int] = ()) -> Iterator[Foretold]:
        """Each message with its fate by the end of the day, texts included, in the order given.

        Args:
            waiting: messages that are planned already, judged before the rows.
        """
        round_ = self.round_()
        planned = chain.from_iterable(map(message_rows, batched(waiting, BATCH_SIZE)))
        for batch in batched(chain(planned, rows), BATCH_SIZE):
            found = candidates_of(
                batch,
                strategy=self.strategy,
                at=self.at,
                grounds=self.known.grounds if self.known else None,
            )
            yield from self._judged(found, round_=round_)

    def know(self, rows: Sequence[Row]) -> None:
        """Read what is so today of the readers of these rows, for looks at later days too."""
        accounts = {row["account_id"] for row in rows}
        self.known = Known(
            grounds_of(rows, strategy=self.strategy, at=self.at), usage_of(accounts, on=self.on)
        )

    def round_(self) -> Round:
        """The round of sending in which they would be looked at first."""
        return Round(self.strategy, self.at, self.on, carried=carried())

    def _judged(self, batch: Sequence[Candidate], *, round_: Round) -> Iterator[Foretold]:
        for person, past in {one.row["person_id"]: one.past for one in batch}.items():
            past.extend(self.had[person])
        accounts = {one.row["account_id"] for one in batch}
        usage = self.known.usage if self.known else usage_of(accounts, on=self.on)
        texts = written(batch, round_=replace(round_, usage=usage))
        for one, (text, blocked, _) in zip(batch, texts, strict=True):
            found, at = self._settled(one, blocked=blocked, round_=round_)
            if found.fate is Fate.SEND:
                kind = one.kind
                past_one = Past(kind.message_class, kind.purpose, one.row["channel"], at)
                one.past.append(past_one)
                self.had[one.row["person_id"]].append(past_one)
            yield Foretold(one, found, at, text)

    def _settled(self, one: Candidate, *, blocked: str, round_: Round) -> tuple[Verdict, datetime]:
        """Its fate, and when: what only waits for an hour of the same day goes out at that hour."""
        over = instant(self.on + timedelta(days=1), time(0), zone=self.zone)
        at = max(self.at, one.row["send_after"])
        found = fate_of(one, blocked=blocked, round_=replace(round_, at=at))
        while found.fate is Fate.DEFER and found.until is not None and found.until < over:
            at = found.until
            found = fate_of(one, blocked=blocked, round_=replace(round_, at=at))
        return found, at

    def _planned(self, due: dict[str, Any], one: Sorting) -> Row:
        """A row of a step that is due, with what its message would be called and when it waits."""
        journey, step = one.version.journey.id, one.step.id
        ends_on = date.fromisoformat(str(due["ends_on"]))
        return {
            **due,
            "ends_on": ends_on,
            "send_key": send_key(journey, step=step, term_id=due["term_id"]),
            "journey": journey,
            "step": step,
            "attempts": 0,
            "planned_at": self.at,
            "send_after": self.at,
            "expires_at": one.opening.expires[ends_on],
        }

    def _filled(self, batch: Sequence[Row]) -> Iterator[Row]:
        named = Person.objects.filter(among("pk", [one["person_id"] for one in batch]))
        told = {row["pk"]: row for row in named.values(*_OF_PERSON)}
        running = Term.objects.filter(among("pk", [one["term_id"] for one in batch]))
        terms = {row[0]: row[1:] for row in running.values_list("pk", "state", "subscription_id")}
        for one in batch:
            self.numbered += 1
            person = told[one["person_id"]]
            state, subscription = terms[one["term_id"]]
            of_person = {f"person__{key}": person[key] for key in _OF_PERSON[1:6]}
            of_account = {key: person[key] for key in _OF_PERSON[6:]}
            yield {
                **one,
                **of_person,
                **of_account,
                "pk": self.numbered,
                "term__state": state,
                "term__subscription_id": subscription,
            }


def foresight(strategy: Strategy, *, on: date, at: datetime) -> Foresight:
    """Look at a day: from the hour at which it is planned, or from now on when that is past."""
    begins = instant(on, PLANNED_FROM, zone=strategy.business.zone)
    return Foresight(strategy, on, max(begins, at))
