"""One price: what a text says, the page shows, the program reads and the order charges."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.act.messages.slots import Reader, slots_for
from tenure.act.messages.terms import TermFacts, term_facts
from tenure.act.payments.ordering import order_renewal, quotes_of
from tenure.act.prices.decided import givens
from tenure.act.prices.queries import charges_of
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import Visit
from tenure.kernel.money import Money
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tests.act.decisions import a_decision
from tests.act.self_service.leavers import a_leaver
from tests.builders import AS_OF, AT, a_mandate, a_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
LINKED = {"price", "options", "renew_url", "offer_price", "offer_saves"}


def a_year() -> Term:
    """A year of home_300, at 828.00 on the list and 745.20 on the ladder."""
    return a_term(plan_version=PlanVersion.objects.get(plan__code="home_300"))


def facts(term: Term, *, on: date = AS_OF) -> TermFacts:
    return term_facts([term.pk], on=on, strategy=current().at(on))[term.pk]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_reminder_says_what_its_link_charges(language: str) -> None:
    term = a_year()
    reader = Reader("张三", language, AS_OF, message_id=1)

    told = slots_for(reader, term=facts(term), strategy=current(), asked=LINKED)

    order = order_renewal(term.pk, at=AT, by="customer")
    assert order.total_minor == 74_520
    assert told["price"] == "¥745.20"
    ways = {one.cycle_months: one.bill.to_pay for one in quotes_of(term.pk, on=AS_OF)}
    assert told["options"] == [
        {"months": months, "price": str_of(ways[months])} for months in sorted(ways)
    ]


def str_of(amount: Money) -> str:
    from tenure.act.messages.wording import priced

    return priced(amount)


def test_a_promise_is_in_the_text_as_well() -> None:
    term = a_term(account=a_leaver())
    attempt = cancelling.start(Visit(term.pk), at=AT, by="customer:1")
    cancelling.show_offer(attempt.pk, at=AT, by="customer:1")
    cancelling.accept_offer(attempt.pk, at=AT, by="customer:1")

    told = slots_for(
        Reader("张三", "en", AS_OF, message_id=1),
        term=facts(term),
        strategy=current(),
        asked=LINKED,
    )

    assert told["price"] == "¥855.36"
    assert order_renewal(term.pk, at=AT, by="customer").total_minor == 85_536


def test_an_offer_is_told_and_ordered_at_the_better_of_two_reductions() -> None:
    """100.00 off the list beats the ladder's 82.80; the text says so, and the order charges it."""
    term = a_year()
    decision = a_decision(term=term, list_price_minor=82_800, price_minor=72_800)
    given = givens([decision.pk], strategy=current())[decision.pk]

    told = slots_for(
        Reader("张三", "en", AS_OF, message_id=1, given=given),
        term=facts(term),
        strategy=current(),
        asked=LINKED,
    )

    assert (told["offer_price"], told["offer_saves"]) == ("¥728.00", "¥100.00")
    assert told["price"] == "¥728.00"
    assert order_renewal(term.pk, at=AT, by="customer").total_minor == 72_800


def test_a_later_reminder_leaves_a_coupon_standing_until_its_last_day() -> None:
    """STD-05: what a customer was told is kept, whatever is decided afterwards."""
    term = a_year()
    last_on = AS_OF + timedelta(days=5)
    coupon: dict[str, Any] = {
        "list_price_minor": 82_800,
        "price_minor": 72_800,
        "valid_until": last_on,
    }
    a_decision(term=term, step="t30", **coupon)
    a_decision(
        term=term, action="reminder", step="t15", price_minor=82_800, list_price_minor=82_800
    )
    a_decision(term=term, step="t7", **{**coupon, "price_minor": 74_000})

    assert facts(term).charges.price == Money(72_800, "CNY")
    assert order_renewal(term.pk, at=AT, by="customer").total_minor == 72_800
    assert facts(term, on=last_on).charges.price == Money(72_800, "CNY")
    assert facts(term, on=last_on + timedelta(days=1)).charges.price == Money(74_520, "CNY")


def test_a_coupon_for_a_year_takes_nothing_off_another_length() -> None:
    """One that does not fit the term: what is ordered is what any other customer pays for it."""
    term = a_year()
    plain = {one.cycle_months: one.bill.to_pay for one in quotes_of(term.pk, on=AS_OF)}
    a_decision(term=term, list_price_minor=82_800, price_minor=72_800)

    ways = {one.cycle_months: one.bill.to_pay for one in quotes_of(term.pk, on=AS_OF)}
    monthly = order_renewal(term.pk, RenewalChoice(cycle_months=1), at=AT, by="customer")

    assert ways.pop(12) == Money(72_800, "CNY") != plain.pop(12)
    assert ways == plain
    assert monthly.total_minor == plain[1].amount_minor


def test_a_choice_that_was_withheld_gives_no_price() -> None:
    term = a_year()
    a_decision(term=term, outcome="withheld")

    assert facts(term).charges.price == Money(74_520, "CNY")


def test_without_a_link_to_follow_the_agreed_price_is_told() -> None:
    term = a_year()
    a_mandate(
        subscription=term.subscription, price_minor=70_000, cap_minor=90_000, limit_minor=90_000
    )
    reader = Reader("张三", "en", AS_OF, message_id=1)

    told = slots_for(reader, term=facts(term), strategy=current(), asked={"price"})

    assert told["price"] == "¥700.00"


def test_many_terms_cost_no_more_questions_than_one(django_assert_max_num_queries: object) -> None:
    terms = [a_year().pk for _ in range(5)]
    strategy = current()

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        read = list(Term.objects.filter(pk__in=terms).select_related("subscription"))
        found = charges_of(read, on=AS_OF, strategy=strategy)
        prices = {one.price for one in found.values()}

    assert prices == {Money(74_520, "CNY")}
