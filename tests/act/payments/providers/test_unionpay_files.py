"""R-Y-080: UnionPay's settlement file, fetched from its gateway and read by its columns."""

from datetime import date

import pytest
import time_machine

from tenure.act.payments.provider import NotNow, ProviderDown
from tenure.act.payments.providers.unionpay.bills import columns_of
from tenure.act.payments.values import BillKind
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways import unionpay_files
from tests.act.payments.providers.benches import Bench, in_beijing
from tests.act.payments.providers.test_unionpay import gateway_of

DAY = date(2026, 12, 8)


def paid_at(bench: Bench, when: str) -> str:
    """The number of a payment that was made at a moment in Beijing."""
    with time_machine.travel(in_beijing(when)):
        charge = bench.paid()
    return charge.number


def fetched(bench: Bench, day: date, *, when: str) -> list[str]:
    at = in_beijing(when)
    with time_machine.travel(at):
        bill = bench.provider.download_bill(day, at=at)
    return [one.number for one in bill]


def test_the_file_of_a_day_holds_what_was_paid_and_refunded(unionpay: Bench) -> None:
    with time_machine.travel(in_beijing("2026-12-08 10:00")):
        charge = unionpay.paid()
        order = unionpay.refund(charge, 2_000)
        unionpay.provider.refund(order, at=clock.now())
        unionpay.settled()

    with time_machine.travel(in_beijing("2026-12-09 10:30")):
        bill = unionpay.provider.download_bill(DAY, at=clock.now())

    rows = [one for one in bill if one.number == charge.number]
    assert len(order.refund_number) <= 32
    assert [(one.kind, one.amount, one.fee, one.refund_number) for one in rows] == [
        (BillKind.PAYMENT, Money(9_990, "CNY"), Money(60, "CNY"), ""),
        (BillKind.REFUND, Money(2_000, "CNY"), Money(0, "CNY"), order.refund_number),
    ]
    deal = unionpay.gateway.book.deals[charge.number]
    assert rows[0].provider_id == deal.provider_id


def test_a_settlement_day_ends_at_eleven_in_the_evening(unionpay: Bench) -> None:
    before = paid_at(unionpay, "2026-12-10 22:59")
    after = paid_at(unionpay, "2026-12-10 23:01")

    first = fetched(unionpay, date(2026, 12, 10), when="2026-12-11 10:30")
    second = fetched(unionpay, date(2026, 12, 11), when="2026-12-12 10:30")

    assert (before in first, after in first) == (True, False)
    assert (before in second, after in second) == (False, True)


def test_a_file_that_may_still_come_is_waited_for_and_a_day_without_one_is_empty(
    unionpay: Bench,
) -> None:
    """That nothing was settled and that the file is late are told by the same code."""
    day = date(2026, 12, 20)

    for when in ("2026-12-20 12:00", "2026-12-21 08:59", "2026-12-21 10:30"):
        with pytest.raises(NotNow, match="2026-12-20"):
            fetched(unionpay, day, when=when)

    assert fetched(unionpay, day, when="2026-12-22 09:00") == []


def test_a_refund_without_our_words_is_found_by_its_payments_own_id(
    unionpay: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(in_beijing("2026-12-14 10:00")):
        charge = unionpay.paid()
        unionpay.provider.refund(unionpay.refund(charge, 100), at=clock.now())
        unionpay.settled()
    monkeypatch.setattr(unionpay_files, "_RESERVED", 40)

    numbers = fetched(unionpay, date(2026, 12, 14), when="2026-12-15 10:30")

    assert numbers.count(charge.number) == 2


def test_a_line_is_read_by_bytes_and_one_that_is_too_short_is_not_believed() -> None:
    """Columns of `parseZMFile` in UnionPay's own example program, a blank between them."""
    widths = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32]
    told = {6: "000000009990", 9: "261208100000123456789", 11: "R1", 15: "D000000000060", 19: "01"}
    line = " ".join(told.get(at, "").ljust(width) for at, width in enumerate(widths)).encode()
    chinese = line.replace(b"R1    ", "续1 ".encode("gbk") + b"  ")

    read = columns_of(line)

    assert (read["amount"], read["number"], read["fee"]) == ("000000009990", "R1", "D000000000060")
    assert columns_of(chinese)["number"] == "续1"
    with pytest.raises(ProviderDown):
        columns_of(line[:60])


@pytest.mark.parametrize("content", ["not base64!", "AAAA", "eJwrSS0uAQAEXQHB"])
def test_a_file_that_cannot_be_unpacked_is_an_outage(
    unionpay: Bench, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(unionpay_files, "packed", lambda *given, **more: content)

    with pytest.raises(ProviderDown, match="settlement file"):
        fetched(unionpay, DAY, when="2026-12-09 10:30")


def test_a_file_that_unionpay_did_not_sign_is_not_believed(unionpay: Bench) -> None:
    gateway = gateway_of(unionpay)
    right, gateway.platform = gateway.platform, gateway.stranger
    try:
        with pytest.raises(ProviderDown, match="signature"):
            unionpay.provider.download_bill(date(2020, 1, 1), at=clock.now())
    finally:
        gateway.platform = right
