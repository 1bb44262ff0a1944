"""Files damaged at random: every line is counted, nothing crashes, and again changes nothing."""

import random
from datetime import timedelta

import pytest

from tenure.kernel.failures import Refusal
from tests.builders import AT
from tests.observe.imports.folders import Folder, counts
from tests.observe.imports.test_importing import WHOLE, everything

SOLD = "id,account,plan,cycle_months,starts_on,ended_on,paid_until,end_kind,price,currency\n"
TERMS = "subscription,account,plan,cycle_months,starts_on,ends_on,cancelled_on,price\n"
FILES = {
    **WHOLE,
    "subscriptions": SOLD
    + "".join(
        f"s{n},a{1 + n % 2},plus,{(1, 12, 24)[n % 3]},2024-0{n}-1{n},,,,{n * 10}.00,CNY\n"
        for n in range(1, 10)
    ),
    "terms": TERMS
    + "".join(
        f"t{n},a1,standard,12,{year}-03-0{n},{year + 1}-03-0{n},,9\n"
        for year in range(2020, 2025)
        for n in range(1, 5)
    ),
}
JUNK = (
    "", " ", "0", "-1", "9" * 20, "1e9", "NaN", "45231", "######", "2026-02-30", "2199-12-31",
    "0001-01-01", "2025-03-01", "2026-06-16", "12", "24", "a1", "a9", "s1", "t2", "voluntary",
    "plus", "email", "\x00", "张" * 500, '"', "a\nb", "=1+1", "5 USD", "1,000.00",
)  # fmt: skip
WHOLE_FILE = {"missing_column", "column_twice", "damaged_file", "empty_file"}


def damaged(text: str, chance: random.Random) -> bytes:
    """A file with some cells replaced, lines repeated, turned round, and bytes broken."""
    rows = [line.split(",") for line in text.strip().split("\n")]
    for _ in range(chance.randint(0, 6)):
        row = chance.choice(rows[1:] * 10 + rows[:1])
        row[chance.randrange(len(row))] = chance.choice(JUNK)
    if chance.random() < 0.3:
        rows.append(list(chance.choice(rows[1:])))
    if chance.random() < 0.2:
        rows[1:] = rows[:0:-1]
    raw = "\n".join(map(",".join, rows)).encode()
    if chance.random() < 0.15:
        place = chance.randrange(len(raw))
        raw = raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]
    return raw[: chance.randrange(1, len(raw))] if chance.random() < 0.05 else raw


def kept() -> dict[str, list[object]]:
    """Everything but the reasons, which may be others the second time."""
    return {name: rows for name, rows in everything().items() if name != "Quarantine"}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_damaged_is_counted_and_said_once(folder: Folder, seed: int) -> None:
    chance = random.Random(seed)
    if chance.random() < 0.5:
        folder.write(**FILES).take()
    folder.write(**{name: damaged(text, chance) for name, text in FILES.items()})

    try:
        done = folder.take(strict=chance.random() < 0.2, at=AT + timedelta(days=40))
    except Refusal as refusal:
        if refusal.code not in WHOLE_FILE:
            raise
        return

    counts(done)
    before = kept()
    again = folder.take(strict=done.order.is_strict, at=AT + timedelta(days=60))
    assert (counts(again)[0], counts(again)[1]) == (counts(done)[0], 0)
    assert kept() == before
