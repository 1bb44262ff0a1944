"""A tree of questions by which a customer finds out what is wrong, without anybody (AI-03).

Nothing is asked of a machine outside: every question, answer and end is a sentence of the
operator's, and a text in the customer's own words is matched by the words that answers name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.persuasion import pressing
from tenure.strategy.reading import Reader


class Outcome(StrEnum):
    """How a way through the questions ends."""

    SOLVED = "solved"
    HANDED_OVER = "handed_over"


class TicketKind(StrEnum):
    """As what a person takes it over."""

    FAULT = "fault"
    BILLING = "billing"
    QUESTION = "question"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to answer, and where it leads; `words` are those of a text that means it."""

    says: Sentence
    to: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A question, or something to try, with its answers."""

    id: str
    says: Sentence
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class End:
    """What is said at the end; `ticket` where a person goes on."""

    id: str
    says: Sentence
    outcome: Outcome
    ticket: TicketKind | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole tree; empty where the strategy has none."""

    begin: str = ""
    steps: Mapping[str, Step] | None = None
    ends: Mapping[str, End] | None = None

    @property
    def is_there(self) -> bool:
        return bool(self.steps)

    def at(self, place: str) -> Step | End:
        """The step or the end of a name that the tree holds."""
        steps, ends = self.steps or {}, self.ends or {}
        return steps[place] if place in steps else ends[place]

    def walked(self, way: Sequence[int]) -> list[tuple[Step, Answer]] | None:
        """What was asked and answered on a way of numbers; None where no such way is."""
        told: list[tuple[Step, Answer]] = []
        here = self.at(self.begin)
        for number in way:
            if isinstance(here, End) or not 0 <= number < len(here.answers):
                return None
            told.append((here, here.answers[number]))
            here = self.at(here.answers[number].to)
        return told

    def reached(self, way: Sequence[int]) -> Step | End | None:
        """Where a way leads; None where no such way is."""
        told = self.walked(way)
        if told is None:
            return None
        return self.at(told[-1][1].to if told else self.begin)


def meant(step: Step, text: str) -> int | None:
    """The answer that a text in somebody's own words means: most of its words stand in it.

    None where no word of any answer does, or where two answers have as many.
    """
    plain = text.casefold()
    found = [sum(len(word) for word in one.words if word in plain) for one in step.answers]
    best = max(found, default=0)
    if not best or found.count(best) > 1:
        return None
    return found.index(best)


_UNKNOWN = Sentence(
    zh="“{name}”不是任何一步或结尾", en="“{name}” is neither a step nor an end of the guide"
)
_ROUND = Sentence(
    zh="从“{name}”出发会绕回自己，客户走不出去", en="from “{name}” one comes back to it, for ever"
)
_LOST = Sentence(zh="没有任何回答通向“{name}”", en="no answer leads to “{name}”")
_FEW = Sentence(zh="至少要有两个回答", en="needs two answers or more")
_NOBODY = Sentence(
    zh='没有一个结尾把问题交给人（outcome = "handed_over"）',
    en='no end hands over to a person (outcome = "handed_over")',
)
_NO_TICKET = Sentence(
    zh="交给人的结尾要写 ticket；已解决的不写",
    en="an end that hands over names a ticket, one that is solved does not",
)
_TWICE = Sentence(zh="“{name}”既是一步又是结尾", en="“{name}” is a step and an end")


def read(reader: Reader) -> Guide:
    """Read guide.toml: every answer leads on, every way ends, and some way leads to a person."""
    steps = {one.name("id"): _step(one) for one in reader.each("step", unique="id")}
    ends = {one.name("id"): _end(one) for one in reader.each("end", unique="id")}
    if not steps and not ends:
        return Guide()
    begin = reader.name("begin")
    if both := sorted(steps.keys() & ends.keys()):
        reader.refuse("end", _TWICE.fill(name=both[0]))
    known = steps.keys() | ends.keys()
    named = [begin, *(answer.to for step in steps.values() for answer in step.answers)]
    if unknown := next((name for name in named if name not in known), None):
        reader.refuse("step", _UNKNOWN.fill(name=unknown))
    if begin not in steps:
        reader.refuse("begin", _UNKNOWN.fill(name=begin))
    if lost := next((name for name in known if name not in named), None):
        reader.refuse("step", _LOST.fill(name=lost))
    if circle := next(_circles(steps), None):
        reader.refuse("step", _ROUND.fill(name=circle))
    if not any(one.outcome is Outcome.HANDED_OVER for one in ends.values()):
        reader.refuse("end", _NOBODY)
    return Guide(begin, steps, ends)


def _step(reader: Reader) -> Step:
    answers = tuple(
        Answer(
            says=_fair(one, "says"),
            to=one.name("to"),
            words=tuple(word.casefold() for word in one.names("words", default=())),
        )
        for one in reader.each("answer")
    )
    if len(answers) < 2:
        reader.refuse("answer", _FEW)
    return Step(reader.name("id"), _fair(reader, "says"), answers)


def _end(reader: Reader) -> End:
    outcome = reader.choice("outcome", Outcome)
    ticket = reader.choice("ticket", TicketKind) if reader.has("ticket") else None
    if (ticket is None) == (outcome is Outcome.HANDED_OVER):
        reader.refuse("ticket", _NO_TICKET)
    return End(reader.name("id"), _fair(reader, "says"), outcome, ticket)


def _fair(reader: Reader, key: str) -> Sentence:
    """A sentence that does not press (R-A-082)."""
    said = reader.sentence(key)
    for text in (said.zh, said.en):
        for one in pressing(text):
            reader.refuse(key, one.said)
    return said


_MOST: Final = 200


def _circles(steps: Mapping[str, Step]) -> Iterator[str]:
    """Steps from which one can come back to them."""
    for name in steps:
        ahead, seen = [answer.to for answer in steps[name].answers], set[str]()
        while ahead and len(seen) < _MOST:
            here = ahead.pop()
            if here == name:
                yield name
                break
            if here in steps and here not in seen:
                seen.add(here)
                ahead += [answer.to for answer in steps[here].answers]
