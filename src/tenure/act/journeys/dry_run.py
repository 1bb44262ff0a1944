"""Who would get what on a day, and who not, and why: nothing is changed by asking."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from tenure.act.journeys.due import Due, Near, named_for, near_terms
from tenure.act.journeys.foresight import Foresight, Foretold, LeftOut, foresight
from tenure.act.journeys.openings import openings_of
from tenure.act.journeys.sorting import Sorting
from tenure.act.journeys.versions import Version, versions_in_use
from tenure.act.messages.facts import Row
from tenure.kernel.clock import instant, today
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.queries import current
from tenure.strategy.journeys import Step
from tenure.strategy.messages import Channel
from tenure.understand.segments.population import last_day

MOST_AHEAD = 31
CALLED = "called"
WEBHOOK = "webhook"


class TooFarAhead(Refusal):
    """A day that the day before it tells nothing about."""

    code = "dry_run_day"
    said = Sentence(
        zh="试运行只能看今天起 {most} 天内的日子；{on} 不在其中。",
        en="A dry run looks at the {most} days from today on; {on} is not among them.",
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One customer in a dry run: what they would get and when, or why not."""

    account_id: int
    term_id: int
    journey: str
    step: str
    channel: str
    reason: str  # empty: it goes out; `called`: a person calls
    at: datetime | None
    was_planned: bool

    @property
    def goes_out(self) -> bool:
        return not self.reason


@dataclass(slots=True)
class Line:
    """One step on one channel: how many are due, reached, called, and held back by reason."""

    journey: str
    step: str
    channel: str
    sent: int = 0
    called: int = 0
    held: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        """Everybody due is in, or counted with a reason."""
        return self.sent + self.called + self.held.total()


@dataclass(slots=True)
class DryRun:
    """A day as it would be: counts by step and channel, and the list behind them."""

    on: date
    known_on: date
    lines: dict[tuple[str, str, str], Line] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    todos: int = 0

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many are held back by each reason, most first."""
        found = Counter[str]()
        for line in self.lines.values():
            found.update(line.held)
        return dict(found.most_common())

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines.values())

    @property
    def called(self) -> int:
        return sum(line.called for line in self.lines.values())

    @property
    def due(self) -> int:
        return sum(line.due for line in self.lines.values())

    def add(self, one: Told) -> None:
        key = (one.journey, one.step, one.channel)
        line = self.lines.setdefault(key, Line(*key))
        if one.goes_out:
            line.sent += 1
        elif one.reason == CALLED:
            line.called += 1
        else:
            line.held[one.reason] += 1
        self.told.append(one)


def dry_run(*, on: date, at: datetime, journey: str = "") -> DryRun:
    """Plan and send a day without doing it, set at a time; of one journey or of all.

    What waits already is looked at first, then what the night before the day would plan. Whom
    the rules mean is read from the last day that was run; the ends of terms are nearer by then.
    Who is in a journey that a tag or an event started is shown; who enters meanwhile cannot be
    known.

    Raises:
        TooFarAhead: the day is past, or more than a month away.
        NothingFilled: no day was run yet.
    """
    strategy = current().at(on - timedelta(days=1))
    if not 0 <= (on - today(strategy.business.zone, at)).days <= MOST_AHEAD:
        raise TooFarAhead(on=on, most=MOST_AHEAD)
    planned_on = on - timedelta(days=1)
    known_on = last_day(as_of=planned_on)
    sight, done = foresight(strategy, on=on, at=at), DryRun(on, known_on)
    versions = [one for one in versions_in_use(strategy) if journey in ("", one.journey.id)]
    looks = list(_looks(versions, sight=sight, known_on=known_on)) if versions else []
    waiting = _waiting(sight, journey=journey)
    # Everything is judged as one row of messages: what is asked about them is asked once.
    rows = sight.fill([row for look in looks for row in look.rows])
    judged = sight.judge(rows, waiting=waiting)
    for found in islice(judged, len(waiting)):
        done.add(_told(found, was_planned=True))
    for look in looks:
        done.todos += look.todos
        for one in look.left_out:
            done.add(_left_out(one, look.version, step=look.step, at=sight.at))
        for found in islice(judged, len(look.rows)):
            done.add(_told(found, was_planned=False))
    return done


@dataclass(frozen=True, slots=True)
class _Look:
    """What the night before the day would plan of one step, and whom it would leave out."""

    version: Version
    step: Step
    rows: Sequence[Row]
    left_out: Sequence[LeftOut]
    todos: int


def _looks(versions: Sequence[Version], *, sight: Foresight, known_on: date) -> Iterator[_Look]:
    """Every step of every journey that somebody is due for, in their order."""
    planned_on = sight.on - timedelta(days=1)
    ahead = (planned_on - known_on).days
    near = near_terms([one.journey for one in versions], as_of=known_on, ahead=ahead)
    steps = [
        Sorting(version, named_for(step, on=planned_on, entry=opening.entry), opening, sight.on)
        for version in versions
        for step in version.journey.steps
        if (due := _due(near, version, step=step, ahead=ahead)).terms
        for opening in openings_of(version.journey, step, due=due, on=planned_on, zone=sight.zone)
    ]
    for one, (rows, left_out) in zip(steps, sight.sort(steps), strict=True):
        reached = [row["term_id"] for row in rows] + [
            each.term_id for each in left_out if each.is_call or each.is_told
        ]
        todos = len(set(reached).intersection(one.opening.due.with_todo))
        yield _Look(one.version, one.step, rows, left_out, todos)


def _waiting(sight: Foresight, *, journey: str) -> list[int]:
    """The messages that wait and may leave by the end of the day, in the order of their time."""
    over = instant(sight.on + timedelta(days=1), time(0), zone=sight.zone)
    found = Message.objects.filter(state=MessageState.PLANNED, send_after__lt=over)
    if journey:
        found = found.filter(journey=journey)
    return list(found.order_by("send_after", "pk").values_list("pk", flat=True))


def _due(near: Near, version: Version, *, step: Step, ahead: int) -> Due:
    """Whom the night before the day finds due, without those whom an earlier night would find."""
    due = near.due(version.journey, step)
    if ahead <= 1:
        return due
    earlier = set(near.a_day_before().due(version.journey, step).terms)
    return Due(
        tuple(one for one in due.terms if one not in earlier),
        tuple(one for one in due.with_todo if one not in earlier),
        {
            entry: tuple(one for one in terms if one not in earlier)
            for entry, terms in due.entries.items()
        },
    )


def _left_out(one: LeftOut, version: Version, *, step: Step, at: datetime) -> Told:
    return Told(
        account_id=one.account_id,
        term_id=one.term_id,
        journey=version.journey.id,
        step=step.id,
        channel=one.channel or (WEBHOOK if step.webhook else Channel(step.channels[0])),
        reason=CALLED if one.is_call else one.reason,
        at=at if one.is_told else None,
        was_planned=False,
    )


def _told(found: Foretold, *, was_planned: bool) -> Told:
    row = found.row
    return Told(
        account_id=row["account_id"],
        term_id=row["term_id"],
        journey=row["journey"],
        step=row["step"],
        channel=row["channel"],
        reason="" if found.goes_out else found.verdict.reason,
        at=found.at if found.goes_out else found.verdict.until,
        was_planned=was_planned,
    )
