"""R-Y-024, R-Y-025, R-Y-027, R-Y-028: 委托代扣, its announcements and its hours. Golden G26."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.payments.provider import NotNow
from tenure.act.payments.providers.wechat import rules
from tenure.act.payments.values import (
    About,
    AgreementCharge,
    AgreementRequest,
    AgreementStatus,
    DeductionWindow,
    HandOffKind,
    PeriodUnit,
    PreNotice,
    Status,
)
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.faults import Fault
from tests.act.payments.providers.benches import Bench, in_beijing
from tests.act.payments.providers.test_wechat import gateway_of

DUE = date(2026, 12, 10)
NINETY_NINE = Money(9_900, "CNY")


def a_request(bench: Bench, **given_: Any) -> AgreementRequest:
    plain: dict[str, Any] = {
        "number": f"A{bench.number()[9:]}",
        "subject": "宽带自动续费",
        "shown_to_payer": "张* 8812",
        "limit": Money(20_000, "CNY"),
        "every": 1,
        "unit": PeriodUnit.MONTH,
        "first_on": DUE,
        "return_url": "http://127.0.0.1:9/done",
        "notify_url": bench.hook.url,
    }
    return AgreementRequest(**(plain | given_))


def signed(bench: Bench) -> str:
    """The id of a mandate that a customer signed."""
    request = a_request(bench)
    bench.provider.sign_agreement(request, at=clock.now())
    bench.gateway.sign(request.number)
    bench.settled()
    return bench.provider.query_agreement(request.number, at=clock.now()).agreement_id


def a_deduction(bench: Bench, agreement_id: str, **given_: Any) -> AgreementCharge:
    plain: dict[str, Any] = {
        "number": bench.number(),
        "agreement_id": agreement_id,
        "amount": NINETY_NINE,
        "subject": "宽带 2026-12",
        "notify_url": bench.hook.url,
        "estimated": NINETY_NINE,
        "window": DeductionWindow(date(2026, 12, 10), date(2026, 12, 17)),
    }
    return AgreementCharge(**(plain | given_))


def announced(bench: Bench, agreement_id: str, *, on: str = "2026-12-08 10:00") -> DeductionWindow:
    with time_machine.travel(in_beijing(on)):
        notice = PreNotice(agreement_id, NINETY_NINE, DUE)
        told = bench.provider.pre_notify(notice, at=clock.now())
    assert told is not None
    return told.window


def test_a_mandate_is_signed_on_wechats_page_and_told(wechat: Bench) -> None:
    """R-Y-027: the signing notification, and the same from a query."""
    request = a_request(wechat)

    hand_off = wechat.provider.sign_agreement(request, at=clock.now())
    before = wechat.provider.query_agreement(request.number, at=clock.now())
    wechat.gateway.sign(request.number)
    wechat.settled()
    after = wechat.provider.query_agreement(request.number, at=clock.now())

    assert hand_off.kind is HandOffKind.REDIRECT
    assert before.status is AgreementStatus.PENDING
    assert after.status is AgreementStatus.ACTIVE
    (notice,) = wechat.hook.notices
    assert (notice.about, notice.number) == (About.AGREEMENT, request.number)
    assert notice.agreement_status is AgreementStatus.ACTIVE
    assert notice.agreement_id == after.agreement_id != ""
    assert notice.merchant == wechat.provider.merchant


def test_a_release_by_the_customer_is_told(wechat: Bench) -> None:
    """R-Y-027: the user may release in WeChat at any time."""
    request = a_request(wechat)
    wechat.provider.sign_agreement(request, at=clock.now())
    wechat.gateway.sign(request.number)
    wechat.settled()

    wechat.gateway.release(request.number)
    wechat.settled()

    assert [one.agreement_status for one in wechat.hook.notices] == [
        AgreementStatus.ACTIVE,
        AgreementStatus.ENDED,
    ]


def test_ending_a_mandate_twice_does_no_more_than_once(wechat: Bench) -> None:
    request = a_request(wechat)
    wechat.provider.sign_agreement(request, at=clock.now())
    wechat.gateway.sign(request.number)
    found = wechat.provider.query_agreement(request.number, at=clock.now())

    for _ in range(2):
        wechat.provider.terminate_agreement(
            request.number, at=clock.now(), agreement_id=found.agreement_id
        )
    wechat.settled()

    after = wechat.provider.query_agreement(request.number, at=clock.now())
    assert after.status is AgreementStatus.ENDED
    assert after.ended_at is not None
    assert len(wechat.hook.notices) == 2


def test_an_announcement_on_t_may_be_deducted_from_t_plus_2_to_t_plus_8(wechat: Bench) -> None:
    """G26: due 2026-12-10, N = 7."""
    window = announced(wechat, signed(wechat))

    assert window == DeductionWindow(date(2026, 12, 10), date(2026, 12, 17))
    assert rules.notice_days(DUE, deduct_days=7) == DeductionWindow(
        date(2026, 12, 2), date(2026, 12, 9)
    )


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 7), st.integers(-12, 3))
def test_a_day_is_for_announcing_exactly_when_the_due_day_is_then_for_deducting(
    due_on: date, deduct_days: int, offset: int
) -> None:
    day = due_on + timedelta(days=offset)

    may_announce = rules.notice_days(due_on, deduct_days=deduct_days).holds(day)
    may_deduct = rules.window_of(day, deduct_days=deduct_days).holds(due_on)

    assert may_announce is may_deduct


@pytest.mark.parametrize("on", ["2026-12-01 10:00", "2026-12-09 10:00", "2026-12-10 10:00"])
def test_an_announcement_that_does_not_reach_the_due_day_is_refused(wechat: Bench, on: str) -> None:
    """R-Y-025: due day in [T+2, T+1+N]."""
    agreement_id = signed(wechat)
    calls = len(wechat.gateway.calls)

    with pytest.raises(NotNow, match="2026-12-10"):
        announced(wechat, agreement_id, on=on)

    assert len(wechat.gateway.calls) == calls


@pytest.mark.parametrize(
    ("clock_time", "is_taken"),
    [("06:59", False), ("07:00", True), ("21:59", True), ("22:00", False), ("03:00", False)],
)
def test_announcements_keep_to_the_hours_of_beijing(
    wechat: Bench, clock_time: str, is_taken: bool
) -> None:
    """R-Y-025: 07:00 to 22:00, wherever the server stands."""
    agreement_id = signed(wechat)

    if is_taken:
        announced(wechat, agreement_id, on=f"2026-12-08 {clock_time}")
    else:
        with pytest.raises(NotNow, match="Beijing"):
            announced(wechat, agreement_id, on=f"2026-12-08 {clock_time}")
    announcements = [one for one in wechat.gateway.calls if one.path.endswith("/notify")]
    assert len(announcements) == int(is_taken)


def test_a_deduction_is_pending_when_taken_and_succeeds_by_notification(wechat: Bench) -> None:
    """R-Y-024: a 2xx of apply is never a success."""
    agreement_id = signed(wechat)
    window = announced(wechat, agreement_id)
    charge = a_deduction(wechat, agreement_id, window=window)

    with time_machine.travel(in_beijing("2026-12-10 08:00")):
        taken = wechat.provider.charge_agreement(charge, at=clock.now())
        wechat.settled()

    assert taken.status is Status.PENDING
    last = wechat.hook.notices[-1]
    assert (last.number, last.status) == (charge.number, Status.SUCCEEDED)


def test_the_same_deduction_asked_twice_is_made_once(wechat: Bench) -> None:
    agreement_id = signed(wechat)
    charge = a_deduction(wechat, agreement_id, window=announced(wechat, agreement_id))
    wechat.hook.forget()

    with time_machine.travel(in_beijing("2026-12-10 08:00")):
        for _ in range(2):
            wechat.provider.charge_agreement(charge, at=clock.now())
        wechat.settled()

    assert len(wechat.hook.notices) == 1


@pytest.mark.parametrize("on", ["2026-12-10 06:59", "2026-12-10 22:00", "2026-12-11 00:30"])
def test_deductions_keep_to_the_hours_of_beijing(wechat: Bench, on: str) -> None:
    """R-Y-025."""
    agreement_id = signed(wechat)
    charge = a_deduction(wechat, agreement_id, window=announced(wechat, agreement_id))

    with time_machine.travel(in_beijing(on)), pytest.raises(NotNow, match="Beijing"):
        wechat.provider.charge_agreement(charge, at=clock.now())

    assert charge.number not in wechat.gateway.book.deals


@pytest.mark.parametrize("on", ["2026-12-09 10:00", "2026-12-17 10:00"])
def test_a_deduction_outside_its_days_is_refused(wechat: Bench, on: str) -> None:
    agreement_id = signed(wechat)
    charge = a_deduction(wechat, agreement_id, window=announced(wechat, agreement_id))

    with time_machine.travel(in_beijing(on)), pytest.raises(NotNow, match="2026-12-16"):
        wechat.provider.charge_agreement(charge, at=clock.now())

    assert charge.number not in wechat.gateway.book.deals


def test_more_than_was_announced_is_never_deducted(wechat: Bench) -> None:
    """R-Y-025: amount ≤ estimated."""
    agreement_id = signed(wechat)
    window = announced(wechat, agreement_id)
    charge = a_deduction(wechat, agreement_id, window=window, amount=Money(9_901, "CNY"))

    with time_machine.travel(in_beijing("2026-12-10 08:00")), pytest.raises(NotNow, match="above"):
        wechat.provider.charge_agreement(charge, at=clock.now())

    assert charge.number not in wechat.gateway.book.deals


def test_less_than_was_announced_may_be_deducted(wechat: Bench) -> None:
    agreement_id = signed(wechat)
    window = announced(wechat, agreement_id)
    charge = a_deduction(wechat, agreement_id, window=window, amount=Money(1, "CNY"))

    with time_machine.travel(in_beijing("2026-12-16 21:59")):
        taken = wechat.provider.charge_agreement(charge, at=clock.now())

    assert taken.status is Status.PENDING


@pytest.mark.parametrize("left_out", ["window", "estimated"])
def test_what_was_not_announced_is_not_deducted(wechat: Bench, left_out: str) -> None:
    """R-A-013: no delivered notice, no deduction."""
    charge = a_deduction(wechat, signed(wechat), **{left_out: None})

    with time_machine.travel(in_beijing("2026-12-10 08:00")), pytest.raises(NotNow):
        wechat.provider.charge_agreement(charge, at=clock.now())

    assert charge.number not in wechat.gateway.book.deals


def test_above_the_templates_limit_nothing_is_announced(wechat: Bench) -> None:
    """R-Y-028: over the limit goes to manual renewal before the notice is sent."""
    notice = PreNotice(signed(wechat), Money(50_001, "CNY"), DUE)

    with time_machine.travel(in_beijing("2026-12-08 10:00")), pytest.raises(NotNow, match="limit"):
        wechat.provider.pre_notify(notice, at=clock.now())


def test_a_deduction_without_an_answer_is_unknown_and_found_by_asking(wechat: Bench) -> None:
    """R-Y-012."""
    agreement_id = signed(wechat)
    charge = a_deduction(wechat, agreement_id, window=announced(wechat, agreement_id))

    with time_machine.travel(in_beijing("2026-12-10 08:00")):
        wechat.gateway.faults.arm(Fault.DROP_ANSWER)
        tried = wechat.provider.charge_agreement(charge, at=clock.now())
        found = wechat.provider.query(charge.number, at=clock.now())

    assert tried.status is Status.UNKNOWN
    assert found.status is Status.SUCCEEDED


def test_a_declined_deduction_says_why_and_may_be_tried_again(wechat: Bench) -> None:
    agreement_id = signed(wechat)
    charge = a_deduction(wechat, agreement_id, window=announced(wechat, agreement_id))
    gateway_of(wechat).mandates.declines.append("NOTENOUGH")

    with time_machine.travel(in_beijing("2026-12-10 08:00")):
        wechat.provider.charge_agreement(charge, at=clock.now())
        declined = wechat.provider.query(charge.number, at=clock.now())
        again = a_deduction(wechat, agreement_id, window=charge.window)
        wechat.provider.charge_agreement(again, at=clock.now())
        paid = wechat.provider.query(again.number, at=clock.now())

    assert (declined.status, declined.decline_code) == (Status.FAILED, "insufficient_funds")
    assert paid.status is Status.SUCCEEDED


def test_a_deduction_under_an_ended_mandate_has_failed(wechat: Bench) -> None:
    agreement_id = signed(wechat)
    window = announced(wechat, agreement_id)
    number = next(
        one.number
        for one in wechat.gateway.book.contracts.values()
        if one.contract_id == agreement_id
    )
    wechat.gateway.release(number)

    with time_machine.travel(in_beijing("2026-12-10 08:00")):
        charge = a_deduction(wechat, agreement_id, window=window)
        found = wechat.provider.charge_agreement(charge, at=clock.now())

    assert (found.status, found.decline_code) == (Status.FAILED, "agreement_ended")
