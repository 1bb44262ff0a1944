"""WeChat Pay's trade bill: asked for, downloaded, checked against its digest, and read."""

import csv
import gzip
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from tenure.act.payments.provider import NotNow, ProviderDown, ProviderRefused
from tenure.act.payments.providers.wechat.line import NAME, WechatLine
from tenure.act.payments.values import BillKind, BillRow, Status
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money

_GZIP: Final = b"\x1f\x8b"
_NOT_READY: Final = Sentence(zh="{day} 的账单尚未生成", en="the bill of {day} is not ready")
_DIGEST: Final = Sentence(zh="账单摘要不符", en="the bill does not fit its digest")


def rows_of(line: WechatLine, day: date) -> Sequence[BillRow]:
    """The rows of a day; none when nothing was booked."""
    try:
        told = line.call(lambda sdk: sdk.trade_bill(day.isoformat(), "ALL", "GZIP"))
    except ProviderRefused as refusal:
        if refusal.reason == "NO_STATEMENT_EXIST":
            return ()
        if refusal.reason == "STATEMENT_CREATING":
            raise NotNow(provider=NAME, why=_NOT_READY.fill(day=day)) from refusal
        raise
    content = line.download(told["download_url"])
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != told["hash_value"].lower():
        raise ProviderDown(provider=NAME, why=_DIGEST)
    return tuple(_read(content.decode("utf-8-sig")))


def _read(text: str) -> Iterator[BillRow]:
    """Lines up to the sums, which begin with a head of their own."""
    lines = csv.reader(text.splitlines())
    head = next(lines)
    for line in lines:
        if len(line) != len(head):
            return
        yield _row({name: value.lstrip("`") for name, value in zip(head, line, strict=True)})


def _row(told: dict[str, str]) -> BillRow:
    is_refund = told["交易状态"] == "REFUND"
    amount = told["申请退款金额"] if is_refund else told["订单金额"]
    currency = told["货币种类"]
    return BillRow(
        number=told["商户订单号"],
        provider_id=told["微信退款单号"] if is_refund else told["微信订单号"],
        kind=BillKind.REFUND if is_refund else BillKind.PAYMENT,
        amount=Money.parse(f"{amount} {currency}"),
        fee=Money.parse(f"{told['手续费']} {currency}"),
        status=Status.SUCCEEDED,
        refund_number=told["商户退款单号"] if is_refund else "",
    )
