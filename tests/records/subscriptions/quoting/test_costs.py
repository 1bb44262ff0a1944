"""What many renewals come to: the same as their bills, each distinct basket priced once."""

from datetime import timedelta

import pytest

from tenure.kernel.money import Money
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.rules import NoPrice
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, Term
from tenure.records.subscriptions.quoting.queries.renewing import Costs, renewal_of
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_discount, a_term, day

pytestmark = pytest.mark.django_db
CHOICES = (
    RenewalChoice(),
    RenewalChoice(24),
    RenewalChoice(12, quantity=3),
    RenewalChoice(12, discounts=(a_discount("c", minor=7_000),)),
    RenewalChoice(12, discounts=(a_discount("c", minor=9_000),)),
    RenewalChoice(12, discounts=(a_discount("f", days=30),)),
)


@pytest.fixture(autouse=True)
def _strategy() -> None:
    apply(PRESETS / "broadband", by="test", at=AT)


def home(plan: str = "home_300", **changes: object) -> Term:
    sold = PlanVersion.objects.get(plan__code=plan)
    return a_term(plan_version=sold, **changes)  # type: ignore[arg-type]


def a_locked_price(term: Term) -> Term:
    content = {"plan": "home_300", "prices": {"12": 60_000, "24": 110_000}}
    ContractPeriod.objects.create(
        account_id=term.account_id, subscription=term.subscription, recorded_at=AT,
        kind=PeriodKind.PRICE_LOCK, starts_on=day(-9),
        ends_on=day(9), content=content,
    )  # fmt: skip
    return term


@pytest.mark.parametrize("choice", CHOICES)
def test_each_costs_what_its_bill_says_whoever_was_priced_before(choice: RenewalChoice) -> None:
    terms = [
        home(), home(days_left=3), home("home_1000"), home(number=2), home(days_left=-400),
        home(started_on=AS_OF - timedelta(days=40)), home(quantity=5), a_locked_price(home()),
        home(cycle_months=1), home(),
    ]  # fmt: skip
    costs = Costs()

    for stands in Standing.every([one.pk for one in terms], on=AS_OF):
        cost, bill = costs.of(stands, choice), renewal_of(stands, choice).bill

        assert (cost.to_pay, cost.list_total) == (bill.to_pay, bill.list_total)


def test_what_many_buy_is_priced_once() -> None:
    alike = [home(days_left=left).pk for left in range(1, 21)]
    other = home("home_1000").pk
    costs = Costs()

    found = [costs.of(one, RenewalChoice()) for one in Standing.every([*alike, other], on=AS_OF)]

    assert {one.to_pay for one in found[:-1]} == {Money(74_520, "CNY")}
    assert found[-1].to_pay != Money(74_520, "CNY")
    assert costs.priced == 2


def test_a_cycle_that_is_not_sold_has_no_cost() -> None:
    (stands,) = Standing.every([home().pk], on=AS_OF)

    with pytest.raises(NoPrice):
        Costs().of(stands, RenewalChoice(7))
