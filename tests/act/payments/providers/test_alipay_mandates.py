"""R-Y-034 to R-Y-036: Alipay's 周期扣款."""

from datetime import date
from typing import Any

import pytest
import time_machine

from tenure.act.payments.provider import NotNow, ProviderRefused
from tenure.act.payments.providers.alipay import rules
from tenure.act.payments.providers.alipay.provider import Alipay
from tenure.act.payments.values import About, AgreementStatus, PeriodUnit, PreNotice, Status
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.faults import Fault
from tests.act.payments.providers.benches import Bench, in_beijing
from tests.act.payments.providers.test_alipay import gateway_of, request_of, visit
from tests.act.payments.providers.test_wechat_mandates import a_deduction, a_request


def signed(bench: Bench, **given: Any) -> str:
    given = {"limit": Money(9_900, "CNY"), "first_on": date(2026, 12, 10)} | given
    request = a_request(bench, **given)
    visit(bench, bench.provider.sign_agreement(request, at=clock.now()).url)
    bench.gateway.sign(request.number)
    bench.settled()
    return bench.provider.query_agreement(request.number, at=clock.now()).agreement_id


def test_a_mandate_is_signed_on_alipays_page_and_told(alipay: Bench) -> None:
    """R-Y-034, R-Y-036."""
    request = a_request(alipay, limit=Money(9_900, "CNY"))

    url = alipay.provider.sign_agreement(request, at=clock.now()).url
    before = alipay.provider.query_agreement(request.number, at=clock.now())
    visit(alipay, url)
    alipay.gateway.sign(request.number)
    alipay.settled()
    after = alipay.provider.query_agreement(request.number, at=clock.now())

    assert before.status is AgreementStatus.PENDING
    assert (after.status, after.next_on) == (AgreementStatus.ACTIVE, date(2026, 12, 10))
    (notice,) = alipay.hook.notices
    assert (notice.about, notice.number) == (About.AGREEMENT, request.number)
    assert (notice.agreement_id, notice.agreement_status) == (
        after.agreement_id,
        AgreementStatus.ACTIVE,
    )
    assert notice.merchant == alipay.provider.merchant


def test_a_release_is_told_to_the_applications_gateway_only(alipay: Bench) -> None:
    """R-Y-036: the user's release does not come to the order's own address."""
    gateway_of(alipay).application_url = f"{alipay.hook.server.address}/hooks/alipay/gateway"
    agreement_id = signed(alipay)
    alipay.hook.forget()
    number = next(
        one.number
        for one in alipay.gateway.book.contracts.values()
        if one.contract_id == agreement_id
    )

    alipay.gateway.release(number)
    alipay.settled()

    assert [one.path for one in alipay.hook.requests] == ["/hooks/alipay/gateway"]
    assert [one.agreement_status for one in alipay.hook.notices] == [AgreementStatus.ENDED]


def test_ending_a_mandate_twice_does_no_more_than_once(alipay: Bench) -> None:
    agreement_id = signed(alipay)

    for _ in range(2):
        alipay.provider.terminate_agreement("", at=clock.now(), agreement_id=agreement_id)

    contract = alipay.gateway.book.contract_by_id(agreement_id)
    assert contract is not None
    found = alipay.provider.query_agreement(contract.number, at=clock.now())
    assert found.status is AgreementStatus.ENDED
    assert found.ended_at is not None


@pytest.mark.parametrize(("every", "is_taken"), [(6, False), (7, True), (30, True)])
def test_a_rhythm_in_days_is_a_week_at_least(alipay: Bench, every: int, is_taken: bool) -> None:
    """R-Y-035: DAY period ≥ 7."""
    given = {"every": every, "unit": PeriodUnit.DAY, "limit": Money(9_900, "CNY")}
    request = a_request(alipay, **given)

    if is_taken:
        visit(alipay, alipay.provider.sign_agreement(request, at=clock.now()).url)
    else:
        with pytest.raises(NotNow, match="week"):
            alipay.provider.sign_agreement(request, at=clock.now())


@pytest.mark.parametrize("day", [29, 30, 31])
def test_a_monthly_rhythm_is_executed_on_the_28th_at_the_latest(alipay: Bench, day: int) -> None:
    """R-Y-035: MONTH execute day ≤ 28; the anchors 29 to 31 are deducted a few days early."""
    signed(alipay, first_on=date(2026, 12, day))

    contract = list(alipay.gateway.book.contracts.values())[-1]
    assert contract.noted["next_on"] == "2026-12-28"
    assert rules.execute_on(date(2026, 12, day), unit=PeriodUnit.DAY).day == day


