"""Alipay's trade bill: an address for a ZIP, and in it a table in GBK between remarks."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

import httpx

from tenure.act.payments.provider import NotNow, ProviderDown, ProviderRefused
from tenure.act.payments.providers.alipay import rules
from tenure.act.payments.providers.alipay.line import BEIJING, NAME, AlipayLine
from tenure.act.payments.values import BillKind, BillRow, Status
from tenure.kernel.failures import Sentence

_TIMEOUT_S: Final = 30
_MOST_BYTES: Final = 256 * 1024 * 1024
_DETAILS: Final = "业务明细.csv"
_NOT_READY: Final = Sentence(zh="{day} 的账单尚未生成", en="the bill of {day} is not ready")
_UNREADABLE: Final = Sentence(zh="账单无法解读", en="the bill cannot be read")


def rows_of(line: AlipayLine, day: date, *, at: datetime) -> Sequence[BillRow]:
    """The rows of a day; none when nothing was booked."""
    if day >= at.astimezone(BEIJING).date():
        raise NotNow(provider=NAME, why=_NOT_READY.fill(day=day))
    content = {"bill_type": "trade", "bill_date": day.isoformat()}
    method = "alipay.data.dataservice.bill.downloadurl.query"
    try:
        told = line.ask(method, content, at=at)
    except ProviderRefused as refusal:
        if "bill_not_exist" in refusal.reason.lower():
            return ()
        raise
    return tuple(_read(_unpacked(_downloaded(told["bill_download_url"]))))


def _downloaded(url: str) -> bytes:
    try:
        answer = httpx.get(url, timeout=_TIMEOUT_S)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise ProviderDown(provider=NAME, why=type(error).__name__) from error
    return answer.content


def _unpacked(packed: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as file:
            # Names are in GBK without saying so; what ends right may read wrong.
            entries = [one for one in file.infolist() if one.filename.endswith(".csv")]
            details = [one for one in entries if _name(one).endswith(_DETAILS)] or entries
            if not details or details[0].file_size > _MOST_BYTES:
                raise ProviderDown(provider=NAME, why=_UNREADABLE)
            return file.read(details[0]).decode("gb18030")
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ProviderDown(provider=NAME, why=_UNREADABLE) from error


def _name(entry: zipfile.ZipInfo) -> str:
    is_utf8 = entry.flag_bits & 0x800
    return entry.filename if is_utf8 else entry.filename.encode("cp437").decode("gb18030")


def _read(text: str) -> Iterator[BillRow]:
    lines = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    head = [name.strip() for name in next(lines)]
    for line in lines:
        if len(line) == len(head):
            yield _row({name: value.strip() for name, value in zip(head, line, strict=True)})


def _row(told: dict[str, str]) -> BillRow:
    is_refund = told["业务类型"] == "退款"
    amount, fee = rules.money(told["订单金额（元）"]), rules.money(told["服务费（元）"])
    assert amount is not None, "a line of the bill has an amount"
    assert fee is not None, "a line of the bill has a fee, perhaps of nothing"
    return BillRow(
        number=told["商户订单号"],
        provider_id=told["支付宝交易号"],
        kind=BillKind.REFUND if is_refund else BillKind.PAYMENT,
        # Refunds and fees go out of the account: the bill has them below zero.
        amount=-amount if is_refund else amount,
        fee=-fee,
        status=Status.SUCCEEDED,
        refund_number=told["退款批次号/请求号"] if is_refund else "",
    )
