"""WeChat Pay v3: orders, refunds and bills. Mandates stand beside, in `wechat_mandates`."""

import csv
import gzip
import hashlib
import io
import secrets
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.world.gateways.book import BEIJING, Contract, Deal, GivenBack, Standing, provider_id
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.keys import key_pair
from tenure.world.gateways.serving import Answer, Request
from tenure.world.gateways.wechat_mandates import Mandates
from tenure.world.gateways.wechat_wire import Event, Seal

_MINUTE, _HOUR = 60.0, 3600.0
#: 24 hours and 4 minutes in 15 deliveries (R-Y-023).
SCHEDULE_S: Final = (
    15.0, 15.0, 30.0, 3 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE, 30 * _MINUTE,
    30 * _MINUTE, 60 * _MINUTE, 3 * _HOUR, 3 * _HOUR, 3 * _HOUR, 6 * _HOUR, 6 * _HOUR,
)  # fmt: skip
_ORDERS: Final = "/v3/pay/transactions"
_BY_NUMBER: Final = f"{_ORDERS}/out-trade-no/"
_REFUNDS: Final = "/v3/refund/domestic/refunds"
_STATES: Final = {
    Standing.OPEN: "NOTPAY",
    Standing.PAID: "SUCCESS",
    Standing.FAILED: "PAYERROR",
    Standing.CLOSED: "CLOSED",
}
_BILL_HEAD: Final = (
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号",
    "用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额",
    "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态",
    "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
)  # fmt: skip


def seal() -> Seal:
    """A merchant and a platform that nobody knew before."""
    return Seal(
        mchid=f"16{secrets.randbelow(10**8):08d}",
        appid=f"wx{secrets.token_hex(8)}",
        certificate_serial=secrets.token_hex(20).upper(),
        public_key_id=f"PUB_KEY_ID_{secrets.randbelow(10**16):016d}",
        api_v3_key=secrets.token_hex(16),
        merchant=key_pair(),
        platform=key_pair(),
        stranger=key_pair(),
    )


