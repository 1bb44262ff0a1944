"""Alipay's open gateway: trades, refunds and bills. Mandates stand in `alipay_mandates`."""

import csv
import io
import json
import secrets
import zipfile
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.world.gateways.alipay_mandates import Mandates
from tenure.world.gateways.alipay_wire import Seal, stamp
from tenure.world.gateways.book import BEIJING, Contract, Deal, GivenBack, Standing, provider_id
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.keys import key_pair
from tenure.world.gateways.serving import Answer, Request

_MINUTE, _HOUR = 60.0, 3600.0
#: Eight deliveries in a day and an hour (R-Y-033).
SCHEDULE_S: Final = (
    4 * _MINUTE, 10 * _MINUTE, 10 * _MINUTE, _HOUR, 2 * _HOUR, 6 * _HOUR, 15 * _HOUR
)  # fmt: skip
_OK: Final = {"code": "10000", "msg": "Success"}
_PAGES: Final = {"alipay.trade.page.pay": "page", "alipay.trade.wap.pay": "wap"}
_AGREEMENTS: Final = ("alipay.user.agreement.", "alipay.trade.pay")
_BILL_HEAD: Final = (
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号",
    "门店名称", "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）",
    "退款批次号/请求号", "服务费（元）", "备注",
)  # fmt: skip


