"""Letters that the law owes besides the notice before a deduction."""

from datetime import date, timedelta

import pytest

from tenure.act.collecting.actions import acknowledge, remind_yearly, tell_best_tariffs
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.kernel.periods import add_months
from tenure.loop.reactions import react
from tenure.records.billing.mandates.models import Mandate
from tenure.records.catalog.models import PlanVersion
from tenure.records.contacts.models import Message
from tenure.records.subscriptions.models import Term
from tests.act.collecting.tills import a_contract
from tests.builders import AT, a_mandate, a_term, an_account, at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def steps(template: str) -> list[str]:
    found = Message.objects.filter(template=template).order_by("pk")
    return list(found.values_list("step", flat=True))


def test_who_has_just_agreed_gets_the_terms_to_keep_within_the_hour() -> None:
    """R-A-032: product, amount, rhythm, that it renews, and the link to stop it."""
    term = a_contract(country="US", region="CA", provider="stripe", method="card")
    mandate = Mandate.objects.get()
    react(at=AT)
    dispatch(at=at_on(day(1), 9), post=Drawer())

    (letter,) = Message.objects.filter(template="renewal_terms")
    assert letter.step == f"terms_{mandate.pk}"
    assert letter.term_id == term.pk
    assert letter.planned_at == AT
    for part in ("进阶版 300M", "828.00", "每 12 个月", "自动续费", "/cancel/", "银行卡"):
        assert part in letter.body
    assert acknowledge([mandate.number], at=AT + timedelta(minutes=5)) == 0


def test_californians_are_reminded_on_each_anniversary_whatever_the_length_of_a_term() -> None:
    """R-A-033: the yearly reminder, once a year."""
    agreed_on = day(0)
    a_contract(country="US", region="CA", provider="stripe", method="card", ends_on=day(800))
    a_contract(country="US", region="TX", provider="stripe", method="card", ends_on=day(800))
    for on in (agreed_on, add_months(agreed_on, 12) - timedelta(days=1)):
        assert remind_yearly(at=at_on(on)) == 0

    first = add_months(agreed_on, 12)
    sent = [remind_yearly(at=at_on(first + timedelta(days=later))) for later in (0, 1, 14)]
    assert sent == [1, 0, 0]
    assert remind_yearly(at=at_on(add_months(agreed_on, 24))) == 1
    assert steps("yearly_reminder") == ["yearly_1", "yearly_2"]


def a_british_line(*, ends_on: date, months: int = 12) -> Term:
    return a_term(
        account=an_account(country="GB", region=""),
        plan_version=PlanVersion.objects.get(plan__code="home_300"),
        cycle_months=months,
        ends_on=ends_on,
    )


@pytest.mark.parametrize(("days_left", "told"), [(41, 0), (40, 1), (10, 1), (9, 0)])
def test_the_best_tariffs_are_told_10_to_40_days_before_the_end(days_left: int, told: int) -> None:
    """R-A-060, Ofcom C1: end-of-contract notice."""
    a_british_line(ends_on=day(days_left))

    assert tell_best_tariffs(at=AT) == told


def test_the_best_tariffs_name_what_is_sold_and_are_told_once_a_year() -> None:
    term = a_british_line(ends_on=day(30), months=1)

    assert tell_best_tariffs(at=AT) == 1
    assert tell_best_tariffs(at=AT + timedelta(days=1)) == 0
    dispatch(at=at_on(day(1), 9), post=Drawer())

    letter = Message.objects.get(template="best_tariff")
    assert "基础版 100M" in letter.body
    later = add_months(day(0), 12) + timedelta(days=1)
    Term.objects.filter(pk=term.pk).update(ends_on=later + timedelta(days=20))
    assert tell_best_tariffs(at=at_on(later - timedelta(days=2))) == 0
    assert tell_best_tariffs(at=at_on(later)) == 1


def test_other_places_are_told_nothing_of_tariffs() -> None:
    a_term(plan_version=PlanVersion.objects.get(plan__code="home_300"), ends_on=day(30))

    assert tell_best_tariffs(at=AT) == 0


def test_a_mandate_says_in_the_letter_how_is_paid() -> None:
    term = a_term(auto_renew=True)
    a_mandate(subscription=term.subscription, provider="alipay", method="alipay")
    react(at=AT)
    dispatch(at=at_on(day(1), 9), post=Drawer())

    assert "支付宝" in Message.objects.get(template="renewal_terms").body
