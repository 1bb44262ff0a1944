"""Plans, seats and add-ons change in the middle of a term: what is quoted is what is written."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.records.billing.credits.queries import balance
from tenure.records.billing.models import Payment
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.refunds import RefundMode
from tenure.records.catalog.models import Plan, PlanVersion
from tenure.records.catalog.rules import UnknownAddOn
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.actions import (
    Attach,
    CoTerm,
    Detach,
    GiveBack,
    MoreSeats,
    PlanChange,
    add_seats,
    apply_due_changes,
    attach_addon,
    change_plan,
    close_overdue,
    co_term,
    detach_addon,
    end_with_refund,
    remove_seats,
    renew,
    withdraw_change,
)
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.models import (
    Attachment,
    ChangeKind,
    PlannedChange,
    Subscription,
    Term,
    TermLine,
)
from tenure.records.subscriptions.quoting.queries import (
    quote_add_on,
    quote_co_term,
    quote_detach,
    quote_plan_change,
    quote_refund,
    quote_renewal,
    quote_seats,
)
from tenure.records.subscriptions.quoting.values import (
    AddOnThere,
    CannotWithdraw,
    DoesNotGoWith,
    NoSeats,
    RenewalChoice,
    RenewedAlready,
)
from tenure.records.subscriptions.rules import PaidBy, Purchase
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_plan, a_plan_version, a_term, day

BY = "customer"


@pytest.fixture
def sold(either_database: str) -> str:
    """The broadband catalogue is on sale."""
    apply(PRESETS / "broadband", by="test", at=AT)
    return either_database


def of(plan_code: str, **wanted: object) -> Term:
    version = PlanVersion.objects.get(plan__code=plan_code)
    wanted = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), **wanted}
    return a_term(plan_version=version, price_minor=74_520, **wanted)  # type: ignore[arg-type]


def lines_of(term: Term) -> list[int]:
    found = TermLine.objects.filter(term=term).exclude(once_key=f"term:{term.pk}")
    return list(found.order_by("pk").values_list("amount_minor", flat=True))


def amounts(bill: Bill) -> list[int]:
    return [one.amount.amount_minor for one in bill.lines]


def test_an_upgrade_is_charged_as_it_was_quoted(sold: str) -> None:
    """CAT-04, R-Y-066, R-Y-067: 200 of 365 days are left."""
    term = of("home_300")
    quote = quote_plan_change(term.pk, "home_1000", on=AS_OF)
    assert quote.bill is not None

    paid_by = PaidBy("test", "p1", "wechat")
    changed = change_plan(PlanChange(term.pk, "home_1000", AS_OF, paid_by=paid_by), at=AT, by=BY)
    again = change_plan(PlanChange(term.pk, "home_1000", AS_OF), at=AT, by=BY)

    assert amounts(quote.bill)[0] == -40_833  # 745.20 × 200 ÷ 365
    assert lines_of(term) == amounts(quote.bill)
    assert changed.term.plan_version.plan.code == "home_1000"
    assert again.term.pk == changed.term.pk
    assert Payment.objects.get().amount_minor == quote.bill.total.amount_minor
    assert Entry.objects.filter(kind="subscription.plan_changed").count() == 1
    # The value in force is that of a whole year of the new plan (G02).
    whole = quote_renewal(term.pk, on=AS_OF).bill.total
    assert changed.term.price_minor == whole.amount_minor
    assert Subscription.objects.get().plan_version_id == changed.term.plan_version_id


def test_a_second_upgrade_gives_back_what_the_first_one_charged(sold: str) -> None:
    term = of("home_100")

    change_plan(PlanChange(term.pk, "home_300", AS_OF), at=AT, by=BY)
    first = TermLine.objects.get(kind="plan_rest")
    quote = quote_plan_change(term.pk, "home_1000", on=day(100))
    change_plan(PlanChange(term.pk, "home_1000", day(100)), at=AT, by=BY)

    assert quote.bill is not None
    # Half of the 200 days that were charged are left: of the term's own line 100 of 365.
    assert amounts(quote.bill)[0] == -Money(first.amount_minor, "CNY").percent_off(50).amount_minor
    first.refresh_from_db()
    assert first.closed_on == day(100)
    credits = TermLine.objects.filter(kind="credit").order_by("pk")
    assert [one.closes_id for one in credits] == [
        TermLine.objects.get(once_key=f"term:{term.pk}").pk,
        first.pk,
    ]


def test_a_downgrade_waits_keeps_everything_and_can_be_taken_back(sold: str) -> None:
    """BIL-06, R-Y-067: read-only for 90 days, deleted is nothing."""
    term = of("home_300", starts_on=date(2025, 7, 1), ends_on=date(2026, 7, 1))

    planned = change_plan(PlanChange(term.pk, "home_100", AS_OF), at=AT, by=BY).planned
    assert planned is not None
    assert change_plan(PlanChange(term.pk, "home_100", AS_OF), at=AT, by=BY).planned == planned
    assert withdraw_change(term.subscription_id, ChangeKind.PLAN, on=AS_OF, at=AT, by=BY)
    assert not withdraw_change(term.subscription_id, ChangeKind.PLAN, on=AS_OF, at=AT, by=BY)
    change_plan(PlanChange(term.pk, "home_100", AS_OF), at=AT, by=BY)
    quote = quote_renewal(term.pk, on=AS_OF)
    new = renew(quote.purchase(), at=AT, by=BY)

    assert quote.bill.total == Money(52_920, "CNY")  # 12 × 49.00 − 10 %
    assert new.plan_version.plan.code == "home_100"
    before = {one.code: one for one in in_force(term.subscription_id, on=date(2026, 6, 30))}
    assert before["download"].quantity == 300
    assert apply_due_changes(as_of=date(2026, 6, 30), at=AT).applied == 0
    assert apply_due_changes(as_of=date(2026, 7, 1), at=AT).applied == 1
    assert apply_due_changes(as_of=date(2026, 7, 1), at=AT).applied == 0
    after = {one.code: one for one in in_force(term.subscription_id, on=date(2026, 7, 1))}
    assert (after["download"].quantity, after["download"].had) == (100, 300)
    assert after["cloud_space"].read_only_until == date(2026, 9, 29)
    late = {one.code: one for one in in_force(term.subscription_id, on=date(2026, 9, 29))}
    assert late["cloud_space"].read_only_until is None


def test_a_planned_change_counts_also_for_who_renews_in_bulk_and_falls_with_a_lapse(
    sold: str,
) -> None:
    stays = of("home_300", starts_on=date(2025, 7, 1), ends_on=date(2026, 7, 1))
    goes = of("home_300", starts_on=date(2025, 7, 1), ends_on=date(2026, 7, 1))
    for one in (stays, goes):
        change_plan(PlanChange(one.pk, "home_100", AS_OF), at=AT, by=BY)

    new = renew(Purchase(stays.pk, day(1)), at=AT, by=BY)
    with pytest.raises(RenewedAlready):
        withdraw_change(stays.subscription_id, ChangeKind.PLAN, on=day(2), at=AT, by=BY)
    close_overdue(as_of=date(2026, 8, 1), at=AT)
    applied = apply_due_changes(as_of=date(2026, 8, 1), at=AT)

    assert new.plan_version.plan.code == "home_100"
    assert (applied.applied, applied.dropped) == (1, 1)
    fallen = PlannedChange.objects.get(subscription=goes.subscription)
    assert fallen.withdrawn_on == date(2026, 8, 1)


def test_seats_come_now_and_go_at_the_end(sold: str) -> None:
    """BIL-04."""
    term = of("home_300", quantity=3)
    bill = quote_seats(term.pk, 2, on=AS_OF)

    wanted = MoreSeats(term.pk, 2, AS_OF, key="ord_1")
    add_seats(wanted, at=AT, by=BY)
    add_seats(wanted, at=AT, by=BY)
    planned = remove_seats(term.pk, fewer=4, on=day(1), at=AT, by=BY)

    assert lines_of(term) == amounts(bill)
    assert Subscription.objects.get().quantity == 5
    assert Term.objects.get(pk=term.pk).price_minor == 5 * 74_520
    assert planned.quantity == 1
    assert quote_renewal(term.pk, on=day(2)).bill.total == Money(74_520, "CNY")
    with pytest.raises(NoSeats):
        remove_seats(term.pk, fewer=5, on=day(1), at=AT, by=BY)


def test_an_upgrade_gives_back_the_seats_that_were_added(sold: str) -> None:
    """Both lines are given back: 745.20 of the term, and the two seats' own charge."""
    term = of("home_300")
    seats = quote_seats(term.pk, 2, on=AS_OF).total.amount_minor
    add_seats(MoreSeats(term.pk, 2, AS_OF, key="s"), at=AT, by=BY)

    quote = quote_plan_change(term.pk, "home_1000", on=day(100))
    change_plan(PlanChange(term.pk, "home_1000", day(100)), at=AT, by=BY)

    assert quote.bill is not None
    assert amounts(quote.bill)[:2] == [
        -20_416,  # 745.20 × 100 ÷ 365
        -Money(seats, "CNY").percent_off(50).amount_minor,
    ]
    assert quote.bill.lines[2].quantity == 3
    assert TermLine.objects.filter(closed_on=day(100)).count() == 2


