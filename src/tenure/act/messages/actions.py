"""Send what is due, at most once; stop and resume all sending."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from tenure.act.channels.registry import carried, mouths
from tenure.act.messages import carrying, marks
from tenure.act.messages.batches import Judged, Round, email_of, judge
from tenure.act.messages.marks import CLAIM, Claims, Mark
from tenure.act.messages.post import MailServerDown, Post, open_post
from tenure.act.messages.queries import is_stopped, speaks_of_use
from tenure.act.messages.rules import Fate
from tenure.act.messages.usage import Usage, usage_of
from tenure.kernel.clock import monotonic_seconds, today
from tenure.kernel.memory import spared
from tenure.records.among import among
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.together import Work, parties, pass_alone
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

# What a batch costs whatever is in it, some dozens of questions, is shared by so many: more where
# they leave quickly, fewer where a provider is slow, so that what was judged is still true.
BATCH_SIZE = 1_000
LEAST_BATCH, MOST_BATCH = 250, 4_000
QUICK_SECONDS, SLOW_SECONDS = 5.0, 30.0
# While letters leave, the switch is looked at this often: well within its five seconds.
LOOKS_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class Dispatched:
    """What one round of sending did: messages by fate, and by reason where there is one."""

    fates: Counter[Fate] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    held: int = 0
    server_down: bool = False

    @property
    def sent(self) -> int:
        return self.fates[Fate.SEND]

    def count(self, done: Sequence[Mark]) -> None:
        """Add marks that were written."""
        self.fates.update(mark.fate for mark in done)
        self.reasons.update(mark.reason for mark in done if mark.reason)

    def add(self, more: "Dispatched") -> None:
        """Add what another round did."""
        self.fates += more.fates
        self.reasons += more.reasons
        self.held = more.held
        self.server_down |= more.server_down


def dispatch(*, at: datetime, post: Post | None = None, by: str = "loop") -> Dispatched:
    """Send every message whose time has come, in batches; what may not go gets its reason.

    Each message is checked once more at `at`. Messages that a killed sender had claimed are
    claimed again when their claim runs out, or at once after `free_claims`.

    Args:
        post: who carries the e-mails; the configured mail server when not given.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    strategy = strategy.at(on)
    if is_stopped():
        return Dispatched(held=_due(at).count())
    done = Dispatched()
    carrying.settle_doubts(at=at, by=by)
    with carrier(post) as way, spared():
        usage = _usage(strategy, at=at, on=on)
        round_ = Round(strategy, at, on, usage, has_server=way is not None, carried=carried())
        size = BATCH_SIZE
        while not done.server_down and not is_stopped() and (ids := _claimed(round_, size)):
            begun_s = monotonic_seconds()
            _send_batch(judge(ids, round_=round_), way, round_=round_, by=by, done=done)
            size = next_size(size, took_s=monotonic_seconds() - begun_s)
    return done


def next_size(size: int, *, took_s: float) -> int:
    """How many are claimed after a batch of a size took so many seconds."""
    if took_s < QUICK_SECONDS:
        return min(size * 2, MOST_BATCH)
    return max(size // 2, LEAST_BATCH) if took_s > SLOW_SECONDS else size


@transaction.atomic
def claim(at: datetime, *, size: int = BATCH_SIZE, until: datetime | None = None) -> list[int]:
    """Take the next batch for this sender; nobody else takes it while the claim lasts.

    Nor anything else for a person in it: what one of several senders lets go counts against the
    caps of what the others look at.
    """
    until = at + CLAIM if until is None else until
    pass_alone(Work.CLAIMING)
    # Each by itself is read in the order of an index; together they would be sorted each time.
    ids = _next_of(_ran_out(at), at=at, size=size)
    ids += _next_of(_waiting(at), at=at, size=size - len(ids))
    Message.objects.filter(among("pk", ids)).update(state=MessageState.SENDING, leased_until=until)
    return ids


def _next_of(some: QuerySet[Message], *, at: datetime, size: int) -> list[int]:
    """The first of some messages whose readers have nothing in anybody's hands."""
    busy = Message.objects.filter(state=MessageState.SENDING, leased_until__gt=at)
    free = some.exclude(person__in=busy.values("person")).order_by("send_after", "pk")
    return list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])


