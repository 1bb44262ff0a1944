"""CXL-01: what was promised to somebody who stayed is the price of the next order, once."""

import pytest

from tenure.act.payments.ordering import order_renewal, quotes_of
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import Visit
from tenure.decide.saves.promises import promised_discounts
from tenure.kernel.money import Money
from tenure.records.cancellations.actions import use_promise
from tenure.records.cancellations.models import SaveOffer
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tests.act.self_service.leavers import a_leaver
from tests.builders import AS_OF, AT, a_term, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def somebody_who_stayed() -> Term:
    term = a_term(account=a_leaver())
    attempt = cancelling.start(Visit(term.pk), at=AT, by="customer:1")
    cancelling.show_offer(attempt.pk, at=AT, by="customer:1")
    cancelling.accept_offer(attempt.pk, at=AT, by="customer:1")
    return term


def test_the_promised_price_is_the_price_of_the_quote() -> None:
    """1,069.20 a year less 20 % is 855.36, as the page had said."""
    term = somebody_who_stayed()
    found = promised_discounts(term.subscription_id, on=AS_OF, cycle_months=12)

    quote = quote_renewal(term.pk, RenewalChoice(discounts=found), on=AS_OF)

    assert quote.bill.total == Money(85_536, "CNY")
    assert SaveOffer.objects.get().price_minor == 85_536


def test_it_is_for_the_term_that_was_named_until_its_day_and_once() -> None:
    term = somebody_who_stayed()
    chain = term.subscription_id

    assert promised_discounts(chain, on=AS_OF, cycle_months=24) == ()
    assert promised_discounts(chain, on=day(31), cycle_months=12) == ()
    use_promise(SaveOffer.objects.get().pk, used_by="ord_1", on=AS_OF, at=AT, by="test")
    assert promised_discounts(chain, on=AS_OF, cycle_months=12) == ()


def test_what_is_ordered_keeps_the_promise_and_uses_it_up_when_it_is_paid() -> None:
    """CXL-01: the price that was shown to whoever stayed is the price that is charged."""
    term = somebody_who_stayed()

    quotes = {one.cycle_months: one.bill.total for one in quotes_of(term.pk, on=AS_OF)}
    order = order_renewal(term.pk, at=AT, by="customer")

    assert quotes[12] == Money(85_536, "CNY")
    assert quotes[24] > quotes[12]
    assert order.total_minor == 85_536
    assert order.digest == next(
        one.bill.digest for one in quotes_of(term.pk, on=AS_OF) if one.cycle_months == 12
    )