def test_ending_early_gives_back_what_is_left(sold: str) -> None:
    """R-A-016: by the day; within seven days of a first purchase the whole principal."""
    term = of("home_300")
    attach_addon(Attach(term.pk, "mesh_wifi", AS_OF, key="m"), at=AT, by=BY)
    fresh = of("home_300", starts_on=day(-7), ends_on=day(358))
    late = of("home_300", starts_on=day(-8), ends_on=day(357))

    bill = quote_refund(term.pk, on=day(100))
    ended = end_with_refund(GiveBack(term.pk, day(100), is_to_balance=True), at=AT, by=BY)
    end_with_refund(GiveBack(term.pk, day(100), is_to_balance=True), at=AT, by=BY)
    whole = quote_refund(fresh.pk, on=AS_OF, mode=RefundMode.CN_PREPAID_7D)
    with pytest.raises(CannotWithdraw):
        quote_refund(late.pk, on=AS_OF, mode=RefundMode.CN_PREPAID_7D)

    assert amounts(bill) == [-20_416, -4_932]
    assert (ended.state, ended.closed_on) == (TermState.CANCELLED, day(100))
    assert balance(term.account_id, currency="CNY") == Money(25_348, "CNY")
    assert whole.total == Money(-74_520, "CNY")


def test_an_add_on_is_prorated_renewed_and_given_back(sold: str) -> None:
    """CAT-03: attach and detach with proration; the rest goes to the balance (R-Y-066)."""
    term = of("home_300")
    bill = quote_add_on(term.pk, "mesh_wifi", on=AS_OF)

    attached = attach_addon(Attach(term.pk, "mesh_wifi", AS_OF, key="ord_2"), at=AT, by=BY)
    again = attach_addon(Attach(term.pk, "mesh_wifi", AS_OF, key="ord_2"), at=AT, by=BY)

    assert again.pk == attached.pk
    assert amounts(bill) == [9_863]  # 12 × 15.00 × 200 ÷ 365
    assert lines_of(term) == [9_863]
    codes = {one.code for one in in_force(term.subscription_id, on=AS_OF)}
    assert "mesh_points" in codes
    renewal = quote_renewal(term.pk, on=AS_OF).bill
    assert amounts(renewal) == [74_520, 18_000]
    with pytest.raises(AddOnThere):
        quote_add_on(term.pk, "mesh_wifi", on=AS_OF)

    back = quote_detach(term.pk, "mesh_wifi", on=day(100))
    detach_addon(Detach(term.pk, "mesh_wifi", day(100), is_at_once=True), at=AT, by=BY)
    detach_addon(Detach(term.pk, "mesh_wifi", day(100), is_at_once=True), at=AT, by=BY)

    assert amounts(back) == [-4_932]  # 98.63 × 100 ÷ 200
    assert balance(term.account_id, currency="CNY") == Money(4_932, "CNY")
    codes = {one.code for one in in_force(term.subscription_id, on=day(100))}
    assert "mesh_points" not in codes


