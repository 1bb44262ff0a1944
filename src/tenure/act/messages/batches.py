"""Judge and write one batch of messages: what each becomes, and the text that it would be."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage

from tenure.act.consequences.ends.queries import JOURNEY as AFTER_END
from tenure.act.consequences.ends.queries import countdowns_told
from tenure.act.consequences.ends.rules import Countdown
from tenure.act.consequences.queries import exports_of
from tenure.act.consequences.rules import Export
from tenure.act.messages.envelope import Letter, Sender, compose
from tenure.act.messages.facts import Candidate, candidates
from tenure.act.messages.links import foreign_links
from tenure.act.messages.lint import sells
from tenure.act.messages.own import HIDDEN
from tenure.act.messages.presents import JOURNEY, benefits_told
from tenure.act.messages.rendering import Rendered, render, slots_of
from tenure.act.messages.rules import Fate, Past, Verdict, verdict
from tenure.act.messages.slots import Reader, asks_export, asks_price, slots_for
from tenure.act.messages.terms import TermFacts, term_facts
from tenure.act.messages.usage import Usage
from tenure.act.messages.withdrawn import called_back
from tenure.act.prices.decided import Given, givens
from tenure.kernel.clock import monotonic_seconds
from tenure.kernel.failures import Refusal
from tenure.records.access.queries import codes_of
from tenure.records.contracts.queries import codes_of as signing_codes_of
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.strategy.message_checks import hosts_of
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

NO_SERVER_PAUSE = timedelta(hours=1)
_UNWRITTEN = Rendered("", "")


@dataclass(frozen=True, slots=True)
class Round:
    """One round of sending: the rules in force, the moment, and what is known for its texts."""

    strategy: Strategy
    at: datetime
    on: date
    usage: Usage = field(default_factory=Usage)
    has_server: bool = True
    carried: frozenset[Channel] = frozenset({Channel.EMAIL})
    begun_s: float = field(default_factory=monotonic_seconds)

    @property
    def moment(self) -> datetime:
        """This very instant, which in a long round is later than `at`: what is signed names it."""
        return self.at + timedelta(seconds=monotonic_seconds() - self.begun_s)


@dataclass(frozen=True, slots=True)
class Wording:
    """The template of one message in its reader's language, and the slots that it names."""

    subject: str
    body: str
    asked: frozenset[str]
    sells: bool  # which only a message of marketing may


@dataclass(frozen=True, slots=True)
class Known:
    """What the texts of a batch may be made of; only what one of them names is read."""

    terms: Mapping[int, TermFacts]
    given: Mapping[int, Given]
    exports: Mapping[int, Export]
    codes: Mapping[int, str]
    benefits: Mapping[int, Benefit]
    called_back: frozenset[int]
    countdowns: Mapping[int, Countdown]
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """One message, its text, and what becomes of it."""

    candidate: Candidate
    text: Rendered
    verdict: Verdict
    address: str
    secret: str = ""

    @property
    def pk(self) -> int:
        return self.candidate.row["pk"]  # type: ignore[no-any-return]

    @property
    def kept(self) -> Rendered:
        """The text as it is stored, where whoever reads the outbox finds no code."""
        if not self.secret:
            return self.text
        subject, body = self.text.subject, self.text.body
        return Rendered(subject.replace(self.secret, HIDDEN), body.replace(self.secret, HIDDEN))


def judge(ids: Sequence[int], *, round_: Round) -> list[Judged]:
    """Every message of a batch with its fate, in order.

    Two messages to one person in one batch are judged one after the other: what was let go
    counts against the caps of what follows.
    """
    batch = candidates(ids, strategy=round_.strategy, at=round_.at)
    texts = written(batch, round_=round_)
    found = []
    for one, (text, blocked, secret) in zip(batch, texts, strict=True):
        fate = fate_of(one, blocked=blocked, round_=round_)
        if fate.fate is Fate.SEND:
            one.past.append(
                Past(one.kind.message_class, one.kind.purpose, one.row["channel"], round_.at)
            )
        found.append(Judged(one, text, fate, one.row["address"], secret))
    return found


def written(batch: Sequence[Candidate], *, round_: Round) -> list[tuple[Rendered, str, str]]:
    """The text of each message, why it may not be sent, and the code that it must not show.

    One of the first two is empty.
    """
    wordings = _wordings(batch)
    known = _known(batch, wordings, round_=round_)
    return [
        (*_written(one, wording, known=known, round_=round_), known.codes.get(pk, ""))
        for one, (pk, wording) in zip(batch, wordings.items(), strict=True)
    ]


def _wordings(batch: Sequence[Candidate]) -> Mapping[int, Wording | None]:
    """Message → its words, which are looked up once for those that share them."""
    known: dict[tuple[str, ...], Wording | None] = {}
    found = {}
    for one in batch:
        kind, row = one.kind, one.row
        said = (row["template"], kind.channel, row["language"], kind.message_class)
        if said not in known:
            known[said] = _wording(one)
        found[row["pk"]] = known[said]
    return found


