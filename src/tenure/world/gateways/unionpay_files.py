"""UnionPay's settlement files: lines of fixed columns in a packed ZIP (R-Y-080)."""

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Final

from tenure.world.gateways.book import BEIJING, Book, Deal, GivenBack

#: A settlement day ends at 23:00 in Beijing, where the clock of this zone begins a new day.
SETTLEMENT: Final = timezone(timedelta(hours=9))
_WIDTHS: Final = (
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21,
    15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
)  # fmt: skip
#: Places of the columns that are filled, counted from nought.
_CODE, _SENT, _CARD, _AMOUNT, _QUERY, _NUMBER, _FEE, _SETTLED = 0, 4, 5, 6, 9, 11, 15, 16
_KIND, _SUB_KIND, _BUSINESS, _FIRST_QUERY, _MERCHANT, _RESERVED = 19, 20, 21, 26, 27, 34


def packed(book: Book, day: date, *, merchant_id: str) -> str:
    """The file of a settlement day as an answer carries it; empty where nothing was settled."""
    lines = list(_lines(book, day, merchant_id=merchant_id))
    if not lines:
        return ""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        name = f"{day:%Y%m%d}ZM_{merchant_id}"
        file.writestr(f"INN{name}", "".join(f"{line}\r\n" for line in lines).encode("gbk"))
        file.writestr(f"INN{name.replace('ZM_', 'ZME_')}", b"")
    return base64.b64encode(zlib.compress(out.getvalue())).decode()


def _lines(book: Book, day: date, *, merchant_id: str) -> Iterator[str]:
    for deal in book.deals.values():
        if deal.paid_at is not None and _settled_on(deal.paid_at) == day:
            yield _line(_paid(deal), merchant_id=merchant_id)
    for deal in book.deals.values():
        for refund in deal.refunds.values():
            if _settled_on(refund.at) == day:
                yield _line(_given_back(deal, refund), merchant_id=merchant_id)


def _settled_on(at: datetime) -> date:
    return at.astimezone(SETTLEMENT).date()


def _paid(deal: Deal) -> dict[int, str]:
    assert deal.paid_at is not None, "only what was paid is settled"
    return {
        _CODE: "S22",
        _SENT: f"{deal.paid_at.astimezone(BEIJING):%m%d%H%M%S}",
        _AMOUNT: f"{deal.amount_minor:012d}",
        _QUERY: deal.provider_id,
        _NUMBER: deal.number,
        _FEE: f"D{deal.fee_minor:012d}",
        _SETTLED: f"C{deal.amount_minor - deal.fee_minor:012d}",
        _KIND: "01",
        _SUB_KIND: "01",
    }


def _given_back(deal: Deal, refund: GivenBack) -> dict[int, str]:
    return {
        _CODE: "S30",
        _SENT: f"{refund.at.astimezone(BEIJING):%m%d%H%M%S}",
        _AMOUNT: f"{refund.amount_minor:012d}",
        _QUERY: refund.provider_id,
        _NUMBER: refund.number,
        _FEE: f"C{0:012d}",
        _SETTLED: f"D{refund.amount_minor:012d}",
        _KIND: "04",
        _SUB_KIND: "00",
        _FIRST_QUERY: deal.provider_id,
        _RESERVED: deal.number,
    }


def _line(told: Mapping[int, str], *, merchant_id: str) -> str:
    whole = {_CARD: "621626*********0018", _BUSINESS: "000201", _MERCHANT: merchant_id, **told}
    return " ".join(whole.get(place, "").ljust(width) for place, width in enumerate(_WIDTHS))
