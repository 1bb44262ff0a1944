"""R-Y-026: 预约扣费, the mode of one deduction that is reserved on the day before."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
import time_machine

from tenure.act.collecting.rules import announce_on, announcement_days
from tenure.act.payments.configuration import BadPaymentSettings, WechatAccount
from tenure.act.payments.provider import NotNow
from tenure.act.payments.providers.wechat.provider import WechatPay
from tenure.act.payments.values import AgreementStatus, DeductionWindow, PreNotice, Status
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.strategy.collecting import Announcement
from tests.act.payments.providers.benches import Bench, in_beijing
from tests.act.payments.providers.test_wechat_mandates import (
    DUE,
    NINETY_NINE,
    a_deduction,
    a_request,
)

EVE = "2026-12-09 10:00"


@pytest.fixture
def reserving(wechat: Bench) -> Bench:
    """The same gateway before a merchant whose template is one of 预约扣费."""
    account: Any = wechat.provider._account  # type: ignore[attr-defined]
    return replace(wechat, provider=WechatPay(replace(account, deduction_mode="reserve")))


def signed(bench: Bench) -> tuple[str, str]:
    """Our number and WeChat's id of a mandate that a customer signed."""
    request = a_request(bench)
    bench.provider.sign_agreement(request, at=clock.now())
    bench.gateway.sign(request.number)
    found = bench.provider.query_agreement(request.number, at=clock.now())
    return request.number, found.agreement_id


def reserved(bench: Bench, agreement_id: str, *, on: str = EVE) -> DeductionWindow:
    with time_machine.travel(in_beijing(on)):
        told = bench.provider.pre_notify(PreNotice(agreement_id, NINETY_NINE, DUE), at=clock.now())
    assert told is not None
    return told.window


def test_it_is_signed_with_the_day_and_the_amount(reserving: Bench) -> None:
    signed(reserving)

    call = next(one for one in reserving.gateway.calls if "pre-entrust-sign" in one.path)
    assert call.path == "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5"
    assert call.content["deduct_schedule"] == {
        "estimated_deduct_date": "2026-12-10",
        "estimated_deduct_amount": {"total": 20_000, "currency": "CNY"},
        "description": "宽带自动续费",
    }


def test_it_is_reserved_on_the_eve_and_taken_on_its_one_day(reserving: Bench) -> None:
    """Contract ends after success: what comes next is a renewal by hand."""
    number, agreement_id = signed(reserving)

    window = reserved(reserving, agreement_id)
    with time_machine.travel(in_beijing("2026-12-10 09:00")):
        charge = a_deduction(reserving, agreement_id, window=window)
        taken = reserving.provider.charge_agreement(charge, at=clock.now())
        reserving.settled()
        after = reserving.provider.query_agreement(number, at=clock.now())

    assert window == DeductionWindow(date(2026, 12, 10), date(2026, 12, 11))
    assert taken.status is Status.PENDING
    paid = [one for one in reserving.hook.notices if one.number == charge.number]
    assert [one.status for one in paid] == [Status.SUCCEEDED]
    assert after.status is AgreementStatus.ENDED


@pytest.mark.parametrize(
    ("on", "told"),
    [
        ("2026-12-08 10:00", "day before"),
        ("2026-12-10 10:00", "day before"),
        ("2026-12-09 07:59", "Beijing"),
        ("2026-12-09 19:30", "Beijing"),
    ],
)
def test_it_is_reserved_at_no_other_time(reserving: Bench, on: str, told: str) -> None:
    """08:00 to 19:30 of the day before the agreed date."""
    agreement_id = signed(reserving)[1]

    with pytest.raises(NotNow, match=told):
        reserved(reserving, agreement_id, on=on)

    assert [one for one in reserving.gateway.calls if one.path.endswith("/schedule")] == []


@pytest.mark.parametrize("amount_minor", [9_899, 9_901])
def test_the_amount_must_be_equal(reserving: Bench, amount_minor: int) -> None:
    agreement_id = signed(reserving)[1]
    window = reserved(reserving, agreement_id)
    amount = Money(amount_minor, "CNY")
    charge = a_deduction(reserving, agreement_id, window=window, amount=amount)

    with time_machine.travel(in_beijing("2026-12-10 09:00")), pytest.raises(NotNow):
        reserving.provider.charge_agreement(charge, at=clock.now())

    assert charge.number not in reserving.gateway.book.deals


def test_what_was_not_taken_ends_at_eight_on_the_next_day(reserving: Bench) -> None:
    number, agreement_id = signed(reserving)
    window = reserved(reserving, agreement_id)

    with time_machine.travel(in_beijing("2026-12-11 07:59")):
        before = reserving.provider.query_agreement(number, at=clock.now())
        charge = a_deduction(reserving, agreement_id, window=window)
        with pytest.raises(NotNow, match="2026-12-10"):
            reserving.provider.charge_agreement(charge, at=clock.now())
    with time_machine.travel(in_beijing("2026-12-11 08:00")):
        after = reserving.provider.query_agreement(number, at=clock.now())

    assert (before.status, after.status) == (AgreementStatus.ACTIVE, AgreementStatus.ENDED)


def test_the_gateway_takes_no_more_than_was_reserved(reserving: Bench, wechat: Bench) -> None:
    """The counterpart keeps the rule by itself: asked past the adapter, it refuses."""
    agreement_id = signed(reserving)[1]
    window = reserved(reserving, agreement_id)
    less = Money(1, "CNY")

    with time_machine.travel(in_beijing("2026-12-10 09:00")):
        charge = a_deduction(reserving, agreement_id, window=window, amount=less)
        found = wechat.provider.charge_agreement(charge, at=clock.now())

    assert found.status is Status.FAILED


def test_another_mode_is_no_setting(wechat: Bench) -> None:
    account: WechatAccount = wechat.provider._account  # type: ignore[attr-defined]

    with pytest.raises(BadPaymentSettings, match="announce or reserve"):
        replace(account, deduction_mode="surprise")


def test_the_collectors_calendar_reserves_on_the_eve() -> None:
    """The same data that plans announcements plans reservations: one day to wait, one to take."""
    rule = Announcement(
        provider="wechat",
        wait_days=1,
        open_days=1,
        opens=time(8),
        closes=time(19, 30),
        zone="Asia/Shanghai",
    )

    assert announce_on(rule, DUE, windows=[]) == date(2026, 12, 9)
    assert announcement_days(rule, DUE).earliest_on == date(2026, 12, 9)
