"""End or withdraw on a public page, without a login: the declaration counts, found or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, formataddr
from typing import Final
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.messages.actions import carrier
from tenure.act.messages.envelope import identity
from tenure.act.messages.post import Handover, MailServerDown, Post
from tenure.act.messages.wording import dated
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import Visit, moment
from tenure.decide.obligations.windows import withdrawal_until
from tenure.decide.saves.queries import policy_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.cancellations.declaring import (
    Declared,
    claim_receipts,
    note_declaration,
    note_receipts,
)
from tenure.records.cancellations.models import Cancellation, Declaration
from tenure.records.cancellations.states import Stop
from tenure.records.cancellations.waiving import has_waived
from tenure.records.customers.models import ContactPoint
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import live_term, newest_term
from tenure.strategy.business import Business
from tenure.strategy.journeys import ToDoKind

CHANNEL: Final = "form"
_BY: Final = "declaration"
_LOOK: Final = Sentence(
    zh="有人在公开页面声明结束这份合同，系统没有自动办理，请核对：声明 {declaration}。",
    en="Somebody declared the end of this contract on the public page and it was not carried out "
    "by itself; look at declaration {declaration}.",
)
_SUBJECT: Final = {
    "termination": {
        "de": "Eingangsbestätigung Ihrer Kündigung {number}",
        "en": "We received your cancellation {number}",
        "zh-Hans": "已收到您的解约声明 {number}",
    },
    "withdrawal": {
        "de": "Eingangsbestätigung Ihres Widerrufs {number}",
        "en": "We received your withdrawal {number}",
        "zh-Hans": "已收到您的撤回声明 {number}",
    },
}
_RECEIVED: Final = {
    "de": "Ihre Erklärung ist eingegangen am {at}.",
    "en": "Your declaration was received on {at}.",
    "zh-Hans": "收到声明的时间：{at}。",
}
_ENDS: Final = {
    "de": "Das Vertragsverhältnis endet am {day}.",
    "en": "The contract ends on {day}.",
    "zh-Hans": "合同结束日：{day}。",
}
_ENDS_SOON: Final = {
    "de": "Das Vertragsverhältnis endet zum frühestmöglichen Zeitpunkt; "
    "das Datum teilen wir Ihnen unverzüglich mit.",
    "en": "The contract ends at the earliest possible time; we tell you the day without delay.",
    "zh-Hans": "合同在最早可能的时间结束；具体日期会尽快告知。",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed into the page, and the words in which it was declared."""

    once_key: str
    kind: Declaration.Kind
    name: str
    contract: str
    address: str
    language: str  # of the page: de, en or zh-Hans
    content: str
    is_extraordinary: bool = False
    reason: str = ""
    wished_on: date | None = None


@transaction.atomic
def declare(form: Form, *, at: datetime) -> Declaration:
    """Receive a declaration; where contract and address agree, it is carried out at once.

    Whatever could not be found or carried out is kept all the same, gets its receipt, and, where
    the contract is known, opens work for a person. Sent twice, it is one declaration (R-A-056).
    """
    known = Declaration.objects.filter(once_key=form.once_key).first()
    if known is not None:
        return known
    now = moment(at, _BY)
    contract = _contract(form)
    carried = _carry_out(form, contract, at=at) if contract else None
    is_ours = contract is not None and _is_address_of(contract, form.address)
    given = Declared(
        once_key=form.once_key,
        kind=form.kind,
        name=form.name,
        contract=form.contract,
        address=form.address,
        language=form.language,
        content=form.content,
        is_extraordinary=form.is_extraordinary,
        reason=form.reason,
        wished_on=form.wished_on,
        account_id=contract.account_id if contract and is_ours else None,
        cancellation_id=carried.pk if carried else None,
        ends_on=carried.ends_on if carried else None,
    )
    declaration = note_declaration(given, on=now.on, at=at, by=_BY)
    if contract is not None and (carried is None or form.is_extraordinary):
        _ask_somebody(declaration, contract, now=now)
    return declaration


def send_receipts(*, at: datetime, post: Post | None = None, by: str = "loop") -> int:
    """Send the receipts that are owed; how many went out. Refused addresses are not tried again."""
    business = current_business(at)
    with carrier(post) as way:
        if way is None:
            return 0
        done: list[int] = []
        for one in claim_receipts(at=at):
            try:
                said, _ = way.hand_over(receipt_mail(one, business=business))
            except MailServerDown:
                break
            if said is not Handover.LATER:
                done.append(one.pk)
    return note_receipts(done, on=moment(at, by).on, at=at, by=by) if done else 0