def _wording(one: Candidate) -> Wording | None:
    """The words of a message before they are filled; None where its template has none."""
    rendering = one.template.renderings.get(one.kind.channel) if one.template else None
    if rendering is None:
        return None
    subject = rendering.subject.say(one.row["language"])
    body = rendering.body.say(one.row["language"])
    asked = slots_of(subject + body, template=one.row["template"])
    return Wording(subject, body, asked, sells(subject + body, one.kind.message_class))


def _known(
    batch: Sequence[Candidate], wordings: Mapping[int, Wording | None], *, round_: Round
) -> Known:
    """Read what the texts of a batch name."""

    def terms_whose(asks: Callable[[Collection[str]], bool]) -> set[int]:
        return {
            one.row["term_id"]
            for one in batch
            if (wording := wordings[one.row["pk"]]) is not None and asks(wording.asked)
        }

    awaited = [one.row["pk"] for one in batch if one.kind.is_awaited]
    told = {one.row["pk"]: one.row["send_key"] for one in batch if one.row["journey"] == JOURNEY}
    counted_down = terms_whose(asks_export)
    return Known(
        terms=term_facts(
            {one.row["term_id"] for one in batch},
            on=round_.on,
            strategy=round_.strategy,
            priced=terms_whose(asks_price),
            asked=frozenset().union(*(one.asked for one in wordings.values() if one is not None)),
        ),
        given=givens([one.row["decision_id"] for one in batch], strategy=round_.strategy),
        exports=exports_of(counted_down, at=round_.at) if counted_down else {},
        codes={**codes_of(awaited), **signing_codes_of(awaited)} if awaited else {},
        benefits=benefits_told(told),
        called_back=called_back(one.row["decision_id"] for one in batch),
        countdowns=countdowns_told([one.row for one in batch], on=round_.on),
        hosts=hosts_of(round_.strategy),
    )


def email_of(one: Judged, *, round_: Round) -> EmailMessage:
    """The e-mail of a judged message."""
    row, business = one.candidate.row, round_.strategy.business
    sender = Sender(
        name=business.sender_name.say(row["language"]),
        address=business.sender_email,
        public_url=business.portal_url,
    )
    letter = Letter(
        message_id=one.pk,
        send_key=row["send_key"],
        to_address=row["address"],
        to_name=row["person__name"],
        language=row["language"],
        is_marketing=one.candidate.kind.is_marketing,
        text=one.text,
        at=round_.at,
    )
    return compose(letter, sender=sender)


def fate_of(one: Candidate, *, blocked: str, round_: Round) -> Verdict:
    """What becomes of a message at the moment of a round; `blocked` is what is wrong with it."""
    found = verdict(
        one.kind,
        one.standing,
        past=tuple(one.past),
        contact=round_.strategy.contact,
        at=round_.at,
    )
    if found.fate is not Fate.SEND:
        return found
    if blocked:
        return Verdict(Fate.SUPPRESS, blocked)
    if one.kind.channel is Channel.PHONE or one.kind.channel not in round_.carried:
        return Verdict(Fate.FAIL, "no_carrier")
    if one.kind.channel is Channel.EMAIL and not round_.has_server:
        until = round_.at + NO_SERVER_PAUSE
        if until >= one.standing.expires_at:
            return Verdict(Fate.EXPIRE, "no_mail_server")
        return Verdict(Fate.DEFER, "no_mail_server", until)
    return found


def _written(
    one: Candidate, wording: Wording | None, *, known: Known, round_: Round
) -> tuple[Rendered, str]:
    """The text of a message, and why it may not be sent; one of the two is empty."""
    if wording is None:
        return _UNWRITTEN, "no_template"
    row = one.row
    if row["decision_id"] in known.called_back:
        return _UNWRITTEN, "offer_withdrawn"
    if row["journey"] == AFTER_END and row["pk"] not in known.countdowns:
        return _UNWRITTEN, "came_back"
    if wording.sells:
        return _UNWRITTEN, "sells"
    reader = Reader(
        name=row["person__name"],
        language=row["language"],
        on=round_.on,
        message_id=row["pk"],
        used=round_.usage.of(account_id=row["account_id"], term_id=row["term_id"]),
        given=known.given.get(row["decision_id"] or 0),
        code=known.codes.get(row["pk"], ""),
        export=known.exports.get(row["term_id"]),
        benefit=known.benefits.get(row["pk"]),
        countdown=known.countdowns.get(row["pk"]),
    )
    slots = slots_for(
        reader, term=known.terms[row["term_id"]], strategy=round_.strategy, asked=wording.asked
    )
    try:
        text = render(wording.subject, wording.body, template=row["template"], slots=slots)
    except Refusal as refusal:
        return _UNWRITTEN, refusal.code
    if foreign_links(f"{text.subject}\n{text.body}", known.hosts):
        return _UNWRITTEN, "foreign_link"
    return text, ""