class WechatGateway(Gateway):
    """A merchant platform for one merchant."""

    name = "wechat"
    brand = Sentence(zh="微信支付（模拟）", en="WeChat Pay (fake)")
    schedule_s = SCHEDULE_S

    def __init__(self, *, port: int = 0, pace: float = 0.1, seed: int = 0) -> None:
        self.seal = seal()
        self.plan_id = "12535"
        self.mandates = Mandates(self, seal=self.seal, plan_id=self.plan_id)
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        """What the merchant's side needs to know."""
        return {
            "mchid": self.seal.mchid,
            "appid": self.seal.appid,
            "certificate_serial": self.seal.certificate_serial,
            "private_key": self.seal.merchant.private_pem,
            "api_v3_key": self.seal.api_v3_key,
            "public_key_id": self.seal.public_key_id,
            "public_key": self.seal.platform.public_pem,
            "plan_id": self.plan_id,
            "gateway": self.address,
        }

    def broken(self, status: int) -> Answer:
        """Signed like everything else."""
        return self.seal.refused(status, "SYSTEM_ERROR" if status >= 500 else "FREQUENCY_LIMITED")

    def called(self, request: Request) -> Answer:
        if self.seal.fault_of(request):
            return self.seal.refused(401, "SIGN_ERROR")
        with self.book.lock:
            return self._route(request)

    def _route(self, request: Request) -> Answer:
        path, is_post = request.path, request.method == "POST"
        if path.startswith("/v3/papay/"):
            return self.mandates.called(request)
        if path.startswith(_BY_NUMBER):
            number, _, verb = path.removeprefix(_BY_NUMBER).partition("/")
            return self._closed(number) if verb == "close" and is_post else self._shown(number)
        if path.startswith(f"{_ORDERS}/") and is_post:
            return self._ordered(request.content, way=path.rpartition("/")[2])
        if path == _REFUNDS and is_post:
            return self._refunded(request.content)
        if path.startswith(f"{_REFUNDS}/"):
            return self._refund_shown(path.rpartition("/")[2])
        if path == "/v3/bill/tradebill":
            return self._bill(request.query)
        if path == "/v3/billdownload/file":
            text = self._bill_text(date.fromisoformat(request.query["token"])).encode()
            return Answer(200, gzip.compress(text), "application/octet-stream")
        return self.seal.refused(404, "RESOURCE_NOT_EXISTS")

    # Orders

    def _ordered(self, wish: dict[str, Any], *, way: str) -> Answer:
        known = self.book.deals.get(wish.get("out_trade_no", ""))
        refused = self._order_fault(wish, known, way=way)
        if refused is not None:
            return refused
        deal = known or self._booked(wish, way=way)
        page = f"{self.address}/pay/{deal.token}"
        shown = {"native": {"code_url": page}, "h5": {"h5_url": page}}
        return self.seal.answer(shown.get(way, {"prepay_id": f"wx{deal.token}"}))

    def _order_fault(self, wish: dict[str, Any], known: Deal | None, *, way: str) -> Answer | None:
        if way not in {"native", "h5", "jsapi"}:
            return self.seal.refused(404, "RESOURCE_NOT_EXISTS")
        if (wish.get("appid"), wish.get("mchid")) != (self.seal.appid, self.seal.mchid):
            return self.seal.refused(400, "APPID_MCHID_NOT_MATCH")
        needed = {"h5": "scene_info", "jsapi": "payer"}.get(way, "description")
        number = str(wish.get("out_trade_no", ""))
        notify_url = str(wish.get("notify_url", ""))
        if not wish.get(needed) or not 6 <= len(number) <= 32 or "?" in notify_url:
            return self.seal.refused(400, "PARAM_ERROR")
        if known is None:
            return None
        if known.standing is Standing.PAID:
            return self.seal.refused(400, "ORDERPAID")
        if known.standing is Standing.CLOSED:
            return self.seal.refused(400, "ORDER_CLOSED")
        if (known.amount_minor, known.way) != (wish["amount"]["total"], way):
            return self.seal.refused(403, "OUT_TRADE_NO_USED")
        return None

    def _booked(self, wish: dict[str, Any], *, way: str) -> Deal:
        expires = wish.get("time_expire")
        deal = Deal(
            number=wish["out_trade_no"],
            provider_id=provider_id("4200"),
            amount_minor=wish["amount"]["total"],
            currency=wish["amount"].get("currency", "CNY"),
            title=wish["description"],
            way=way,
            notify_url=wish["notify_url"],
            expires_at=datetime.fromisoformat(expires) if expires else None,
        )
        deal.noted["openid"] = wish.get("payer", {}).get("openid", "oFakePayer0001")
        self.book.deals[deal.number] = deal
        return deal

    def _shown(self, number: str) -> Answer:
        deal = self.book.deals.get(number)
        if deal is None:
            return self.seal.refused(404, "ORDER_NOT_EXIST")
        return self.seal.answer(self.told_of(deal))

    def told_of(self, deal: Deal) -> dict[str, Any]:
        """An order as queries and notifications show it."""
        shown: dict[str, Any] = {
            "appid": self.seal.appid,
            "mchid": self.seal.mchid,
            "out_trade_no": deal.number,
            "trade_state": "REFUND" if deal.refunds else _STATES[deal.standing],
            "trade_state_desc": deal.reason,
            "amount": {"total": deal.amount_minor, "currency": deal.currency},
        }
        if deal.paid_at is not None:
            shown |= {
                "transaction_id": deal.provider_id,
                "trade_type": "PAP" if deal.contract_id else deal.way.upper(),
                "success_time": _stamp(deal.paid_at),
                "payer": {"openid": deal.noted.get("openid", "")},
            }
        return shown

    def _closed(self, number: str) -> Answer:
        deal = self.book.deals.get(number)
        if deal is None:
            return self.seal.refused(404, "ORDER_NOT_EXIST")
        if deal.standing is Standing.PAID:
            return self.seal.refused(400, "ORDERPAID")
        deal.standing = Standing.CLOSED
        return self.seal.answer(None)

    # Refunds

    def _refunded(self, wish: dict[str, Any]) -> Answer:
        deal = self.book.deals.get(wish.get("out_trade_no", ""))
        if deal is None or deal.standing is not Standing.PAID:
            return self.seal.refused(404, "RESOURCE_NOT_EXISTS")
        number, amount_minor = wish["out_refund_no"], wish["amount"]["refund"]
        known = self.book.refund_by_number(number)
        if known is not None:
            if known[1].amount_minor != amount_minor:
                return self.seal.refused(400, "INVALID_REQUEST")
            return self.seal.answer(self._refund_told(*known))
        if wish["amount"]["total"] != deal.amount_minor or len(deal.refunds) >= 50:
            return self.seal.refused(400, "INVALID_REQUEST")
        if amount_minor > deal.amount_minor - deal.refunded_minor:
            return self.seal.refused(403, "NOT_ENOUGH")
        refund = GivenBack(number, provider_id("5030"), amount_minor, clock.now())
        refund.notify_url = wish.get("notify_url", "")
        deal.refunds[number] = refund
        self._tell_refunded(deal, refund)
        return self.seal.answer({**self._refund_told(deal, refund), "status": "PROCESSING"})

    def _refund_shown(self, number: str) -> Answer:
        known = self.book.refund_by_number(number)
        if known is None:
            return self.seal.refused(404, "RESOURCE_NOT_EXISTS")
        return self.seal.answer(self._refund_told(*known))

    def _refund_told(self, deal: Deal, refund: GivenBack) -> dict[str, Any]:
        return {
            "refund_id": refund.provider_id,
            "out_refund_no": refund.number,
            "transaction_id": deal.provider_id,
            "out_trade_no": deal.number,
            "status": "SUCCESS",
            "success_time": _stamp(refund.at),
            "amount": {
                "total": deal.amount_minor, "refund": refund.amount_minor, "currency": deal.currency
            },
        }  # fmt: skip

    # Notifications

    def tell_paid(self, deal: Deal) -> None:
        kind = "TRANSACTION.SUCCESS" if deal.standing is Standing.PAID else "TRANSACTION.FAIL"
        if deal.standing is not Standing.PAID and not deal.contract_id:
            return  # A payment that a person failed is not told: they may try again.
        content = self.told_of(deal)
        if deal.standing is Standing.PAID:
            content["trade_state"] = "SUCCESS"
        if self.faults.strikes(Fault.WRONG_AMOUNT):
            content["amount"] = {**content["amount"], "total": deal.amount_minor + 1}
        if self.faults.strikes(Fault.WRONG_MERCHANT):
            content["appid"] = "wx0000000000000000"
        self._tell(deal.notify_url, kind=kind, original_type="transaction", content=content)

    def _tell_refunded(self, deal: Deal, refund: GivenBack) -> None:
        content = self._refund_told(deal, refund)
        content |= {"mchid": self.seal.mchid, "refund_status": content.pop("status")}
        self._tell(
            refund.notify_url or deal.notify_url,
            kind="REFUND.SUCCESS",
            original_type="refund",
            content=content,
        )

    def tell_contract(self, contract: Contract) -> None:
        kind = "ENTRUST.SIGNING" if contract.ended_at is None else "ENTRUST.RELEASE"
        self._tell(
            contract.notify_url,
            kind=kind,
            original_type="contract",
            content=self.mandates.told_of(contract),
        )

    def _tell(self, url: str, *, kind: str, original_type: str, content: dict[str, Any]) -> None:
        event = Event(
            event_id=secrets.token_hex(16),
            kind=kind,
            original_type=original_type,
            content=content,
            created=_stamp(clock.now()),
        )
        write = partial(self.seal.letter, event, faults=self.faults)
        self.messenger.tell(
            self.local(url), write=write, is_taken=lambda status, body: status in {200, 204}
        )

    # Bills

    def _bill(self, query: dict[str, str]) -> Answer:
        day = date.fromisoformat(query["bill_date"])
        if day >= clock.now().astimezone(BEIJING).date():
            return self.seal.refused(400, "STATEMENT_CREATING")
        if not self.book.paid_on(day) and not self.book.refunded_on(day):
            return self.seal.refused(400, "NO_STATEMENT_EXIST")
        digest = hashlib.sha1(self._bill_text(day).encode(), usedforsecurity=False).hexdigest()
        url = f"{self.address}/v3/billdownload/file?token={day}"
        return self.seal.answer({"hash_type": "SHA1", "hash_value": digest, "download_url": url})

    def _bill_text(self, day: date) -> str:
        """The bill as it is downloaded: each value behind a back quote, a sum at the end."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(_BILL_HEAD)
        rows = [self._bill_row(deal, None) for deal in self.book.paid_on(day)]
        rows += [self._bill_row(deal, refund) for deal, refund in self.book.refunded_on(day)]
        lines.writerows([f"`{value}" for value in row] for row in rows)
        lines.writerow(["总交易单数", "应结订单总金额", "退款总金额", "手续费总金额"])
        lines.writerow([f"`{len(rows)}", "`0.00", "`0.00", "`0.00"])
        return out.getvalue()

    def _bill_row(self, deal: Deal, refund: GivenBack | None) -> list[str]:
        at = refund.at if refund else deal.paid_at
        assert at is not None, "only what was paid is on a bill"
        whole = _yuan(deal.amount_minor)
        back = _yuan(refund.amount_minor) if refund else "0.00"
        fee = "0.00" if refund else _yuan(deal.fee_minor)
        return [
            f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}", self.seal.appid, self.seal.mchid, "", "",
            deal.provider_id, deal.number, deal.noted.get("openid", ""), deal.way.upper(),
            "REFUND" if refund else "SUCCESS", "OTHERS", deal.currency,
            "0.00" if refund else whole, "0.00", refund.provider_id if refund else "0",
            refund.number if refund else "0", back, "0.00", "ORIGINAL" if refund else "",
            "SUCCESS" if refund else "", deal.title, "", fee, "0.60%", whole, back, "",
        ]  # fmt: skip


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def _yuan(amount_minor: int) -> str:
    return f"{Money(amount_minor, 'CNY').decimal:f}"