def current_business(at: datetime) -> Business:
    """The business on the day of an instant."""
    return moment(at, _BY).strategy.business


def receipt_mail(one: Declaration, *, business: Business) -> EmailMessage:
    """The receipt: content, date and time of the declaration, and when the contract ends."""
    language = one.language
    spoken = "zh-Hans" if language == "zh-Hans" else "en"
    email = EmailMessage(
        subject=_SUBJECT[one.kind][language].format(number=one.public_id),
        body=receipt_text(one, business=business),
        from_email=business.sender_email,
        to=[one.address],
        headers={
            "From": formataddr((business.sender_name.say(spoken), business.sender_email)),
            "Message-ID": identity(one.public_id, domain=business.sender_email.rsplit("@", 1)[-1]),
            "Date": format_datetime(one.declared_at),
            "Content-Language": language,
            "Auto-Submitted": "auto-generated",
        },
    )
    return email


def receipt_text(one: Declaration, *, business: Business) -> str:
    """The text of the receipt, which the page also lets one keep as a file."""
    local = one.declared_at.astimezone(ZoneInfo(business.zone))
    stamp = f"{local:%Y-%m-%d %H:%M:%S} ({business.zone}), {one.declared_at:%Y-%m-%d %H:%M:%S} UTC"
    ends = _ENDS_SOON[one.language]
    if one.ends_on is not None:
        spoken = "zh-Hans" if one.language == "zh-Hans" else "en"
        day = f"{one.ends_on:%d.%m.%Y}" if one.language == "de" else dated(one.ends_on, spoken)
        ends = _ENDS[one.language].format(day=day)
    name = business.name.say("zh-Hans" if one.language == "zh-Hans" else "en")
    lines = (one.public_id, _RECEIVED[one.language].format(at=stamp), ends, "", one.content)
    return "\n".join([*lines, "", f"{name}, {business.postal_address.say('en')}", ""])


def _contract(form: Form) -> Subscription | None:
    """The contract that the number names; where several sources use it, the one of the address."""
    named = Subscription.objects.filter(external_id__iexact=form.contract.strip()).order_by("-pk")
    found = list(named[:10])
    ours = [one for one in found if _is_address_of(one, form.address)]
    return next(iter([*ours, *found]), None)


def _is_address_of(contract: Subscription, address: str) -> bool:
    points = ContactPoint.objects.filter(
        person__account_id=contract.account_id, channel="email", address__iexact=address.strip()
    )
    return points.exists()


def _carry_out(form: Form, contract: Subscription, *, at: datetime) -> Cancellation | None:
    """Cancel as declared; None where the address is not the contract's, or nothing is to end."""
    term = live_term(contract.pk)
    if term is None or not _is_address_of(contract, form.address):
        return None
    is_withdrawal = form.kind == Declaration.Kind.WITHDRAWAL
    if is_withdrawal and not may_withdraw(term, on=moment(at, _BY).on):
        return None
    spoken = "zh-Hans" if form.language == "zh-Hans" else "en"
    channel = "withdrawal" if is_withdrawal else CHANNEL
    visit = Visit(term.pk, channel=channel, language=spoken)
    try:
        row = cancelling.start(visit, at=at, by=_BY)
    except Refusal:
        return None
    return cancelling.confirm(
        row.pk, at=at, by=_BY, stop=Stop.AT_ONCE if is_withdrawal else Stop.AT_END
    )


def may_withdraw(term: Term, *, on: date) -> bool:
    """Whether a consumer may still withdraw from what was concluded with this term.

    Digital content that was wanted at once, in the knowledge of it, is not given back (R-A-053).
    """
    right = policy_of(term.subscription_id, on=on).binding.withdrawal
    if right is None or on > withdrawal_until(right, term.starts_on):
        return False
    return not has_waived(term.pk)


def _ask_somebody(
    declaration: Declaration, contract: Subscription, *, now: cancelling.Moment
) -> None:
    term = newest_term(contract.pk)
    if term is None:
        return
    wanted = Wanted(
        ToDoKind.CALL,
        account_id=contract.account_id,
        term_id=term.pk,
        once_key=f"declaration:{declaration.public_id}",
        why=_LOOK.fill(declaration=declaration.public_id),
    )
    open_todos([wanted], desk=Desk(now.strategy, now.on, now.at, now.by))