def test_the_gateway_itself_refuses_what_alipay_refuses(alipay: Bench) -> None:
    """R-Y-051: a fake that took everything would prove nothing."""
    wish = {
        "external_agreement_no": "A1",
        "period_rule_params": {
            "period_type": "MONTH",
            "period": 1,
            "execute_time": "2026-12-29",
            "single_amount": "1.00",
        },
    }
    line = alipay.provider._line  # type: ignore[attr-defined]
    url = line.page("alipay.user.agreement.page.sign", wish, at=clock.now())

    answer = alipay.gateway._answer(request_of(url))

    assert b"INVALID_PARAMETER" in answer.body


def test_above_the_limit_nothing_is_signed_and_nothing_deducted(alipay: Bench) -> None:
    agreement_id = signed(alipay)

    with pytest.raises(NotNow, match="limit"):
        alipay.provider.sign_agreement(a_request(alipay), at=clock.now())
    charge = a_deduction(alipay, agreement_id, amount=Money(10_001, "CNY"), window=None)
    with pytest.raises(NotNow, match="limit"):
        alipay.provider.charge_agreement(charge, at=clock.now())


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2026-12-06 23:59", Status.FAILED),
        ("2026-12-07 00:00", Status.SUCCEEDED),
        ("2026-12-10 23:59", Status.SUCCEEDED),
        ("2026-12-11 00:00", Status.FAILED),
    ],
)
def test_a_deduction_is_taken_from_three_days_early_up_to_its_date(
    alipay: Bench, on: str, status: Status
) -> None:
    """R-Y-035: outside, ACQ.CYCLE_PAY_DATE_NOT_MATCH."""
    agreement_id = signed(alipay)
    charge = a_deduction(alipay, agreement_id, window=None)

    with time_machine.travel(in_beijing(on)):
        found = alipay.provider.charge_agreement(charge, at=clock.now())

    assert found.status is status
    assert found.decline_code == ("outside_window" if status is Status.FAILED else "")
    window = rules.window_of(date(2026, 12, 10), early_days=3)
    assert window.holds(in_beijing(on).date()) is (status is Status.SUCCEEDED)


def test_a_success_moves_the_date_one_period_and_is_not_repeated(alipay: Bench) -> None:
    agreement_id = signed(alipay)
    charge = a_deduction(alipay, agreement_id, window=None)

    with time_machine.travel(in_beijing("2026-12-10 10:00")):
        first = alipay.provider.charge_agreement(charge, at=clock.now())
        again = alipay.provider.charge_agreement(charge, at=clock.now())
        other = a_deduction(alipay, agreement_id, window=None)
        second = alipay.provider.charge_agreement(other, at=clock.now())

    contract = alipay.gateway.book.contract_by_id(agreement_id)
    assert (first.status, again.provider_id) == (Status.SUCCEEDED, first.provider_id)
    assert (second.status, second.decline_code) == (Status.FAILED, "outside_window")
    assert contract is not None
    assert contract.noted["next_on"] == "2027-01-10"


def test_a_deduction_without_an_answer_is_unknown_and_found_by_asking(alipay: Bench) -> None:
    """R-Y-012."""
    charge = a_deduction(alipay, signed(alipay), window=None)

    with time_machine.travel(in_beijing("2026-12-10 10:00")):
        alipay.gateway.faults.arm(Fault.DROP_ANSWER)
        tried = alipay.provider.charge_agreement(charge, at=clock.now())
        found = alipay.provider.query(charge.number, at=clock.now())

    assert (tried.status, found.status) == (Status.UNKNOWN, Status.SUCCEEDED)


def test_a_declined_deduction_says_why_in_the_common_words(alipay: Bench) -> None:
    agreement_id = signed(alipay)
    gateway_of(alipay).mandates.declines.append("ACQ.BUYER_BALANCE_NOT_ENOUGH")

    with time_machine.travel(in_beijing("2026-12-10 10:00")):
        charge = a_deduction(alipay, agreement_id, window=None)
        found = alipay.provider.charge_agreement(charge, at=clock.now())

    assert (found.status, found.decline_code) == (Status.FAILED, "insufficient_funds")


def test_the_next_date_moves_later_and_never_earlier(alipay: Bench) -> None:
    """R-Y-034: executionplan.modify."""
    agreement_id = signed(alipay)
    assert isinstance(alipay.provider, Alipay)

    alipay.provider.postpone(agreement_id, date(2026, 12, 20), at=clock.now())
    with pytest.raises(ProviderRefused):
        alipay.provider.postpone(agreement_id, date(2026, 12, 15), at=clock.now())

    contract = alipay.gateway.book.contract_by_id(agreement_id)
    assert contract is not None
    assert contract.noted["next_on"] == "2026-12-20"


def test_alipay_announces_nothing_by_itself(alipay: Bench) -> None:
    notice = PreNotice("1", Money(1, "CNY"), date(2026, 12, 10))

    assert alipay.provider.pre_notify(notice, at=clock.now()) is None