def test_a_renewal_carries_its_add_ons_and_uses_the_balance(sold: str) -> None:
    term = of("home_300")
    attach_addon(Attach(term.pk, "cloud_200", AS_OF, key="k"), at=AT, by=BY)
    attach_addon(Attach(term.pk, "mesh_wifi", AS_OF, key="m"), at=AT, by=BY)
    detach_addon(Detach(term.pk, "mesh_wifi", AS_OF, is_at_once=True), at=AT, by=BY)
    owed = balance(term.account_id, currency="CNY")

    quote = quote_renewal(term.pk, RenewalChoice(use_balance=True), on=AS_OF)
    new = renew(quote.purchase(paid_by=PaidBy("test", "p")), at=AT, by=BY)

    assert owed == Money(9_863, "CNY")
    assert quote.bill.total == Money(74_520 + 9_600 - 9_863, "CNY")
    assert Payment.objects.get().amount_minor == quote.bill.total.amount_minor
    assert balance(term.account_id, currency="CNY") == Money.zero("CNY")
    line = TermLine.objects.get(term=new)
    assert (line.code, line.amount_minor, line.ends_on) == ("cloud_200", 9_600, new.ends_on)
    assert new.tax_minor == 6_153  # 745.20 − 745.20 ÷ 1.09


def test_an_add_on_that_does_not_fit_is_refused(sold: str) -> None:
    term = of("home_1000")

    with pytest.raises(DoesNotGoWith):
        attach_addon(Attach(term.pk, "cloud_200", AS_OF, key="k"), at=AT, by=BY)
    with pytest.raises(UnknownAddOn, match="mesh_wifi"):
        attach_addon(Attach(term.pk, "mesh_wify", AS_OF, key="k"), at=AT, by=BY)

    assert Attachment.objects.count() == 0
    assert TermLine.objects.count() == 0


