"""What an account paid, asked, answered and received."""

from datetime import date, datetime, timedelta

from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account, Person
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.service.models import Incident, Line, Node, Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.success.models import ToDo
from tests.builders.agreements import a_term
from tests.builders.moments import AS_OF, AT, at_on, day, fresh
from tests.builders.people import an_account, primary_person

WENT_OUT = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)


def a_payment(
    *,
    account: Account | None = None,
    term: Term | None = None,
    external_id: str | None = None,
    source: str = "test",
    amount_minor: int = 106_920,
    currency: str = "CNY",
    method: str = "wechat",
    state: str = Payment.State.SUCCEEDED,
    paid_on: date = AS_OF,
    recorded_at: datetime | None = None,
) -> Payment:
    if account is None:
        account = term.account if term else an_account()
    return Payment.objects.create(
        account=account,
        term=term,
        source=source,
        external_id=external_id or fresh("payment"),
        amount_minor=amount_minor,
        currency=currency,
        method=method,
        state=state,
        paid_on=paid_on,
        recorded_at=recorded_at or at_on(paid_on),
    )


def a_ticket(
    *,
    account: Account | None = None,
    subscription: Subscription | None = None,
    external_id: str | None = None,
    source: str = "test",
    kind: str = "fault",
    subject: str = "上网很慢",
    priority: str = "",
    opened_at: datetime | None = None,
    answered_at: datetime | None = None,
    resolved_at: datetime | None = None,
    sla_missed: bool = False,
    recorded_at: datetime | None = None,
) -> Ticket:
    """A ticket, open unless `resolved_at` is named."""
    opened_at = opened_at or at_on(day(-3))
    if account is None:
        account = subscription.account if subscription else an_account()
    return Ticket.objects.create(
        account=account,
        subscription=subscription,
        source=source,
        external_id=external_id or fresh("ticket"),
        kind=kind,
        subject=subject,
        priority=priority,
        opened_at=opened_at,
        answered_at=answered_at,
        resolved_at=resolved_at,
        sla_missed=sla_missed,
        recorded_at=recorded_at or opened_at,
    )


def a_node(
    *, code: str | None = None, region: str = "浙江", serves: Subscription | None = None
) -> Node:
    """A node of the network, with a line to one subscription if it `serves` one."""
    node = Node.objects.create(code=code or fresh("node"), region=region)
    if serves is not None:
        Line.objects.create(subscription=serves, node=node)
    return node


def an_incident(
    *,
    node: Node | None = None,
    external_id: str | None = None,
    source: str = "test",
    severity: str = "major",
    started_at: datetime | None = None,
    due_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Incident:
    """A fault of a node, open unless `ended_at` is named."""
    return Incident.objects.create(
        node=node or a_node(),
        source=source,
        external_id=external_id or fresh("incident"),
        title_zh="光缆中断",
        title_en="Fibre cut",
        severity=severity,
        started_at=started_at or AT - timedelta(hours=4),
        due_at=due_at,
        ended_at=ended_at,
    )


def an_answer(
    *,
    account: Account | None = None,
    external_id: str | None = None,
    source: str = "test",
    survey: str = "nps",
    score: int = 9,
    text: str = "",
    answered_on: date = AS_OF,
    recorded_at: datetime | None = None,
) -> Answer:
    return Answer.objects.create(
        account=account or an_account(),
        source=source,
        external_id=external_id or fresh("answer"),
        survey=survey,
        score=score,
        text=text,
        answered_on=answered_on,
        recorded_at=recorded_at or at_on(answered_on),
    )


def a_loss_reason(
    *,
    term: Term | None = None,
    external_id: str | None = None,
    source: str = "cancel",
    reason: str = "price",
    text: str = "",
    given_on: date = AS_OF,
    recorded_at: datetime | None = None,
) -> LossReason:
    term = term or a_term()
    return LossReason.objects.create(
        account_id=term.account_id,
        term=term,
        source=source,
        external_id=external_id or fresh("reason"),
        reason=reason,
        text=text,
        given_on=given_on,
        recorded_at=recorded_at or at_on(given_on),
    )


def a_message(
    *,
    term: Term | None = None,
    person: Person | None = None,
    send_key: str | None = None,
    journey: str = "renewal",
    step: str = "T-30",
    template: str = "renewal_30",
    message_class: str = "marketing",
    channel: str = "email",
    language: str = "zh-Hans",
    address: str = "someone@example.com",
    decision_id: int | None = None,
    subject: str = "您的宽带即将到期",
    body: str = "您的宽带将于下月到期。",
    state: MessageState = MessageState.PLANNED,
    reason: str = "",
    attempts: int = 0,
    planned_at: datetime = AT,
    send_after: datetime | None = None,
    expires_at: datetime | None = None,
    sent_at: datetime | None = None,
    settled_at: datetime | None = None,
) -> Message:
    """A message about a term, waiting to be sent unless `state` says otherwise."""
    term = term or a_term()
    return Message.objects.create(
        send_key=send_key or fresh("message"),
        account_id=term.account_id,
        person=person or primary_person(term.account),
        term=term,
        journey=journey,
        journey_version="1",
        step=step,
        template=template,
        message_class=message_class,
        channel=channel,
        language=language,
        address=address,
        decision_id=decision_id,
        subject=subject,
        body=body,
        state=state,
        reason=reason or ("cap" if state == MessageState.SUPPRESSED else ""),
        attempts=attempts,
        planned_at=planned_at,
        send_after=send_after or planned_at,
        expires_at=expires_at or planned_at + timedelta(days=7),
        sent_at=sent_at or (planned_at if state in WENT_OUT else None),
        settled_at=settled_at,
    )


def a_todo(
    *,
    term: Term | None = None,
    kind: str = "call",
    owner_name: str = "",
    due_on: date = AS_OF,
    state: str = ToDo.State.OPEN,
    outcome: str = "",
    once_key: str | None = None,
    opened_at: datetime = AT,
    closed_at: datetime | None = None,
) -> ToDo:
    term = term or a_term()
    return ToDo.objects.create(
        account_id=term.account_id,
        term=term,
        kind=kind,
        owner_name=owner_name,
        due_on=due_on,
        state=state,
        outcome=outcome,
        script={"zh-Hans": "您好", "en": "Hello"},
        reasons=[],
        once_key=once_key or fresh("todo"),
        opened_at=opened_at,
        closed_at=closed_at,
    )
