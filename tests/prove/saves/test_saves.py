"""G14, G15, R-A-087, R-M-013: what was clicked, what lasted, and what the offer changed."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.prove.saves.queries import Span, effect_of, lasting_effects, save_rates
from tenure.prove.saves.rules import Share, incremental
from tenure.prove.statistics.groups import yes_or_no
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import a_term, at_on

APRIL = Span(since=date(2026, 4, 1), until=date(2026, 4, 30), as_of=date(2026, 8, 1))


def an_attempt(name: str, on: date, *, state: str, term: Term | None = None, **how: Any) -> Term:
    """One attempt as its visit left it; `offer` is shown, accepted or declined."""
    term = term or a_term(ends_on=date(2026, 12, 31))
    offer, at = how.pop("offer", ""), at_on(on)
    row = Cancellation.objects.create(
        public_id=name,
        account_id=term.account_id,
        subscription_id=term.subscription_id,
        term=term,
        state=state,
        channel="portal",
        language="en",
        jurisdiction="CN",
        policy_version="cn",
        strategy_hash="0" * 64,
        started_at=at,
        started_on=on,
        settled_at=at,
        settled_on=on,
        stop="at_once" if state == "confirmed" else "",
        ends_on=on if state == "confirmed" else None,
        **how,
    )
    if offer:
        SaveOffer.objects.create(
            cancellation=row,
            account_id=term.account_id,
            subscription_id=term.subscription_id,
            save_id="first_visit",
            kind="discount",
            state=offer,
            shown_at=at,
            shown_on=on,
            answered_at=None if offer == "shown" else at,
            currency="CNY",
            now_minor=100,
            now_months=12,
            price_minor=80,
            months=12,
            valid_until=on,
        )
    return term


@pytest.mark.django_db
@pytest.mark.usefixtures("either_database")
def test_golden_g14() -> None:
    """W2 accepted and left within 30 days; W7 left and was back within 60; W5, W8 went away."""
    day = date(2026, 4, 1)
    first = an_attempt("W1", day, state="kept", offer="accepted")
    second = an_attempt("W2", day + timedelta(1), state="kept", offer="accepted")
    third = an_attempt("W3", day + timedelta(1), state="confirmed", offer="declined")
    an_attempt("W4", day + timedelta(2), state="confirmed")
    an_attempt("W5", day + timedelta(4), state="abandoned", offer="shown")
    an_attempt("W6", day + timedelta(5), state="kept", offer="accepted")
    seventh = an_attempt("W7", day + timedelta(6), state="confirmed", offer="declined")
    an_attempt("W8", day + timedelta(7), state="abandoned")
    # What came afterwards: W2 left in an attempt of May, W7 bought again.
    an_attempt("later", date(2026, 5, 1), state="confirmed", term=second)
    a_term(account=seventh.account, starts_on=date(2026, 5, 20))
    # A renewal that was undone is neither an end nor a return.
    for one in (first, third):
        undone = a_term(account=one.account, subscription=one.subscription, number=9,
                        starts_on=date(2026, 5, 20), state=TermState.CANCELLED,
                        closed_on=day + timedelta(9))  # fmt: skip
        Term.objects.filter(pk=undone.pk).update(
            reversed_on=day + timedelta(9), sold_before_on=day + timedelta(9)
        )

    found = save_rates(APRIL)

    assert (found.sessions, found.shown) == (8, 6)
    assert found.gross == Share(3, 6)
    assert found.net == Share(2, 6)
    assert found.completed == Share(3, 8)
    assert found.abandoned == Share(2, 8)
    assert found.won_back == Share(1, 3)
    assert found.stayed_without == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("either_database")
def test_what_is_not_thirty_days_old_is_in_no_net_figure() -> None:
    an_attempt("W1", date(2026, 4, 20), state="kept", offer="accepted")

    found = save_rates(Span(APRIL.since, APRIL.until, as_of=date(2026, 5, 1)))

    assert (found.gross, found.net) == (Share(1, 1), Share(0, 0))
    assert found.net.value is None


def test_golden_g15() -> None:
    """412 of 1,000 against 180 of 500: 52 more, and by the test not yet significant."""
    found = incremental(yes_or_no(1_000, yes=412), yes_or_no(500, yes=180))

    assert found is not None
    assert (found.treated, found.control) == (Share(412, 1_000), Share(180, 500))
    assert (round(found.difference.effect, 6), found.saves) == (0.052, 52)
    assert (round(found.difference.low, 6), round(found.difference.high, 6)) == (
        0.000031,
        0.103969,
    )
    assert (round(found.test.z, 4), round(found.test.p_value, 4)) == (1.9424, 0.0521)
    assert not found.is_significant


def test_without_a_comparison_there_is_no_effect() -> None:
    assert incremental(yes_or_no(10, yes=4), yes_or_no(0, yes=0)) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("either_database")
def test_the_effect_is_read_from_the_visits_against_the_lot() -> None:
    """Three saw the offer and two stayed; of two from whom it was kept, one stayed."""
    day = date(2026, 4, 2)
    an_attempt("a", day, state="kept", offer="accepted")
    an_attempt("b", day, state="abandoned", offer="shown")
    an_attempt("c", day, state="confirmed", offer="declined")
    an_attempt("d", day, state="abandoned", held_out_of="first_visit")
    an_attempt("e", day, state="confirmed", held_out_of="first_visit")

    found = effect_of("first_visit", span=APRIL)

    assert found is not None
    assert (found.treated, found.control) == (Share(2, 3), Share(1, 2))
    assert effect_of("later_visit", span=APRIL) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("either_database")
def test_a_save_counts_only_while_it_lasts() -> None:
    """TOP-03: of two who took the offer one left after two months; 180 days are not over yet."""
    day = date(2026, 4, 2)
    an_attempt("a", day, state="kept", offer="accepted")
    second = an_attempt("b", day, state="kept", offer="accepted")
    an_attempt("c", day, state="abandoned", held_out_of="first_visit")
    an_attempt("later", date(2026, 6, 1), state="confirmed", term=second)

    found = lasting_effects("first_visit", span=APRIL)

    after_30, after_90 = found[30], found[90]
    assert after_30 is not None
    assert after_90 is not None
    assert (after_30.treated, after_30.control) == (Share(2, 2), Share(1, 1))
    assert (after_90.treated, after_90.control) == (Share(1, 2), Share(1, 1))
    assert found[180] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("either_database")
def test_an_account_counts_once_however_often_it_came() -> None:
    day = date(2026, 4, 2)
    term = an_attempt("a", day, state="abandoned", offer="shown")
    an_attempt("b", day + timedelta(3), state="confirmed", offer="declined", term=term)
    an_attempt("c", day, state="abandoned", held_out_of="first_visit")

    found = effect_of("first_visit", span=APRIL)

    assert found is not None
    assert (found.treated, found.control) == (Share(0, 1), Share(1, 1))
