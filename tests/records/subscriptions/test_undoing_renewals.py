"""A renewal whose money went back: the old term is what it would have been, and renews anew."""

from datetime import date

import pytest

from tenure.kernel.money import Money
from tenure.observe.imports.actions.chains import stored_terms
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.queries import balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import (
    ask_to_cancel,
    close_overdue,
    renew,
    undo_renewal,
)
from tenure.records.subscriptions.models import Subscription, Term, TermLine
from tenure.records.subscriptions.queries import (
    balance_used,
    bought_on,
    chain,
    following,
    newest_term,
)
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.records.subscriptions.revenue.queries import totals
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.builders import AT, a_term, day

BY = "test"


def renewed(term: Term, on: date) -> Term:
    return renew(Purchase(term.pk, on), at=AT, by=BY)


def undone(term: Term, on: date) -> Term:
    return undo_renewal(term.pk, on=on, at=AT, by=BY)


@pytest.mark.parametrize(
    ("days_after_end", "state", "chain_state"),
    [
        (-5, TermState.RUNNING, SubscriptionState.ACTIVE),
        (0, TermState.RUNNING, SubscriptionState.ACTIVE),
        (1, TermState.GRACE, SubscriptionState.ACTIVE),
        (15, TermState.GRACE, SubscriptionState.ACTIVE),
        (16, TermState.LAPSED, SubscriptionState.ENDED),
    ],
)
def test_the_old_term_is_what_it_would_have_been(
    either_database: str, days_after_end: int, state: TermState, chain_state: SubscriptionState
) -> None:
    term = a_term(days_left=10)
    new = renewed(term, day(0))
    on = day(10 + days_after_end)

    undone(new, on)

    term.refresh_from_db()
    new.refresh_from_db()
    assert (term.state, term.renewed_on) == (state, None)
    assert Subscription.objects.get().state == chain_state
    assert (new.state, new.closed_on, new.reversed_on) == (TermState.CANCELLED, on, on)
    assert bought_on(new) == day(0)
    entry = Entry.objects.get(kind="term.renewal_undone")
    assert entry.term_id == term.pk
    assert entry.content == {"number": 2, "undone": new.pk, "state": str(state)}


def test_undone_twice_it_is_undone_once(either_database: str) -> None:
    new = renewed(a_term(days_left=10), day(0))

    undone(new, day(1))
    undone(new, day(2))

    new.refresh_from_db()
    assert new.reversed_on == day(1)
    assert Entry.objects.filter(kind="term.renewal_undone").count() == 1


def test_it_can_be_renewed_anew_once(either_database: str) -> None:
    """The second renewal has the number, the days and an entry of its own."""
    term = a_term(days_left=10)
    first = renewed(term, day(0))
    undone(first, day(1))

    second = renewed(term, day(3))
    again = renewed(term, day(4))

    term.refresh_from_db()
    first.refresh_from_db()
    assert second == again != first
    assert (second.number, second.starts_on) == (2, term.ends_on)
    assert (term.state, term.renewed_on) == (TermState.RENEWED, day(3))
    assert following(term) == second
    assert (bought_on(first), bought_on(second)) == (day(0), day(3))
    assert len(chain(term.subscription_id)) == 3
    assert Entry.objects.filter(kind="term.renewed", term_id=term.pk).count() == 2
    third = renewed(second, day(5))
    assert (third.number, bought_on(third)) == (3, day(5))


def test_undone_and_renewed_again_and_again(either_database: str) -> None:
    term = a_term(days_left=10)
    for count in range(3):
        undone(renewed(term, day(count)), day(count))

    last = renewed(term, day(4))

    assert last.number == 2
    assert Entry.objects.filter(kind="term.renewal_undone").count() == 3
    assert Term.objects.filter(reversed_on__isnull=False).count() == 3


def test_who_had_asked_to_stop_is_stopping_again(either_database: str) -> None:
    """Renewing had taken the word back; the money back, it counts again."""
    term = a_term(days_left=10)
    ask_to_cancel(term.pk, on=day(0), at=AT, by=BY)
    new = renewed(term, day(1))

    undone(new, day(2))

    term.refresh_from_db()
    assert (term.state, term.cancel_asked_on) == (TermState.CANCELLING, day(0))
    close_overdue(as_of=day(11), at=AT)
    term.refresh_from_db()
    assert term.state == TermState.CANCELLED


def test_a_term_that_joined_none_is_cancelled_at_once(either_database: str) -> None:
    """Bought after a lapse: the old term was over before, and stays what it was."""
    term = a_term(days_left=1)
    close_overdue(as_of=day(20), at=AT)
    new = renewed(term, day(20))

    undone(new, day(22))

    term.refresh_from_db()
    new.refresh_from_db()
    assert term.state == TermState.LAPSED
    assert (new.state, new.reversed_on) == (TermState.CANCELLED, None)
    assert Subscription.objects.get().state == SubscriptionState.ENDED


def test_seats_and_cycle_are_those_of_the_old_term(either_database: str) -> None:
    term = a_term(days_left=10, quantity=2)
    new = renew(Purchase(term.pk, day(0), cycle_months=24, quantity=5), at=AT, by=BY)

    undone(new, day(1))

    found = Subscription.objects.get()
    assert (found.quantity, found.cycle_months) == (2, 12)
    assert found.anchor_on == term.subscription.anchor_on


def test_what_was_undone_is_none_of_the_terms_of_its_contract(either_database: str) -> None:
    """Neither the newest one, nor what an import finds stored."""
    term = a_term(days_left=10)
    undone(renewed(term, day(0)), day(1))

    assert newest_term(term.subscription_id) == term
    assert [one.pk for one in stored_terms([term.subscription_id])[term.subscription_id]] == [
        term.pk
    ]


def test_what_the_balance_paid_of_it_is_in_the_balance_again(either_database: str) -> None:
    """Money conserved: what was prepaid is neither kept nor earned, however often it is undone."""
    term = a_term(days_left=10)
    given = Movement(term.account_id, Money(5_000, "CNY"), "goodwill", day(0), "given", term.pk)
    move_balance(given, at=AT, by=BY)
    before = totals(as_of=day(0)).get("CNY")
    quote = quote_renewal(term.pk, RenewalChoice(use_balance=True), on=day(0))
    new = renew(quote.purchase(), at=AT, by=BY)
    assert balance(term.account_id, currency="CNY") == Money(0, "CNY")

    undone(new, day(1))
    undone(new, day(2))

    assert balance(term.account_id, currency="CNY") == Money(5_000, "CNY")
    assert balance_used(new) == Money(0, "CNY")
    credit = TermLine.objects.get(term=new, kind="credit")
    assert (credit.amount_minor, credit.closes) == (-5_000, None)
    after = totals(as_of=day(2))["CNY"]
    assert before is not None
    assert after.given_back - before.given_back == 5_000 + credit.tax_minor