def test_terms_are_joined_at_the_price_that_was_quoted(sold: str) -> None:
    """TOP-17: one bill, each line a term of its own; done twice, nothing more."""
    terms = [of("home_300", ends_on=date(2026, month, 1)) for month in (7, 8, 9)]
    ids = [one.pk for one in terms]
    until = date(2027, 1, 1)
    quote = quote_co_term(ids, until=until, on=AS_OF)

    joined = co_term(CoTerm(ids, until, AS_OF), at=AT, by=BY)
    again = co_term(CoTerm(ids, until, AS_OF), at=AT, by=BY)

    assert [one.price_minor for one in joined] == amounts(quote.bill)
    assert [one.ends_on for one in joined] == [until] * 3
    assert [one.pk for one in again] == [one.pk for one in joined]
    assert Term.objects.count() == 6


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    days=st.integers(0, 364),
    plan=st.sampled_from(["home_300", "home_1000"]),
    seats=st.integers(1, 4),
    price_minor=st.integers(0, 200_000),
)
def test_preview_is_charge(db: None, days: int, plan: str, seats: int, price_minor: int) -> None:
    """R-Y-066: whatever the day and the price, the lines are those of the quote."""
    if not Plan.objects.filter(code=plan).exists():
        a_plan_version(plan=a_plan(code="home_300", tier_rank=3), prices={12: 82_800})
        a_plan_version(plan=a_plan(code="home_1000", tier_rank=4), prices={12: 118_800})
    on = date(2026, 1, 1) + timedelta(days=days)
    term = a_term(
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
        price_minor=price_minor,
        quantity=seats,
    )
    more = quote_seats(term.pk, seats, on=on)
    add_seats(MoreSeats(term.pk, seats, on, key=f"s{term.pk}"), at=AT, by=BY)
    quote = quote_plan_change(term.pk, plan, on=on)
    assert quote.bill is not None

    change_plan(PlanChange(term.pk, plan, on), at=AT, by=BY)

    assert lines_of(term) == amounts(more) + amounts(quote.bill)
    assert quote.bill.lines[-1].quantity == 2 * seats
    owed = quote.bill.to_credit
    assert balance(term.account_id, currency="CNY") == owed
