"""A town of contracts over all cycles: renewed, paused, changed, extended and given back.

Every day the books add up: what was billed, net of tax, is earned, or deferred, or was given back;
what customers have with us is what their bills gave back and they have not used; the cash of the
books is what they paid (R-M-027, R-Y-066, R-Y-068, BIL-01, BIL-02, BIL-06, CAT-03, OFR-08).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.records.billing.credits.models import CreditEntry
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.ledger.rules import sale
from tenure.records.billing.pricing.bill import Bill
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.queries import one_reading
from tenure.records.subscriptions.actions import (
    Attach,
    GiveBack,
    MoreSeats,
    PlanChange,
    Rest,
    Start,
    add_seats,
    apply_due_changes,
    attach_addon,
    change_plan,
    close_overdue,
    end_with_refund,
    extend,
    pause,
    renew_many,
    resume,
    start,
)
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import serving_term
from tenure.records.subscriptions.quoting.queries import (
    quote_add_on,
    quote_plan_change,
    quote_refund,
    quote_seats,
    renewal_quotes,
)
from tenure.records.subscriptions.revenue.queries import Totals, totals
from tenure.records.subscriptions.states import LIVE, SubscriptionState, TermState
from tests.builders import an_account, at_on

FIRST = date(2027, 1, 1)
PLANS = ("home_100", "home_300", "home_1000")
CYCLES = (1, 3, 12, 24)


def chance(*about: object) -> float:
    """The same number in 0 to 1 for the same question."""
    digest = hashlib.sha256("|".join(map(str, about)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


@dataclass
class Town:
    """The customers, and what a bystander notes of every bill."""

    contracts: int
    chains: list[int] = field(default_factory=list)
    today: date = FIRST
    billed: int = 0
    given_back: int = 0
    cash: int = 0
    owed: int = 0
    deeds: dict[str, int] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, Any]:
        return {"at": at_on(self.today), "by": "story"}

    def note(self, deed: str, bill: Bill, *, is_to_balance: bool = True) -> None:
        """Write down what a bill says, apart from what the product writes."""
        self.deeds[deed] = self.deeds.get(deed, 0) + 1
        for line in bill.lines:
            net = line.net.amount_minor
            self.billed += max(net, 0)
            self.given_back += max(-net, 0)
        self.cash += bill.to_pay.amount_minor
        self.owed += bill.to_credit.amount_minor if is_to_balance else 0
        self.owed -= bill.balance.amount_minor

    def begins(self) -> None:
        versions = {code: PlanVersion.objects.get(plan__code=code) for code in PLANS}
        for number in range(self.contracts):
            account = an_account(person=False)
            term = start(
                Start(
                    account_id=account.pk,
                    source="story",
                    external_id=str(number),
                    plan_version_id=versions[PLANS[number % 3]].pk,
                    starts_on=FIRST + timedelta(days=number % 28),
                    cycle_months=CYCLES[number % 4],
                ),
                **self.about,
            )
            self.chains.append(term.subscription_id)
            self.cash += term.price_minor
            self.billed += term.price_minor - term.tax_minor

    def renews(self) -> None:
        """Most renew on the day, some a few days late, some lapse."""
        on_time = Term.objects.filter(state=TermState.RUNNING, ends_on=self.today)
        late_on = self.today - timedelta(days=5)
        late = Term.objects.filter(state=TermState.GRACE, ends_on=late_on)
        ids = [one.pk for one in on_time.order_by("pk") if chance("on time", one.pk) < 0.9]
        ids += [one.pk for one in late.order_by("pk") if chance("late", one.pk) < 0.5]
        quotes = renewal_quotes(ids, on=self.today) if ids else []
        renew_many([one.purchase() for one in quotes], **self.about)
        for one in quotes:
            self.note("renewed", one.bill)

    def lives(self) -> None:
        """Each day a few customers do something; what is refused leaves no trace."""
        for deed, often in DEEDS:
            if chance(deed, self.today) >= often:
                continue
            chain = self.chains[int(chance("who", deed, self.today) * len(self.chains))]
            term = serving_term(chain, on=self.today)
            if term is None or term.state not in LIVE:
                continue
            try:
                getattr(self, deed)(term)
            except Refusal:
                self.deeds["refused"] = self.deeds.get("refused", 0) + 1

    def rests(self, term: Term) -> None:
        pause(Rest(term.subscription_id, self.today, 14), **self.about)
        self.deeds["rests"] = self.deeds.get("rests", 0) + 1

    def returns_early(self, term: Term) -> None:
        resting = Subscription.objects.filter(state=SubscriptionState.PAUSED).first()
        if resting is not None:
            resume(resting.pk, on=self.today, **self.about)
            self.deeds["returns"] = self.deeds.get("returns", 0) + 1

    def changes(self, term: Term) -> None:
        plan = PLANS[int(chance("plan", self.today) * 3)]
        quote = quote_plan_change(term.pk, plan, on=self.today)
        change_plan(PlanChange(term.pk, plan, self.today), **self.about)
        if quote.bill is not None:
            self.note("up", quote.bill)
        else:
            self.deeds["down"] = self.deeds.get("down", 0) + 1

    def grows(self, term: Term) -> None:
        bill = quote_seats(term.pk, 1, on=self.today)
        wanted = MoreSeats(term.pk, 1, self.today, key=f"s{self.today}", bill=bill)
        add_seats(wanted, **self.about)
        self.note("seats", bill)

    def adds(self, term: Term) -> None:
        bill = quote_add_on(term.pk, "mesh_wifi", on=self.today)
        wanted = Attach(term.pk, "mesh_wifi", self.today, f"a{self.today}", bill=bill)
        attach_addon(wanted, **self.about)
        self.note("add_on", bill)

    def gets_days(self, term: Term) -> None:
        extend(term.pk, days=7, on=self.today, **self.about)
        self.deeds["extended"] = self.deeds.get("extended", 0) + 1

    def leaves(self, term: Term) -> None:
        bill = quote_refund(term.pk, on=self.today)
        end_with_refund(GiveBack(term.pk, self.today, bill=bill), **self.about)
        self.note("left", bill, is_to_balance=False)


DEEDS: Sequence[tuple[str, float]] = (
    ("rests", 0.4),
    ("returns_early", 0.2),
    ("changes", 0.6),
    ("grows", 0.3),
    ("adds", 0.4),
    ("gets_days", 0.3),
    ("leaves", 0.25),
)


def check(town: Town, before: Totals | None, *, cash: int) -> Totals:
    """The identities of one day; the day before is where they start from."""
    now = totals(as_of=town.today)["CNY"]
    assert now.billed == town.billed
    assert now.given_back == town.given_back
    assert now.billed - now.given_back == now.recognised + now.deferred
    assert now.deferred >= 0
    books = balances(currency="CNY", until=town.today)
    assert (CreditEntry.objects.aggregate(held=Sum("amount_minor"))["held"] or 0) == town.owed
    assert books["cash:till"].amount_minor == cash
    assert sum(one.amount_minor for one in books.values()) == 0
    if before is not None:
        assert now.recognised >= before.recognised
    return now


def take_to_the_till(town: Town, since: int) -> None:
    paid = Money(town.cash - since, "CNY")
    event = Event(f"till:{town.today}", "sale", on=town.today)
    book(event, sale(paid, provider="till"), **town.about)


def walk(town: Town, days: Iterable[int]) -> Totals:
    before: Totals | None = None
    for offset in days:
        town.today = FIRST + timedelta(days=offset)
        since = town.cash if offset else 0
        with one_reading():
            town.renews()
            town.lives()
            take_to_the_till(town, since)
            close_overdue(as_of=town.today, at=at_on(town.today))
            apply_due_changes(as_of=town.today, at=at_on(town.today))
        if offset >= 28:
            before = check(town, before, cash=town.cash)
    assert before is not None, "a year is longer than a month"
    return before
