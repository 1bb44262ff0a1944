"""One-click links: signed, for one contract and one purpose, and soon over (R-Y-069)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Subquery
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.act.messages.tokens import message_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.access.rules import LINK_HOLDS
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Person
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import contract_terms
from tenure.records.subscriptions.states import LIVE

_SEAL_LENGTH: Final = 32
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


class BadLink(Refusal):
    """A link that we did not make for this purpose."""

    code = "bad_link"
    said = Sentence(
        zh="链接不完整或已被改动；请从最近一条消息重新打开，或用验证码登录。没有扣款。",
        en="This link is incomplete or was changed; open it again from your latest message, "
        "or sign in with a code. No money moved.",
    )


class LinkExpired(Refusal):
    """A link whose time is over."""

    code = "link_expired"
    said = Sentence(
        zh="这个链接已于 {expired_on} 失效；请用验证码登录后继续。没有扣款。",
        en="This link stopped working on {expired_on}; sign in with a code to go on. "
        "No money moved.",
    )


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens: one term of one person, for one purpose, while it is not decided.

    `chain` holds every term of the contract that counts, the first one first.
    """

    purpose: str
    term: Term
    person: Person
    expires_at: datetime
    chain: tuple[Term, ...]

    @property
    def is_spent(self) -> bool:
        """Renewed or closed since: the link shows what became of it and moves nothing."""
        return self.term.state not in LIVE


def link_token(term_id: int, person_id: int, *, purpose: str, expires_at: datetime) -> str:
    """The token of a link that no message carries; it holds for at most 30 days."""
    hours = (expires_at - _EPOCH) // _HOUR
    named = f"{term_id:x}-{person_id:x}-{hours:x}"
    return f"{named}-{_seal(named, purpose)}"


def open_link(token: str, *, purpose: str, at: datetime) -> Link:
    """What a token opens at this moment, be it a message's or one made by `link_token`.

    Raises:
        BadLink: it is not ours, or was made for another purpose.
        LinkExpired: its time is over.
    """
    link = _of_message(token, purpose) if "-" not in token else _of_its_own(token, purpose)
    if link is None:
        raise BadLink()
    if at >= link.expires_at:
        raise LinkExpired(expired_on=link.expires_at.date())
    return link


def _of_message(token: str, purpose: str) -> Link | None:
    message_id = message_of(token, purpose=purpose)
    if message_id is None:
        return None
    messages = Message.objects.select_related("person__account")
    message = messages.filter(pk=message_id).first()
    if message is None:
        return None
    return _link(purpose, message.term_id, message.person, message.planned_at + LINK_HOLDS)


def _of_its_own(token: str, purpose: str) -> Link | None:
    named, _, seal = token.rpartition("-")
    if not constant_time_compare(seal, _seal(named, purpose)):
        return None
    term_id, person_id, hours = (int(part, 16) for part in named.split("-"))
    person = Person.objects.select_related("account").filter(pk=person_id).first()
    if person is None:
        return None
    return _link(purpose, term_id, person, _EPOCH + hours * _HOUR)


def _link(purpose: str, term_id: int, person: Person, expires_at: datetime) -> Link | None:
    """The link of a term; the contract that its pages show is read with it, in one query."""
    of_it = Term.objects.filter(pk=term_id).values("subscription_id")[:1]
    terms = contract_terms().filter(subscription_id=Subquery(of_it), account_id=person.account_id)
    every = list(terms)
    chain = tuple(term for term in every if term.reversed_on is None)
    for term in every:
        if term.pk == term_id:
            return Link(purpose, term, person, expires_at, chain)
    return None


def _seal(named: str, purpose: str) -> str:
    digest = salted_hmac(f"tenure.links.{purpose}", named, algorithm="sha256").hexdigest()
    return digest[:_SEAL_LENGTH]
