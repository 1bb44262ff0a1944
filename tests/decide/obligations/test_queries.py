"""The policies of real contracts."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from tenure.decide.obligations.queries import bindings, limits_on_leaving
from tenure.records.customers.models import Account
from tenure.records.strategies.actions import apply
from tenure.strategy.duties import CancelPage
from tenure.strategy.loading import PRESETS
from tests.builders import AT, a_plan, a_plan_version, a_subscription, an_account

pytestmark = pytest.mark.django_db
ON = date(2026, 8, 1)


@pytest.fixture(autouse=True)
def _strategy() -> None:
    apply(PRESETS / "broadband", at=AT, by="user:1")


def test_a_contract_is_judged_by_its_account_and_its_product() -> None:
    telecom = a_plan_version(plan=a_plan(product_code="home_broadband"))
    chinese = a_subscription(plan_version=telecom)
    german = a_subscription(account=an_account(country="DE", region="Bayern"))
    company = a_subscription(account=an_account(kind=Account.Kind.BUSINESS))

    found = bindings([chinese.pk, german.pk, company.pk], on=ON, methods={company.pk: "card"})

    assert found[chinese.pk].stamps == ["house@1", "cn@2026-04-10", "cn_telecom@2000-09-25"]
    assert found[german.pk].stamps == ["house@1", "eu@2026-06-19", "de@2026-07-16"]
    assert found[company.pk].stamps == ["house@1", "card@2020-04-18"]


def test_policies_of_many_contracts_are_one_read(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ids = [a_subscription().pk for _ in range(3)]

    with django_assert_num_queries(2):
        found = bindings(ids, on=ON)

    assert sorted(found) == ids


def test_limits_on_leaving_follow_the_place() -> None:
    german = a_subscription(account=an_account(country="DE"))

    limits = limits_on_leaving(german.pk, on=ON)

    assert limits.page is CancelPage.TWO_STEP
    assert limits.may_show_offers is False