def free_claims() -> int:
    """Give back what dead senders had claimed; only who sends alone may ask."""
    claimed = Message.objects.filter(state=MessageState.SENDING)
    return claimed.update(state=MessageState.PLANNED, leased_until=None)


def stop_sending(*, at: datetime, by: str) -> None:
    """The switch that stops everything, for every process, within five seconds.

    Nothing is lost while it is off: what was about to leave keeps its place.
    """
    _switch("sending.stopped", at=at, by=by)


def resume_sending(*, at: datetime, by: str) -> None:
    """Send again; what expired meanwhile says so."""
    _switch("sending.resumed", at=at, by=by)


def _switch(kind: str, *, at: datetime, by: str) -> None:
    if is_stopped() != (kind == "sending.stopped"):
        append(Fact(kind, on=today(current().business.zone, at)), at=at, by=by)


def _claimed(round_: Round, size: int) -> list[int]:
    """The next batch of a round, at the pace of one of those who send now."""
    senders = parties(Work.SENDING)
    for mouth in mouths().values():
        mouth.pace.senders = senders
    return claim(round_.at, size=size, until=round_.moment + CLAIM)


def _due(at: datetime) -> QuerySet[Message]:
    return _waiting(at) | _ran_out(at)


def _waiting(at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=MessageState.PLANNED, send_after__lte=at)


def _ran_out(at: datetime) -> QuerySet[Message]:
    """What somebody claimed who must have died since."""
    claimed = Message.objects.filter(state=MessageState.SENDING, send_after__lte=at)
    return claimed.filter(leased_until__lte=at)


@contextmanager
def carrier(post: Post | None) -> Iterator[Post | None]:
    """Whoever carries e-mails: the one given, else the configured server; None where none is."""
    if post is not None:
        yield post
        return
    with open_post() as opened:
        yield opened


def _usage(strategy: Strategy, *, at: datetime, on: date) -> Usage:
    """What customers used, read once for everyone whose message speaks of it."""
    speaking = speaks_of_use(strategy)
    due = _due(at).filter(template__in=speaking)
    return usage_of(set(due.values_list("account_id", flat=True)), on=on)


def _send_batch(
    batch: Sequence[Judged], carrier: Post | None, *, round_: Round, by: str, done: Dispatched
) -> None:
    kept = [marks.of_verdict(one) for one in batch if one.verdict.fate is not Fate.SEND]
    marks.write(kept, round_=round_, by=by)
    done.count(kept)
    leaving = [one for one in batch if one.verdict.fate is Fate.SEND]
    letters = [one for one in leaving if one.candidate.kind.channel is Channel.EMAIL]
    others = [one for one in leaving if one.candidate.kind.channel is not Channel.EMAIL]
    claims = Claims(leaving, round_)
    # Letters first: of them no `Carriage` is written down, so none may wait for slow providers
    # until its claim has run out and another sender hands it over too.
    if letters:
        assert carrier is not None, "without a carrier no message is let go"
        for finished in _handed_over(letters, carrier, claims=claims):
            marks.write(finished, round_=round_, by=by)
            done.count(finished)
            done.server_down |= any(mark.reason == "mail_server_down" for mark in finished)
    for finished in carrying.carry(others, claims=claims, by=by):
        done.count(finished)


def _handed_over(
    letters: Sequence[Judged], carrier: Post, *, claims: Claims
) -> Iterator[Sequence[Mark]]:
    """Marks to write, each before the next letter is handed over.

    Where letters really leave, each is marked alone and at once, so a death in between leaves at
    most one letter of which nobody knows whether it was taken.
    """
    together: list[Mark] = []
    looked, round_ = monotonic_seconds(), claims.round_
    for place, one in enumerate(letters):
        if monotonic_seconds() - looked >= LOOKS_EVERY_SECONDS:
            if is_stopped():
                together += [marks.given_back(left, at=round_.at) for left in letters[place:]]
                break
            looked = monotonic_seconds()
            claims.keep()
        try:
            said, code = carrier.hand_over(email_of(one, round_=round_))
        except MailServerDown:
            yield [marks.waiting_for_server(left, at=round_.at) for left in letters[place:]]
            return
        except (ValueError, UnicodeError):
            mark = Mark(one, Fate.FAIL, "bad_address")
        else:
            mark = marks.of_handover(one, said, code=code, at=round_.at)
        if carrier.is_remote:
            yield [mark]
        else:
            together.append(mark)
    yield together
