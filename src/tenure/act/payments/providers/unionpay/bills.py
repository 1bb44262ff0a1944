"""UnionPay's settlement file of a day: asked for, unpacked, and read by its fixed columns.

The answer is signed and carries a packed ZIP. Its ZM file has a line for each transaction that is
settled, in columns of fixed bytes with a blank between them (全渠道平台接入接口规范, part 3). What
UnionPay corrects later stands in the ZME file, which is not read here. A settlement day ends at
23:00: what is paid after that stands on the file of the next day.
"""

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Final

from tenure.act.payments.provider import NotNow, ProviderDown, ProviderRefused
from tenure.act.payments.providers.unionpay.wire import BEIJING, NAME, Wire, stamp
from tenure.act.payments.values import BillKind, BillRow, Status
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money

#: The columns of a ZM file up to the last one that is read, in bytes.
COLUMNS: Final[Mapping[str, int]] = {
    "code": 3, "acquirer": 11, "sender": 11, "trace": 6, "sent_at": 10, "account": 19,
    "amount": 12, "trade": 4, "terminal_kind": 2, "query_id": 21, "old_way": 2, "number": 32,
    "card_kind": 2, "first_trace": 6, "first_sent_at": 10, "fee": 13, "settled": 13, "way": 4,
    "group": 15, "kind": 2, "sub_kind": 2, "business": 6, "account_kind": 2, "bill_kind": 4,
    "bill_number": 32, "interaction": 1, "first_query_id": 21, "merchant": 15, "split": 1,
    "second_merchant": 15, "second_name": 32, "second_amount": 13, "net": 13, "terminal": 8,
    "reserved": 32,
}  # fmt: skip
#: When the file of a day lies ready on the next one.
READY_AT: Final = time(9)
_BACK: Final = frozenset({"04", "31"})
_OK, _NO_FILE = "00", "98"
_NOT_READY: Final = Sentence(zh="{day} 的对账文件尚未生成", en="the file of {day} is not ready")
_UNREADABLE: Final = Sentence(zh="对账文件无法解读", en="its settlement file cannot be read")


def rows_of(wire: Wire, day: date, *, at: datetime) -> Sequence[BillRow]:
    """The rows of a settlement day; none when nothing was settled on it.

    Raises:
        NotNow: the day is not over, or its file may still come.
        ProviderDown: no answer, or a file that cannot be read.
    """
    following = datetime.combine(day + timedelta(days=1), READY_AT, BEIJING)
    if at < following:
        raise NotNow(provider=NAME, why=_NOT_READY.fill(day=day))
    told = wire.ask_for_file(_wish(day, at=at), at=at)
    code = told.get("respCode", "")
    if code == _NO_FILE:
        # A file that is late and one that nobody needed are told alike: wait a day for it.
        if at < following + timedelta(days=1):
            raise NotNow(provider=NAME, why=_NOT_READY.fill(day=day))
        return ()
    if code != _OK:
        raise ProviderRefused(provider=NAME, reason=code)
    lines = [columns_of(line) for line in _lines(told.get("fileContent", ""))]
    numbers = {one["query_id"]: one["number"] for one in lines if one["kind"] not in _BACK}
    return tuple(_row(one, numbers=numbers) for one in lines)


def columns_of(line: bytes) -> dict[str, str]:
    """One line of a ZM file by the names of its columns, without what pads them."""
    starts = accumulate((width + 1 for width in COLUMNS.values()), initial=0)
    found = {
        name: line[start : start + width].decode("gbk", errors="replace").strip()
        for start, (name, width) in zip(starts, COLUMNS.items(), strict=False)
    }
    if not found["amount"].isdecimal() or not found["query_id"]:
        raise ProviderDown(provider=NAME, why=_UNREADABLE)
    return found


def _wish(day: date, *, at: datetime) -> dict[str, str]:
    return {
        "txnType": "76",
        "txnSubType": "01",
        "bizType": "000000",
        "fileType": "00",
        "settleDate": f"{day:%m%d}",
        "txnTime": stamp(at),
    }


def _lines(content: str) -> list[bytes]:
    try:
        packed = zlib.decompress(base64.b64decode(content, validate=True))
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            texts = [files.read(name) for name in files.namelist() if "ZM_" in name]
    except (binascii.Error, zlib.error, zipfile.BadZipFile) as error:
        raise ProviderDown(provider=NAME, why=_UNREADABLE) from error
    return [line for text in texts for line in text.splitlines() if line.strip()]


def _row(told: Mapping[str, str], *, numbers: Mapping[str, str]) -> BillRow:
    is_back = told["kind"] in _BACK
    # A refund's line has the refund's own number; ours of the payment came along with it.
    paid = told["reserved"] or numbers.get(told["first_query_id"], "")
    return BillRow(
        number=paid if is_back else told["number"],
        provider_id=told["query_id"],
        kind=BillKind.REFUND if is_back else BillKind.PAYMENT,
        amount=Money(int(told["amount"]), "CNY"),
        fee=_fee(told["fee"]),
        status=Status.SUCCEEDED,
        refund_number=told["number"] if is_back else "",
    )


def _fee(text: str) -> Money:
    """What was kept: D is owed to UnionPay, C comes back from it."""
    side, digits = text[:1], text[1:]
    if not text:
        return Money(0, "CNY")
    if side not in {"C", "D"} or not digits.isdecimal():
        raise ProviderDown(provider=NAME, why=_UNREADABLE)
    return Money(-int(digits) if side == "C" else int(digits), "CNY")
