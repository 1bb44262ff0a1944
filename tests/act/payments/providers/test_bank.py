"""PAY-02: bank transfers, their references, and the statements that tell of them (SYS-19)."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.payments.configuration import BankAccount
from tenure.act.payments.provider import BadNotice, NotOffered
from tenure.act.payments.providers.bank.provider import BankTransfer, found_from
from tenure.act.payments.providers.bank.rules import (
    Expected,
    Match,
    StatementLine,
    matched,
    reference_of,
)
from tenure.act.payments.providers.bank.statements import UnreadableStatement, lines_of
from tenure.act.payments.values import Charge, HandOffKind, Status
from tenure.kernel import clock
from tenure.kernel.money import Money

NUMBER = "R20261127ABCDEFGHIJKLMNOPQR27"
OTHER = "R20261127ABCDEFGHIJKLMNOPQR23"
AMOUNT = Money(499_000, "CNY")
BASE32 = string.ascii_uppercase + "234567"


def a_bank() -> BankTransfer:
    account = BankAccount(holder="续航科技", bank="招商银行", number="7559 0000 1234")
    return BankTransfer(account)


def a_line(text: str, amount: Money = AMOUNT, *, line_id: str = "1") -> StatementLine:
    return StatementLine(line_id, date(2026, 11, 28), amount, text)


def test_the_customer_is_told_where_to_transfer_and_with_which_reference() -> None:
    at = clock.now()
    charge = Charge(
        number=NUMBER,
        amount=AMOUNT,
        subject="企业专线",
        way="transfer",
        return_url="",
        notify_url="",
        expires_at=at,
    )

    hand_off = a_bank().create(charge, at=at)

    assert hand_off.kind is HandOffKind.INSTRUCTIONS
    assert hand_off.fields == {
        "holder": "续航科技",
        "bank": "招商银行",
        "account": "7559 0000 1234",
        "amount": "4990.00 CNY",
        "reference": "IJKL MNOP QR27",
    }


def test_nobody_can_be_asked_and_nobody_tells() -> None:
    bank = a_bank()

    assert bank.query(NUMBER, at=clock.now()).status is Status.PENDING
    with pytest.raises(BadNotice):
        bank.verify_notification({}, b"paid", at=clock.now())
    with pytest.raises(NotOffered):
        bank.pre_notify(None, at=clock.now())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["IJKL MNOP QR27", "ijklmnopqr27", "宽带续费 IJKL-MNOP-QR27 谢谢", "1JKL MN0P QR27"],
)
def test_a_reference_is_found_however_it_was_typed(text: str) -> None:
    (one,) = matched([a_line(text)], [Expected(NUMBER, AMOUNT), Expected(OTHER, AMOUNT)])

    assert (one.match, one.number) == (Match.PAID, NUMBER)


def test_an_amount_that_differs_pays_nothing() -> None:
    """R-Y-005: no fulfilment."""
    short = Money(498_999, "CNY")

    (one,) = matched([a_line("IJKLMNOPQR27", short)], [Expected(NUMBER, AMOUNT)])

    assert (one.match, one.number) == (Match.AMOUNT_DIFFERS, NUMBER)


def test_another_currency_pays_nothing() -> None:
    line = a_line("IJKLMNOPQR27", Money(499_000, "USD"))

    assert matched([line], [Expected(NUMBER, AMOUNT)])[0].match is Match.AMOUNT_DIFFERS


def test_the_amount_alone_is_no_reference() -> None:
    assert matched([a_line("宽带续费")], [Expected(NUMBER, AMOUNT)])[0].match is Match.UNKNOWN


def test_a_line_that_names_two_payments_is_for_a_person() -> None:
    line = a_line("IJKLMNOPQR27 IJKLMNOPQR23")
    waiting = [Expected(NUMBER, AMOUNT), Expected(OTHER, AMOUNT)]

    assert matched([line], waiting)[0].match is Match.UNKNOWN


def test_a_second_transfer_for_one_payment_is_told() -> None:
    """R-Y-009: double payment."""
    lines = [a_line("IJKLMNOPQR27"), a_line("IJKLMNOPQR27", line_id="2")]

    assert [one.match for one in matched(lines, [Expected(NUMBER, AMOUNT)])] == [
        Match.PAID,
        Match.AGAIN,
    ]


@given(st.lists(st.text(BASE32, min_size=20, max_size=20), min_size=1, max_size=20, unique=True))
def test_every_reference_finds_its_own_payment_and_no_other(ends: list[str]) -> None:
    numbers = [f"R20261127{end}" for end in {end[-12:]: end for end in ends}.values()]
    expected = [Expected(number, AMOUNT) for number in numbers]
    lines = [a_line(reference_of(number), line_id=number) for number in numbers]

    found = matched(lines, expected)

    assert [(one.line.line_id, one.number) for one in found] == [(one, one) for one in numbers]


def test_a_statement_in_chinese_is_read() -> None:
    text = (
        "账户明细查询\n交易日期,收入金额,支出金额,对方户名,附言,交易流水号\n"
        '20261128,"4,990.00",,张三,IJKL MNOP QR27,S1\n2026-11-28,,12.00,电费,代扣,S2\n'
    )

    (line,) = lines_of(text.encode("gb18030"), currency="CNY")

    assert (line.line_id, line.on, line.amount) == ("S1", date(2026, 11, 28), AMOUNT)
    assert line.payer == "张三"


def test_a_statement_in_english_is_read_and_a_line_keeps_its_name() -> None:
    text = "Date,Amount,Currency,Reference\n2026-11-28,49.90,EUR,IJKLMNOPQR27\n"

    first = lines_of(text.encode(), currency="CNY")
    again = lines_of(text.encode(), currency="CNY")

    assert first == again
    assert first[0].amount == Money(4_990, "EUR")


def test_a_statement_pays_what_waits() -> None:
    text = "Date,Amount,Reference,ID\n2026-11-28,4990.00,ijkl mnop qr27,B7\n"

    (one,) = a_bank().read_statement(text.encode(), [Expected(NUMBER, AMOUNT)])

    found = found_from(one)
    assert (found.number, found.status, found.amount) == (NUMBER, Status.SUCCEEDED, AMOUNT)
    assert found.provider_id == "B7"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xff\xff",
        b"Date,Who,What\n2026-11-28,a,b\n",
        b"Date,Amount,Reference\nsoon,1.00,x\n",
        b"Date,Amount,Reference\n2026-11-28,1.001,x\n",
    ],
)
def test_a_file_that_is_no_statement_is_refused_whole(content: bytes) -> None:
    with pytest.raises(UnreadableStatement):
        lines_of(content, currency="CNY")
