"""CXL-01 to CXL-03, G07: leaving and staying through the real rows, on both databases."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import AlreadyLeaving, NothingToCancel, Visit
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.billing.mandates.queries import live_consent
from tenure.records.billing.mandates.states import MandateState
from tenure.records.billing.refunds.models import Refund
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.cancellations.queries import confirmed_cancellation, promised
from tenure.records.cancellations.rules import Told
from tenure.records.cancellations.states import CancellationState, SaveAnswer, Stop
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import Rest, close_overdue, pause, resume
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.rules import CancellationIsFinal
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tests.act.self_service.leavers import a_leaver
from tests.builders import (
    AS_OF,
    AT,
    a_payment,
    a_plan,
    a_plan_version,
    a_subscription,
    a_term,
    a_ticket,
    at_on,
    day,
)
from tests.builders.mandates import a_mandate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
LIST = 106_920
BY = "customer:1"


def contract(**how: Any) -> Term:
    """A term of somebody whom the lot keeps back from no offer."""
    if "account" not in how:
        how["account"] = a_leaver()
    return a_term(**how)


def starts(term: Term, *, at: object = AT, **how: object) -> Cancellation:
    return cancelling.start(Visit(term.pk, **how), at=at, by=BY)  # type: ignore[arg-type]


def visits(term: Term, *, at: object = AT, reason: str = "") -> SaveOffer | None:
    """A whole visit up to the offer."""
    attempt = starts(term, at=at)
    if reason:
        cancelling.give_reason(attempt.pk, Told(reason), at=at, by=BY)  # type: ignore[arg-type]
    return cancelling.show_offer(attempt.pk, at=at, by=BY)  # type: ignore[arg-type]


def whys(term: Term) -> dict[str, str]:
    newest = Cancellation.objects.filter(term=term).order_by("-pk")[0]
    return {one["save"]: one["why"] for one in newest.considered}


def test_the_first_click_records_the_intent_with_its_instant_and_policy() -> None:
    """R-A-080, R-A-001."""
    term = contract()

    attempt, again = starts(term), starts(term, at=AT + timedelta(minutes=5))

    assert attempt.pk == again.pk
    assert (attempt.started_at, attempt.started_on) == (AT, AS_OF)
    assert attempt.jurisdiction == "house, cn"
    assert "cn@2026-04-10" in attempt.policy_version
    assert Entry.objects.filter(kind="cancel.started", term=term).count() == 1


def test_leaving_at_the_end_keeps_the_paid_days_and_ends_renewal_at_once() -> None:
    """G07 (H1), R-A-085: churn comes on the last paid day; no charge can follow the click."""
    term = contract(days_left=30, auto_renew=True)
    attempt = starts(term)

    confirmed = cancelling.confirm(attempt.pk, at=AT, by=BY)
    cancelling.confirm(attempt.pk, at=AT, by=BY)

    term.refresh_from_db()
    term.subscription.refresh_from_db()
    assert (term.state, term.cancel_asked_on) == (TermState.CANCELLING, AS_OF)
    assert term.subscription.auto_renew is False
    assert (confirmed.stop, confirmed.ends_on) == (Stop.AT_END, day(30))
    assert (confirmed.refund_minor, confirmed.settled_at) == (None, AT)
    assert "300M 宽带" in confirmed.declaration
    assert "to stop after 14 July 2026" in confirmed.declaration
    assert Entry.objects.filter(kind="cancel.confirmed").count() == 1
    close_overdue(as_of=day(30), at=at_on(day(30)))
    term.refresh_from_db()
    assert (term.state, term.closed_on, term.end_kind) == ("cancelled", day(30), "voluntary")


def test_leaving_today_gives_back_the_days_not_used() -> None:
    """G07 (H3); the seller's promise: 30 of 365 days of 1,069.20 are 87.88."""
    account = a_leaver()
    subscription = a_subscription(account=account, started_on=day(-700))
    a_term(subscription=subscription, state=TermState.RENEWED, ends_on=day(-335))
    term = a_term(subscription=subscription, starts_on=day(-335), ends_on=day(30))
    a_payment(term=term, paid_on=day(-335))

    confirmed = cancelling.confirm(starts(term).pk, at=AT, by=BY, stop=Stop.AT_ONCE)

    term.refresh_from_db()
    assert (term.state, term.closed_on, term.end_kind) == ("cancelled", AS_OF, "voluntary")
    assert (confirmed.refund_minor, confirmed.currency) == (8_788, "CNY")
    assert (confirmed.refund_basis, confirmed.ends_on) == ("unused_days", AS_OF)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.state) == (
        8_788,
        "cancellation",
        "requested",
    )


def test_a_refund_that_no_payment_can_carry_is_put_before_a_person() -> None:
    """What was promised is owed, also where the payment was never told to us."""
    term = contract(days_left=30)

    confirmed = cancelling.confirm(starts(term).pk, at=AT, by=BY, stop=Stop.AT_ONCE)
    cancelling.confirm(confirmed.pk, at=AT, by=BY, stop=Stop.AT_ONCE)

    todo = ToDo.objects.get()
    assert Refund.objects.count() == 0
    assert "¥87.88 is owed after a cancellation" in todo.reasons[0]["en"]