class AlipayGateway(Gateway):
    """A gateway for one application."""

    name = "alipay"
    brand = Sentence(zh="支付宝（模拟）", en="Alipay (fake)")
    schedule_s = SCHEDULE_S
    may_try_again = True
    # A notification carries no time that a receiver could hold against it.
    not_here = frozenset({Fault.OLD_TIMESTAMP})

    def __init__(self, *, port: int = 0, pace: float = 0.1, seed: int = 0) -> None:
        self.seal = Seal(
            app_id=f"20210{secrets.randbelow(10**11):011d}",
            seller_id=f"2088{secrets.randbelow(10**12):012d}",
            merchant=key_pair(),
            platform=key_pair(),
            stranger=key_pair(),
        )
        self.mandates = Mandates(self, seal=self.seal)
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "app_id": self.seal.app_id,
            "seller_id": self.seal.seller_id,
            "private_key": self.seal.merchant.private_pem,
            "alipay_public_key": self.seal.platform.public_pem,
            "gateway": f"{self.address}/gateway.do",
        }

    def called(self, request: Request) -> Answer:
        if request.path == "/bill":
            return Answer(200, self._bill_file(request.query["day"]), "application/zip")
        fields = request.query | (request.form if request.method == "POST" else {})
        method = fields.get("method", "")
        fault = self.seal.fault_of(fields)
        if fault:
            return self.seal.refused(method, fault, code="40002")
        with self.book.lock:
            return self._route(method, fields, wish=json.loads(fields.get("biz_content", "{}")))

    def _route(self, method: str, fields: dict[str, str], *, wish: dict[str, Any]) -> Answer:
        if method.startswith(_AGREEMENTS):
            return self.mandates.called(method, fields, wish=wish)
        if method in _PAGES or method == "alipay.trade.precreate":
            return self._ordered(method, fields, wish=wish)
        if method == "alipay.trade.query":
            return self._shown(method, wish)
        if method == "alipay.trade.close":
            return self._closed(method, wish)
        if method == "alipay.trade.refund":
            return self._refunded(method, wish)
        if method == "alipay.trade.fastpay.refund.query":
            return self._refund_shown(method, wish)
        if method == "alipay.data.dataservice.bill.downloadurl.query":
            return self._bill(method, wish)
        return self.seal.refused(method, "isv.invalid-method", code="40002")

    # Trades

    def _ordered(self, method: str, fields: dict[str, str], *, wish: dict[str, Any]) -> Answer:
        amount_minor = fen(wish["total_amount"])
        known = self.book.deals.get(wish["out_trade_no"])
        if known is not None and known.standing is Standing.PAID:
            return self.seal.refused(method, "ACQ.TRADE_HAS_SUCCESS")
        if known is not None and known.amount_minor != amount_minor:
            return self.seal.refused(method, "ACQ.CONTEXT_INCONSISTENT")
        deal = known or self._booked(fields, wish=wish, way=_PAGES.get(method, "precreate"))
        page = f"{self.address}/pay/{deal.token}"
        if method in _PAGES:
            return Answer(302, b"", "text/plain", {"Location": page})
        return self.seal.answer(method, {**_OK, "out_trade_no": deal.number, "qr_code": page})

    def _booked(self, fields: dict[str, str], *, wish: dict[str, Any], way: str) -> Deal:
        expires = wish.get("time_expire")
        deal = Deal(
            number=wish["out_trade_no"],
            provider_id=provider_id(""),
            amount_minor=fen(wish["total_amount"]),
            currency="CNY",
            title=wish["subject"],
            way=way,
            notify_url=fields.get("notify_url", ""),
            return_url=fields.get("return_url", ""),
            expires_at=read_stamp(expires) if expires else None,
        )
        self.book.deals[deal.number] = deal
        return deal

    def _seen(self, wish: dict[str, Any]) -> Deal | None:
        """A trade that exists for Alipay: the customer has come to its page."""
        deal = self.book.deals.get(wish.get("out_trade_no", ""))
        return deal if deal is not None and deal.noted.get("seen") else None

    def _shown(self, method: str, wish: dict[str, Any]) -> Answer:
        deal = self._seen(wish)
        if deal is None:
            return self.seal.refused(method, "ACQ.TRADE_NOT_EXIST")
        shown = {
            **_OK,
            "out_trade_no": deal.number,
            "trade_no": deal.provider_id,
            "trade_status": state_of(deal),
            "total_amount": yuan(deal.amount_minor),
            # Braces within the answer: the signature is over the text, not over what it means.
            "fund_bill_list": [{"amount": yuan(deal.amount_minor), "fund_channel": "PCREDIT"}],
        }
        if deal.paid_at is not None:
            shown["send_pay_date"] = stamp(deal.paid_at)
        return self.seal.answer(method, shown)

    def _closed(self, method: str, wish: dict[str, Any]) -> Answer:
        deal = self._seen(wish)
        if deal is None:
            return self.seal.refused(method, "ACQ.TRADE_NOT_EXIST")
        if deal.standing is not Standing.OPEN:
            return self.seal.refused(method, "ACQ.TRADE_STATUS_ERROR")
        deal.standing = Standing.CLOSED
        return self.seal.answer(method, {**_OK, "out_trade_no": deal.number})

    # Refunds

    def _refunded(self, method: str, wish: dict[str, Any]) -> Answer:
        deal, amount_minor = self._seen(wish), fen(wish["refund_amount"])
        if deal is None or deal.standing is not Standing.PAID:
            return self.seal.refused(method, "ACQ.TRADE_NOT_EXIST")
        number = wish["out_request_no"]
        is_new = number not in deal.refunds
        if is_new and amount_minor > deal.amount_minor - deal.refunded_minor:
            return self.seal.refused(method, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        if is_new:
            deal.refunds[number] = GivenBack(number, deal.provider_id, amount_minor, clock.now())
            self._tell_refunded(deal, number)
        return self.seal.answer(
            method,
            {
                **_OK,
                "out_trade_no": deal.number,
                "trade_no": deal.provider_id,
                "fund_change": "Y" if is_new else "N",
                # The sum of all refunds so far, not this one.
                "refund_fee": yuan(deal.refunded_minor),
            },
        )

    def _refund_shown(self, method: str, wish: dict[str, Any]) -> Answer:
        deal = self._seen(wish)
        if deal is None:
            return self.seal.refused(method, "ACQ.TRADE_NOT_EXIST")
        refund = deal.refunds.get(wish["out_request_no"])
        if refund is None:
            return self.seal.answer(method, dict(_OK))
        return self.seal.answer(
            method,
            {
                **_OK,
                "out_trade_no": deal.number,
                "trade_no": deal.provider_id,
                "out_request_no": refund.number,
                "refund_amount": yuan(refund.amount_minor),
                "refund_status": "REFUND_SUCCESS",
                "gmt_refund_pay": stamp(refund.at),
            },
        )

    # Notifications

    def tell_paid(self, deal: Deal) -> None:
        if deal.standing is Standing.PAID:
            self._tell(deal.notify_url, self._told_of(deal))

    def _tell_refunded(self, deal: Deal, number: str) -> None:
        told = self._told_of(deal) | {
            "out_biz_no": number,
            "refund_fee": yuan(deal.refunded_minor),
            "gmt_refund": stamp(deal.refunds[number].at),
        }
        self._tell(deal.notify_url, told)

    def _told_of(self, deal: Deal) -> dict[str, str]:
        assert deal.paid_at is not None, "only what was paid is told"
        amount_minor = deal.amount_minor + int(self.faults.strikes(Fault.WRONG_AMOUNT))
        is_other = self.faults.strikes(Fault.WRONG_MERCHANT)
        return {
            "notify_type": "trade_status_sync",
            "app_id": "2021000000000000" if is_other else self.seal.app_id,
            "seller_id": self.seal.seller_id,
            "out_trade_no": deal.number,
            "trade_no": deal.provider_id,
            "trade_status": state_of(deal),
            "total_amount": yuan(amount_minor),
            "subject": deal.title,
            "gmt_payment": stamp(deal.paid_at),
        }

    def tell_contract(self, contract: Contract) -> None:
        fields = self.mandates.told_of(contract)
        # A release goes to the application's gateway; only the signing to its own address.
        url = contract.notify_url if contract.ended_at is None else self.application_url
        self._tell(url, fields)

    def _tell(self, url: str, fields: dict[str, str]) -> None:
        told = {"notify_id": secrets.token_hex(17), "charset": "utf-8", "version": "1.0", **fields}
        write = partial(self.seal.letter, told, faults=self.faults)
        self.messenger.tell(
            self.local(url), write=write, is_taken=lambda status, body: body == b"success"
        )

    # Bills

    def _bill(self, method: str, wish: dict[str, Any]) -> Answer:
        day = date.fromisoformat(wish["bill_date"])
        is_over = day < clock.now().astimezone(BEIJING).date()
        if not is_over or not (self.book.paid_on(day) or self.book.refunded_on(day)):
            return self.seal.refused(method, "isp.bill_not_exist")
        url = f"{self.address}/bill?day={day}"
        return self.seal.answer(method, {**_OK, "bill_download_url": url})

    def _bill_file(self, day: str) -> bytes:
        """A ZIP with one table in GBK, between lines of remarks."""
        out, on = io.StringIO(), date.fromisoformat(day)
        out.write(f"#支付宝业务明细查询\r\n#账号：[{self.seal.seller_id}]\r\n")
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(_BILL_HEAD)
        lines.writerows(self._bill_row(deal, None) for deal in self.book.paid_on(on))
        lines.writerows(self._bill_row(deal, back) for deal, back in self.book.refunded_on(on))
        out.write("#-----业务明细列表结束-----\r\n")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(f"{self.seal.seller_id}_{day}_业务明细.csv", out.getvalue().encode("gbk"))
        return packed.getvalue()

    def _bill_row(self, deal: Deal, refund: GivenBack | None) -> list[str]:
        at = refund.at if refund else deal.paid_at
        assert at is not None, "only what was paid is on a bill"
        amount = yuan(-refund.amount_minor if refund else deal.amount_minor)
        fee = "0.00" if refund else yuan(-deal.fee_minor)
        return [
            f"{deal.provider_id}\t", f"{deal.number}\t", "退款" if refund else "交易", deal.title,
            stamp(at), stamp(at), "", "", "", "", "fak***@example.com", amount, amount,
            f"{refund.number}\t" if refund else "", fee, "",
        ]  # fmt: skip


def state_of(deal: Deal) -> str:
    """Alipay's word for how a trade stands: a full refund closes it."""
    if deal.standing is Standing.PAID:
        return "TRADE_CLOSED" if deal.refunded_minor >= deal.amount_minor else "TRADE_SUCCESS"
    return "TRADE_CLOSED" if deal.standing is Standing.CLOSED else "WAIT_BUYER_PAY"


def read_stamp(text: str) -> datetime:
    """An instant of Beijing's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def fen(amount: str) -> int:
    """Yuan as a text, in fen."""
    return int(Decimal(str(amount)).scaleb(2))


def yuan(amount_minor: int) -> str:
    """Fen, in yuan as a text."""
    return f"{Money(amount_minor, 'CNY').decimal:f}"
