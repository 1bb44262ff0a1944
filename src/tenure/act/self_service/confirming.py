"""Advertising by e-mail where the law wants a click that confirms it: asked for and taken.

Nothing is allowed by the tick alone. The mail that asks is the product's own, carries no
advertising, and leads to a page on which a person presses a button: scanners open every link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.act.messages.own_confirming import CONSENT_CONFIRM
from tenure.act.messages.tokens import message_of
from tenure.kernel.failures import Sentence
from tenure.records.contacts.models import Message
from tenure.records.customers.confirming import (
    ConfirmationOver,
    Wanted,
    ask_confirmation,
    confirm,
)
from tenure.records.customers.models import Consent, ConsentRequest, Person
from tenure.records.customers.queries import is_proved, usable_points
from tenure.records.customers.rules import Choice
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Term
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

JOURNEY: Final = "self_service"
PURPOSE: Final = "confirm"
MARKETING: Final = "marketing"
TEXT_VERSION: Final = "email-2026-11"
_TEXT: Final = Sentence(
    zh="{business}可以向 {address} 发送续费方案、产品消息等营销邮件；"
    "我可以随时退订，退订不影响服务。",
    en="{business} may send marketing mails such as ways to renew and product news to {address}; "
    "I can stop them at any time, and my service does not depend on it.",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who ticked, by which strategy, and from where."""

    person: Person
    strategy: Strategy
    ip: str = ""


def apart(
    choices: Sequence[Choice], *, person: Person, strategy: Strategy
) -> tuple[list[Choice], list[Choice]]:
    """What may be written down at once, and what a click has to confirm first."""
    country = person.account.country
    waiting = [
        one
        for one in choices
        if one.is_allowed
        and one.purpose == MARKETING
        and strategy.contact.asks_confirming(country=country, channel=Channel(one.channel))
        and not is_proved(person.pk, purpose=one.purpose, channel=one.channel)
    ]
    return [one for one in choices if one not in waiting], waiting


@transaction.atomic
def ask_to_confirm(asking: Asking, *, on: date, at: datetime, by: str) -> ConsentRequest | None:
    """Write to whoever ticked, once; None where there is no address or never was a contract."""
    person = asking.person
    addresses = [one.address for one in usable_points(person.pk) if one.channel == Channel.EMAIL]
    terms = Term.objects.filter(account_id=person.account_id, reversed_on=None)
    term = terms.order_by("-ends_on", "-pk").first()
    if not addresses or term is None:
        return None
    business = asking.strategy.business.name
    said = _TEXT.fill(business=business, address=addresses[0])
    wanted = Wanted(
        purpose=MARKETING,
        channel=Channel.EMAIL,
        address=addresses[0],
        text_version=TEXT_VERSION,
        disclosure=said.say(person.language),
        language=person.language,
        asked_ip=asking.ip,
    )
    request, is_new = ask_confirmation(person.pk, wanted, on=on, at=at, by=by)
    if is_new:
        request.message = _letter(request, term, on=on, at=at, by=by)
        request.save(update_fields=["message"])
    return request


@transaction.atomic
def confirm_by(token: str, *, ip: str, on: date, at: datetime) -> Consent:
    """The permission that the link of a confirming mail gives.

    Raises:
        ConfirmationOver: it is no such link, or it came too late.
    """
    request = request_of(token)
    if request is None:
        raise ConfirmationOver()
    return confirm(request.pk, ip=ip, on=on, at=at, by=f"customer:{request.person_id}")


def request_of(token: str) -> ConsentRequest | None:
    """The request behind a link; None where it is no link of ours."""
    message_id = message_of(token, purpose=PURPOSE)
    if message_id is None:
        return None
    return ConsentRequest.objects.select_related("person").filter(message_id=message_id).first()


def _letter(request: ConsentRequest, term: Term, *, on: date, at: datetime, by: str) -> Message:
    message = Message.objects.create(
        send_key=f"{JOURNEY}:{CONSENT_CONFIRM}:{request.pk}",
        account_id=term.account_id,
        person_id=request.person_id,
        term=term,
        journey=JOURNEY,
        step=CONSENT_CONFIRM,
        template=CONSENT_CONFIRM,
        message_class=Message.Class.TRANSACTIONAL,
        channel=request.channel,
        language=request.language,
        address=request.address,
        planned_at=at,
        send_after=at,
        expires_at=request.expires_at,
    )
    content = {"message": message.pk, "template": CONSENT_CONFIRM, "channel": request.channel}
    fact = Fact(
        "message.planned", on=on, account_id=term.account_id, term_id=term.pk, content=content
    )
    append(fact, at=at, by=by)
    return message
