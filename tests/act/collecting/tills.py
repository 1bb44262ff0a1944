"""A provider of mandates that declines what it is told to, and a customer who lives through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from tenure.act.collecting.actions import collect, follow_terms, prepare
from tenure.act.collecting.rules import announcement_days
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.act.payments import registry
from tenure.act.payments.provider import NotNow, ProviderDown
from tenure.act.payments.values import (
    AgreementCharge,
    AgreementFound,
    AgreementStatus,
    DeductionWindow,
    Found,
    PreNotice,
    PreNotified,
    Status,
)
from tenure.kernel.clock import today
from tenure.records.catalog.models import PlanVersion
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.subscriptions.actions import close_overdue
from tenure.records.subscriptions.models import Subscription, Term
from tenure.strategy.collecting import Announcement
from tests.act.payments.memory import Held, MemoryProvider
from tests.builders import a_mandate, a_term, an_account, at_on, day
from tests.builders.moments import ZONE

DUE = day(30)
YEAR = 82_800  # home_300: 69.00 a month
PAID = 74_520  # a year costs 10 % less on the ladder


class ScriptedProvider(MemoryProvider):
    """Deducts, unless `script` has a decline for its next answer.

    "silent" takes the money and loses the answer; "pending" answers later, by `settle`.
    """

    def __init__(self, name: str = "wechat", *, announces: Announcement | None = None) -> None:
        super().__init__(name)
        self.announces = announces
        self.script: list[str] = []
        self.announced: list[tuple[date, PreNotice]] = []
        self.charged: list[AgreementCharge] = []
        self.charged_on: list[date] = []
        self.is_deaf_to_ends = False
        self.ended: list[str] = []
        self.agreement = AgreementStatus.PENDING

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        if self.announces is None:
            return None
        on = today(ZONE, at)
        if not announcement_days(self.announces, notice.due_on).contains(on):
            raise NotNow(provider=self.name, why="not in the window")
        self.announced.append((on, notice))
        opens_on = on + timedelta(days=self.announces.wait_days)
        window = DeductionWindow(opens_on, opens_on + timedelta(days=self.announces.open_days))
        return PreNotified(window, sent_at=at)

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        on = today(ZONE, at)
        if self.announces is not None and (charge.window is None or not charge.window.holds(on)):
            raise NotNow(provider=self.name, why="not announced")
        self.charged.append(charge)
        self.charged_on.append(on)
        held = self.held.setdefault(charge.number, Held(charge.number, charge.amount))
        says = self.script.pop(0) if self.script else ""
        if says == "pending":
            return Found(charge.number, Status.PENDING)
        if says and says != "silent":
            held.status = Status.FAILED
            return Found(charge.number, Status.FAILED, decline_code=says)
        held.status, held.paid, held.paid_at = Status.SUCCEEDED, held.amount, at
        if says == "silent":
            raise ProviderDown(provider=self.name, why="timeout after the fact")
        return Found(charge.number, Status.SUCCEEDED, held.provider_id, held.paid, at)

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        return AgreementFound(number, self.agreement, agreement_id or f"agreed-{number}")

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        if self.is_deaf_to_ends:
            raise ProviderDown(provider=self.name, why="timeout")
        self.ended.append(number)


@contextmanager
def a_till(
    name: str = "wechat", *, announces: Announcement | None = None
) -> Iterator[ScriptedProvider]:
    """A scripted provider under the name of a real one."""
    provider = ScriptedProvider(name, announces=announces)
    with registry.standing_in(provider):
        yield provider


def one_day(on: date, *, hour: int = 10, delivers: bool = False) -> None:
    """The night before, the letters, and a look at what is due at some hour of the day."""
    at = at_on(on, hour)
    close_overdue(as_of=on - timedelta(days=1), at=at)
    follow_terms(list(Term.objects.values_list("pk", flat=True)), at=at)
    prepare(at=at)
    dispatch(at=at, post=Drawer())
    if delivers:
        sent = Message.objects.filter(state=MessageState.SENT, template="deduction_notice")
        sent.update(state=MessageState.DELIVERED)
    collect(at=at)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from one to another, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def last_term(subscription: Subscription) -> Term:
    """The newest term of a chain."""
    return Term.objects.filter(subscription=subscription).order_by("-number")[0]


def a_contract(
    *,
    provider: str = "wechat",
    method: str = "wechat",
    country: str = "CN",
    region: str = "浙江",
    plan: str = "home_300",
    months: int = 12,
    price_minor: int = YEAR,
    consent_minor: int | None = None,
    cap_minor: int = 200_000,
    ends_on: date = DUE,
    network: str = "",
) -> Term:
    """A renewing term with a signed mandate; the list price of its plan is 828.00 for a year."""
    term = a_term(
        account=an_account(country=country, region=region),
        plan_version=PlanVersion.objects.get(plan__code=plan),
        cycle_months=months,
        price_minor=price_minor,
        auto_renew=True,
        ends_on=ends_on,
    )
    a_mandate(
        subscription=term.subscription,
        provider=provider,
        method=method,
        limit_minor=cap_minor,
        price_minor=price_minor if consent_minor is None else consent_minor,
        cap_minor=cap_minor,
        instrument="card-1" if network else "",
        network=network,
    )
    return term