def test_no_leave_to_deduct_is_left_after_confirming() -> None:
    """R-A-085: the consent and every mandate end with the click, before any provider answers."""
    term = contract(days_left=30, auto_renew=True)
    mandate = a_mandate(subscription=term.subscription)

    cancelling.confirm(starts(term).pk, at=AT, by=BY)

    mandate.refresh_from_db()
    assert mandate.state == MandateState.RELEASED
    assert live_consent(term.subscription_id) is None


def test_a_first_prepayment_comes_back_whole_within_seven_days() -> None:
    """R-A-016."""
    term = contract(starts_on=day(-5))
    a_payment(term=term, paid_on=day(-5))

    confirmed = cancelling.confirm(starts(term).pk, at=AT, by=BY, stop=Stop.AT_ONCE)

    assert (confirmed.refund_minor, confirmed.refund_basis) == (LIST, "cn_prepaid_7d")


def test_a_monthly_plan_is_left_at_any_time() -> None:
    """CXL-03: on the first day as on the last."""
    for left in (30, 15, 1):
        term = contract(cycle_months=1, days_left=left, price_minor=9_900)
        confirmed = cancelling.confirm(starts(term).pk, at=AT, by=BY)
        assert (confirmed.state, confirmed.ends_on) == ("confirmed", day(left))


def test_in_grace_the_paid_days_are_over_and_leaving_is_today() -> None:
    term = contract(days_left=-3, state=TermState.GRACE)

    confirmed = cancelling.confirm(starts(term).pk, at=AT, by=BY)

    term.refresh_from_db()
    assert (term.state, term.closed_on) == ("cancelled", AS_OF)
    assert (confirmed.stop, confirmed.ends_on) == (Stop.AT_ONCE, AS_OF)


def test_undone_until_the_end_in_one_step_and_renewal_stays_off() -> None:
    """R-A-084, G07 (H7): undoing is no churn and no save."""
    term = contract(days_left=30, auto_renew=True)
    attempt = starts(term)
    cancelling.confirm(attempt.pk, at=AT, by=BY)

    cancelling.undo(term.pk, at=at_on(day(29)), by=BY)
    cancelling.undo(term.pk, at=at_on(day(29)), by=BY)

    term.refresh_from_db()
    attempt.refresh_from_db()
    term.subscription.refresh_from_db()
    assert term.state == TermState.RUNNING
    assert (attempt.state, attempt.undone_on) == (CancellationState.CONFIRMED, day(29))
    assert term.subscription.auto_renew is False
    assert confirmed_cancellation(term.pk) is None
    assert Entry.objects.filter(kind="cancel.undone").count() == 1


def test_after_the_end_nothing_is_undone() -> None:
    term = contract(days_left=30)
    cancelling.confirm(starts(term).pk, at=AT, by=BY)

    with pytest.raises(CancellationIsFinal):
        cancelling.undo(term.pk, at=at_on(day(30)), by=BY)

    assert Entry.objects.filter(kind="cancel.undone").count() == 0


def test_what_is_over_or_leaving_already_is_not_started_again() -> None:
    gone, leaving = contract(state=TermState.LAPSED, days_left=-40), contract()
    cancelling.confirm(starts(leaving).pk, at=AT, by=BY)

    with pytest.raises(NothingToCancel):
        starts(gone)
    with pytest.raises(AlreadyLeaving):
        starts(leaving)

    assert Cancellation.objects.count() == 1


def test_the_ladder_remembers_over_visits_and_shows_one_a_visit() -> None:
    """CXL-01: 20 % off the list first; later 12 months for the price of 12, with 3 on top."""
    term = contract(days_left=60)

    first = visits(term)
    again = cancelling.show_offer(Cancellation.objects.get().pk, at=AT, by=BY)
    cancelling.keep_service(Cancellation.objects.get().pk, at=AT, by=BY)
    later = visits(term, at=at_on(day(20)))

    assert first is not None
    assert again is not None
    assert later is not None
    assert (first.save_id, first.price_minor, first.months) == ("first_visit", 85_536, 12)
    assert (first.pk, first.now_minor) == (again.pk, LIST)
    assert (later.save_id, later.price_minor, later.months) == ("later_visit", LIST, 15)


def test_an_accepted_price_is_a_promise_for_the_next_term() -> None:
    term = contract()
    offer = visits(term)
    assert offer is not None

    kept = cancelling.accept_offer(offer.cancellation_id, at=AT, by=BY)
    cancelling.accept_offer(offer.cancellation_id, at=AT, by=BY)

    term.refresh_from_db()
    held = promised(term.subscription_id, on=day(30))
    assert (kept.state, term.state) == (CancellationState.KEPT, TermState.RUNNING)
    assert held is not None
    assert (held.pk, held.discount_share, held.valid_until) == (offer.pk, Decimal("0.2"), day(30))
    assert Entry.objects.filter(kind="cancel.kept").count() == 1


