"""Presents as a sheet for the partner who sends them, and the partner's answer (OFR-18).

Every text that a customer wrote is made harmless before it stands in a sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.rules.faults import guarded
from tenure.observe.uploads.sheets import read_table
from tenure.records.gifts.actions import deliver, send, take_back
from tenure.records.gifts.models import Gift
from tenure.records.gifts.states import GiftState

HEAD: Final = (
    "number", "gift", "name", "recipient", "phone", "address", "earned_on", "state", "tracking",
)  # fmt: skip
MOST_ROWS: Final = 20_000


def to_send() -> list[Gift]:
    """What was chosen and is not on its way, the oldest first."""
    rows = Gift.objects.filter(state=GiftState.OPEN).exclude(rule_id="")
    return list(rows.order_by("earned_on", "pk"))


def as_csv(gifts: Iterable[Gift]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read the Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEAD)
    for one in gifts:
        written = (one.name_zh, one.recipient, one.phone, one.address)
        row = (one.public_id, one.rule_id, *map(guarded, written), one.earned_on, one.state)
        writer.writerow((*row, guarded(one.tracking)))
    return stream.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of an answer that could not be taken, and why."""

    row: int
    said: Sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer changed."""

    taken: int
    faults: tuple[Fault, ...]


_NO_SHEET = Sentence(
    zh="文件里没有 number 和 state 两列，或行数太多；请用导出的表，填写 state 和 tracking 后上传",
    en="it has no columns number and state, or too many rows; use the exported sheet and fill in "
    "state and tracking",
)
_UNKNOWN = Sentence(zh="没有编号为“{number}”的礼物", en="there is no present “{number}”")
_NO_STATE = Sentence(
    zh="state 应为 sent、delivered 或 returned，却是“{state}”",
    en="state must be sent, delivered or returned, and is “{state}”",
)


class NoSheet(Refusal):
    """A file that is no answer of the partner."""

    code = "gift_no_sheet"
    said = Sentence(zh="{why}。没有改动。", en="{why}. Nothing was changed.")


type _Verb = Callable[[Mapping[str, str], date, datetime, str], object]

_VERBS: Final[Mapping[str, _Verb]] = {
    "sent": lambda row, on, at, by: send(
        row["number"], on=on, at=at, by=by, tracking=row.get("tracking") or ""
    ),
    "delivered": lambda row, on, at, by: deliver(row["number"], on=on, at=at, by=by),
    "returned": lambda row, on, at, by: take_back(row["number"], on=on, at=at, by=by),
}


def take_answer(content: bytes, *, on: date, at: datetime, by: str, name: str = "CSV") -> Answer:
    """Move each present as the partner says; a row that cannot be taken harms no other.

    The same answer again changes nothing; a row that still says `open` is left alone.

    Raises:
        NoSheet: it is no such sheet.
    """
    taken, faults = 0, []
    for place, row in enumerate(_rows(content, name=name), start=1):
        state = (row.get("state") or "").strip()
        if state == GiftState.OPEN:
            continue
        if state not in _VERBS:
            faults.append(Fault(place, _NO_STATE.fill(state=state[:20])))
            continue
        try:
            _VERBS[state](row, on, at, by)
            taken += 1
        except Gift.DoesNotExist:
            faults.append(Fault(place, _UNKNOWN.fill(number=row["number"][:40])))
        except Refusal as refusal:
            faults.append(Fault(place, refusal.told))
    return Answer(taken, tuple(faults))


def _rows(content: bytes, *, name: str) -> list[dict[str, str]]:
    """The rows of a sheet as a spreadsheet program left it: CSV in its encoding, or XLSX."""
    try:
        with NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            header, rows = read_table(Path(file.name), name=name)
            found = [dict(zip(header, one.cells, strict=False)) for one in rows]
    except Refusal as refusal:
        raise NoSheet(why=refusal.told) from None
    if not {"number", "state"} <= set(header) or len(found) > MOST_ROWS:
        raise NoSheet(why=_NO_SHEET)
    return found
