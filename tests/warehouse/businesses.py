"""A very small business in the records, for what copies it."""

from datetime import UTC, date, datetime, timedelta

from tenure.records.billing.models import Payment
from tenure.records.catalog.models import Plan, PlanVersion
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.records.feedback.models import Answer
from tenure.records.service.models import Incident, Line, Node, Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState

KNOWN = datetime(2026, 5, 1, 8, 30, 0, 250_000, tzinfo=UTC)
# 00:30 on 2 May in Shanghai, still 1 May in UTC.
LATE = datetime(2026, 5, 1, 16, 30, tzinfo=UTC)


def an_account(number: int = 1) -> Account:
    return Account.objects.create(
        source="crm",
        external_id=f"a{number}",
        name=f"Account {number}",
        region="华东",
        currency="CNY",
        sales_channel="shop",
        started_on=date(2025, 5, 10),
        holdout_bucket=number,
        recorded_at=KNOWN,
    )


def a_person(account: Account, *, external_id: str = "p1", is_primary: bool = True) -> Person:
    return Person.objects.create(
        account=account,
        external_id=external_id,
        name="Li",
        language="en",
        born_year=1980,
        is_primary=is_primary,
    )


def a_plan() -> PlanVersion:
    plan = Plan.objects.create(
        code="fibre-300", product_code="fibre", name_zh="光纤", name_en="Fibre", tier_rank=2
    )
    return PlanVersion.objects.create(
        plan=plan,
        version=1,
        effective_on=date(2025, 1, 1),
        cost_minor_per_month=2_000,
        speed_mbps=300,
    )


def a_term(account: Account, *, version: PlanVersion) -> Term:
    subscription = Subscription.objects.create(
        account=account,
        source="crm",
        external_id=f"s{account.pk}",
        plan_version=version,
        cycle_months=12,
        anchor_on=date(2025, 5, 10),
        auto_renew=True,
        state=SubscriptionState.ACTIVE,
        started_on=date(2025, 5, 10),
        owner_name="Wang",
        recorded_at=KNOWN,
    )
    return Term.objects.create(
        account=account,
        subscription=subscription,
        plan_version=version,
        number=1,
        cycle_months=12,
        starts_on=date(2025, 5, 10),
        ends_on=date(2026, 5, 10),
        price_minor=99_000,
        list_price_minor=120_000,
        currency="CNY",
        state=TermState.RENEWED,
        renewed_on=date(2026, 4, 30),
        recorded_at=KNOWN,
    )


def a_message(term: Term, *, person: Person, sent_at: datetime | None) -> Message:
    return Message.objects.create(
        send_key=f"key-{sent_at}",
        account=term.account,
        person=person,
        term=term,
        journey="renewal",
        journey_version="1",
        step="t30",
        template="t30",
        message_class="marketing",
        channel="email",
        language="en",
        state=MessageState.SENT if sent_at else MessageState.PLANNED,
        planned_at=KNOWN,
        send_after=KNOWN,
        expires_at=KNOWN,
        sent_at=sent_at,
    )


def a_faulty_node(term: Term) -> None:
    node = Node.objects.create(code="olt-1")
    Line.objects.create(subscription=term.subscription, node=node)
    Incident.objects.create(
        node=node,
        source="nms",
        external_id="i1",
        title_zh="断网",
        title_en="Outage",
        started_at=LATE,
        ended_at=LATE + timedelta(hours=2),
    )


def a_small_business() -> Account:
    """One account of which each table of facts has a row, and one of which only one has."""
    account = an_account(1)
    an_account(2)
    person = a_person(account)
    a_person(account, external_id="p2", is_primary=False)
    ContactPoint.objects.create(person=person, channel="email", address="li@example.com")
    ContactPoint.objects.create(person=person, channel="phone", address="+86 1", bounced_at=KNOWN)
    Consent.objects.create(person=person, purpose="marketing", channel="email", given_at=KNOWN)
    term = a_term(account, version=a_plan())
    a_faulty_node(term)
    Payment.objects.create(
        account=account,
        term=term,
        source="crm",
        external_id="y1",
        amount_minor=99_000,
        currency="CNY",
        state=Payment.State.SUCCEEDED,
        paid_on=date(2025, 5, 9),
        recorded_at=KNOWN,
    )
    Ticket.objects.create(
        account=account,
        source="crm",
        external_id="t1",
        kind="fault",
        opened_at=LATE,
        sla_missed=True,
        recorded_at=KNOWN,
    )
    Answer.objects.create(
        account=account,
        source="crm",
        external_id="n1",
        survey="nps",
        score=9,
        answered_on=date(2026, 4, 1),
        recorded_at=KNOWN,
    )
    a_message(term, person=person, sent_at=LATE)
    a_message(term, person=person, sent_at=None)
    return account