def test_confirming_declines_the_offer_in_the_same_click() -> None:
    """R-A-081: no click of its own for saying no."""
    offer = visits(contract())
    assert offer is not None

    cancelling.confirm(offer.cancellation_id, at=AT, by=BY)

    offer.refresh_from_db()
    assert (offer.state, offer.answered_at) == (SaveAnswer.DECLINED, AT)
    with pytest.raises(IllegalMove):
        cancelling.keep_service(offer.cancellation_id, at=AT, by=BY)


def test_an_open_fault_is_repaired_first_with_days_on_top() -> None:
    """TOP-11: accepted, the term is seven days longer and somebody calls, once."""
    term = contract(days_left=30)
    a_ticket(account=term.account, subscription=term.subscription)
    offer = visits(term, reason="price")
    assert offer is not None

    cancelling.accept_offer(offer.cancellation_id, at=AT, by=BY)

    term.refresh_from_db()
    todo = ToDo.objects.get(term=term)
    assert (offer.save_id, term.ends_on, term.extended_days) == ("repair_first", day(37), 7)
    assert (todo.kind, todo.reasons[0]["en"][:17]) == ("call", "Accepted “repaired"[:17])


def test_over_price_the_smaller_plan_comes_with_the_next_term(either_database: str) -> None:
    """CXL-02: offered for that reason alone; nothing changes before the end of the term."""
    smaller = a_plan_version(plan=a_plan(tier_rank=1), prices={12: 58_800})
    term = contract(days_left=30)
    offer = visits(term, reason="price")
    assert offer is not None

    cancelling.accept_offer(offer.cancellation_id, at=AT, by=BY)

    quote = quote_renewal(term.pk, on=AS_OF)
    term.refresh_from_db()
    assert (offer.save_id, offer.price_minor) == ("smaller_plan", 58_800)
    assert (quote.plan_version_id, term.plan_version_id != smaller.pk) == (smaller.pk, True)


def test_whoever_saw_the_smaller_plan_before_is_offered_a_pause() -> None:
    """The end moves by the days of rest, and the service goes on by itself."""
    term = contract(plan_version=a_plan_version(plan=a_plan(tier_rank=1)), days_left=100)
    offer = visits(term, reason="not_used")
    assert offer is not None

    cancelling.accept_offer(offer.cancellation_id, at=AT, by=BY)

    term.refresh_from_db()
    term.subscription.refresh_from_db()
    assert (offer.save_id, term.ends_on) == ("pause", day(190))
    assert term.subscription.resumes_on == day(90)


def test_a_pause_that_the_catalogue_does_not_allow_is_not_offered() -> None:
    """120 days a year at most: after 60 days of rest, 90 more are too many."""
    term = contract(plan_version=a_plan_version(plan=a_plan(tier_rank=1)), days_left=200)
    pause(Rest(term.subscription_id, day(-100), 60), at=AT, by=BY)
    resume(term.subscription_id, on=day(-40), at=AT, by=BY)

    visits(term, reason="not_used")

    assert whys(term)["pause"] == "not_possible"


def test_a_term_that_was_extended_before_is_not_promised_days_again() -> None:
    """What the offer says must come true: the end of a term moves once."""
    term = contract(extended_days=7)
    a_ticket(account=term.account, subscription=term.subscription)

    assert visits(term) is None
    assert whys(term)["repair_first"] == "not_possible"


@pytest.mark.parametrize(
    ("account", "how", "why"),
    [
        ({"country": "DE"}, {}, "jurisdiction"),
        ({"country": "CN"}, {"is_porting": True}, "porting"),
        ({"in_holdout": True}, {}, "holdout"),
    ],
)
def test_where_no_offer_may_be_shown_none_is(
    account: dict[str, object], how: dict[str, object], why: str
) -> None:
    """R-A-018, R-A-056, R-A-086: and the console can say why."""
    term = contract(account=a_leaver(**account))  # type: ignore[arg-type]
    attempt = starts(term, **how)

    assert cancelling.show_offer(attempt.pk, at=AT, by=BY) is None
    assert set(whys(term).values()) == {why}
    assert SaveOffer.objects.count() == 0


def test_by_lot_some_see_no_offer_so_that_its_effect_can_be_measured() -> None:
    """R-A-086, G15: the visit says of which offer it is the comparison."""
    term = contract(account=a_leaver(held_out_of="first_visit"))

    assert visits(term) is None
    attempt = Cancellation.objects.get()
    assert (attempt.held_out_of, attempt.state) == ("first_visit", CancellationState.STARTED)
    assert whys(term)["first_visit"] == "offer_holdout"


def test_somebody_on_a_low_price_is_not_offered_a_higher_one() -> None:
    """STD-05: 550.00 a year now; 20 % off the list of 1,069.20 would be 855.36."""
    term = contract(price_minor=55_000)

    assert visits(term) is None
    assert whys(term)["first_visit"] == "not_better"


def test_what_cannot_be_done_is_not_shown() -> None:
    """Whoever has the smallest plan has no smaller one."""
    plan = a_plan(tier_rank=1)
    term = contract(plan_version=a_plan_version(plan=plan))

    visits(term, reason="price")

    assert whys(term)["smaller_plan"] == "not_possible"
