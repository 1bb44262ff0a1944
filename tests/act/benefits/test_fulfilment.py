"""OFR-18: the partner's sheet, out and in again."""

import csv
import io

import pytest

from tenure.act.benefits.fulfilment import NoSheet, as_csv, take_answer, to_send
from tenure.kernel.money import Money
from tenure.observe.uploads.sheets import MOST_BYTES
from tenure.records.gifts.actions import Choice, Earned, choose, earn
from tenure.records.gifts.models import Gift
from tenure.records.gifts.rules import Address
from tenure.strategy.benefits import GiftKind, GiftRule
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_term, day

pytestmark = pytest.mark.django_db


def a_rule() -> GiftRule:
    name = preset("broadband").benefits.gifts["router"].name
    return GiftRule(
        "router", name, GiftKind.POST, 12, frozenset(), 9, Money(6_000, "CNY"), 60
    )  # fmt: skip


def a_chosen_gift(recipient: str = "王小明") -> Gift:
    term, rule = a_term(), a_rule()
    new = Earned(term.account_id, term.pk, AS_OF, f"gift:{term.pk}")
    gift = earn(new, [rule], at=AT, by="loop")
    assert gift is not None
    address = Address(recipient, "13800000000", "上海市 1 号")
    return choose(gift.public_id, Choice(rule, address), on=AS_OF, at=AT, by="customer")


def sheet(*rows: tuple[str, str, str]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("number", "state", "tracking"))
    writer.writerows(rows)
    return stream.getvalue().encode()


def test_what_is_to_be_sent_goes_out_without_a_formula() -> None:
    gift = a_chosen_gift("=cmd|'/c calc'!A1")

    rows = list(csv.DictReader(io.StringIO(as_csv(to_send()).decode("utf-8-sig"))))

    assert [one["number"] for one in rows] == [gift.public_id]
    assert rows[0]["recipient"].startswith("'=")


def test_the_answer_moves_each_present_and_names_each_wrong_row() -> None:
    sent, delivered, early = a_chosen_gift(), a_chosen_gift(), a_chosen_gift()
    take_answer(sheet((delivered.public_id, "sent", "")), on=AS_OF, at=AT, by="ops")
    content = sheet(
        (sent.public_id, "sent", "SF123"),
        (delivered.public_id, "delivered", ""),
        (early.public_id, "delivered", ""),
        ("gift_unknown", "sent", ""),
        (early.public_id, "lost", ""),
        (early.public_id, "open", ""),
    )

    answer = take_answer(content, on=day(1), at=AT, by="ops")
    again = take_answer(content, on=day(2), at=AT, by="ops")

    states = {one.pk: one.state for one in Gift.objects.all()}
    assert states == {sent.pk: "sent", delivered.pk: "delivered", early.pk: "open"}
    assert Gift.objects.get(pk=sent.pk).tracking == "SF123"
    assert (answer.taken, [one.row for one in answer.faults]) == (2, [3, 4, 5])
    assert (again.taken, Gift.objects.get(pk=sent.pk).sent_on) == (2, day(1))


def test_an_answer_in_the_encoding_of_the_partners_spreadsheet_is_read() -> None:
    gift = a_chosen_gift()
    content = f"number,state,tracking\n{gift.public_id},sent,顺丰 123\n".encode("gb18030")

    assert take_answer(content, on=AS_OF, at=AT, by="ops").taken == 1

    assert Gift.objects.get().tracking == "顺丰 123"


def test_an_answer_that_is_too_large_is_refused_whole() -> None:
    """It is not cut off behind some row: nothing is half done."""
    gift = a_chosen_gift()
    row = f"{gift.public_id},sent,SF1\n"
    content = b"number,state,tracking\n" + row.encode() * (MOST_BYTES // len(row) + 1)

    with pytest.raises(NoSheet):
        take_answer(content, on=AS_OF, at=AT, by="ops")

    assert Gift.objects.get().state == "open"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_what_is_no_answer_changes_nothing(content: bytes) -> None:
    a_chosen_gift()

    with pytest.raises(NoSheet):
        take_answer(content, on=AS_OF, at=AT, by="ops")

    assert Gift.objects.get().state == "open"
