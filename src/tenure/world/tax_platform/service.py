"""The interface of 诺诺: signed calls in, answers as its documents describe them (R-I-003)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from tenure.kernel.clock import to_us
from tenure.kernel.failures import Refusal, Sentence
from tenure.world.gateways.serving import Answer, LineBroken, Request, Server
from tenure.world.tax_platform.papers import Paper, PaperLine, ofd_of, pdf_of, xml_of

PATH: Final = "/open/v1/services"
_CLOCK_SKEW_S: Final = 600
_PREFIX: Final = "nuonuo.OpeMplatform."
_COMPANIES: Final = {"腾讯科技（深圳）有限公司": "9144030071526726XG"}


class NotInProduction(Refusal):
    """A made-up tax platform beside a real business."""

    code = "not_in_production"
    said = Sentence(
        zh="模拟开票平台不能在生产环境（TENURE_ENV=production）运行。",
        en="The made-up tax platform does not run in production (TENURE_ENV=production).",
    )


@dataclass(frozen=True, slots=True)
class Account:
    """The merchant as the service knows it."""

    app_key: str
    app_secret: str
    token: str
    tax_id: str


@dataclass(slots=True)
class Order:
    """One request and what became of it."""

    number: str
    content: Mapping[str, Any]
    on: date
    is_red: bool = False
    asked: int = 0
    einvoice: str = ""
    failure: str = ""
    original: str = ""
    confirmation: str = ""


@dataclass(slots=True)
class Faults:
    """What goes wrong next: answers lost after the work was done, calls refused, slow issuing."""

    drop_answers: int = 0
    server_errors: int = 0
    fail_orders: set[str] = field(default_factory=set)
    pending_queries: int = 1
    unconfirmed: int = 0


class TaxPlatform:
    """Started on a port of the loopback; `close` ends it."""

    def __init__(self, account: Account, *, now: Callable[[], datetime], port: int = 0) -> None:
        if settings.TENURE_ENV == "production":
            raise NotInProduction()
        self.account = account
        self.faults = Faults()
        self.orders: dict[str, Order] = {}
        self.confirmations: dict[str, Mapping[str, Any]] = {}
        self.delivered: list[Mapping[str, Any]] = []
        self.calls: list[str] = []
        self._now = now
        self._server = Server(self._answer, port=port)

    @property
    def url(self) -> str:
        """Where its calls go."""
        return f"{self._server.address}{PATH}"

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def paper_of(self, order: Order) -> Paper:
        """The document of an order."""
        buyer = order.content
        return Paper(
            number=order.einvoice,
            on=order.on,
            seller_name="样例销售方",
            seller_id=self.account.tax_id,
            buyer_name=str(buyer["buyerName"]),
            buyer_id=str(buyer["buyerTaxNum"]),
            lines=[_paper_line(one) for one in buyer["invoiceDetail"]],
            remark=order.number,
            original=order.original,
            confirmation=order.confirmation,
        )

    def _answer(self, request: Request) -> Answer:
        if request.method == "GET":
            return self._file(request.path)
        if self.faults.server_errors > 0:
            self.faults.server_errors -= 1
            return Answer(500, b"busy")
        refused = self._refused(request)
        if refused:
            return _said(refused)
        method = request.headers.get("method", "").removeprefix(_PREFIX)
        self.calls.append(method)
        told = self._done(method, request.content)
        if self.faults.drop_answers > 0:
            self.faults.drop_answers -= 1
            raise LineBroken
        return _said(told)

    def _refused(self, request: Request) -> dict[str, Any]:
        """What is wrong with a call before its content is read; empty where nothing is."""
        marks, headers = request.query, request.headers
        if headers.get("accesstoken") != self.account.token:
            return {"code": "070304", "describe": "bad credentials"}
        if headers.get("usertax") != self.account.tax_id:
            return {"code": "070305", "describe": "bad tax number"}
        if marks.get("appkey") != self.account.app_key or len(marks.get("senid", "")) != 32:
            return {"code": "070101", "describe": "bad appkey or senid"}
        age_s = to_us(self._now()) // 1_000_000 - int(marks.get("timestamp", "0"))
        if abs(age_s) > _CLOCK_SKEW_S:
            return {"code": "070102", "describe": "timestamp expired"}
        message = (
            f"a=services&l=v1&p=open&k={marks['appkey']}&i={marks['senid']}&n={marks['nonce']}"
            f"&t={marks['timestamp']}&f={request.body.decode()}"
        )
        secret = self.account.app_secret.encode()
        digest = hmac.new(secret, message.encode(), hashlib.sha1).digest()
        signed = base64.b64encode(digest).decode()
        if not hmac.compare_digest(signed, headers.get("x-nuonuo-sign", "")):
            return {"code": "070103", "describe": "bad signature"}
        return {}

    def _done(self, method: str, content: Mapping[str, Any]) -> dict[str, Any]:
        verbs: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "requestBillingNew": self._bill,
            "queryInvoiceResult": self._tell,
            "reInvoice": self._again,
            "saveInvoiceRedConfirm": self._confirm,
            "queryInvoiceRedConfirm": self._tell_confirmation,
            "fastInvoiceRed": self._bill_red,
            "deliveryInvoice": self._deliver,
            "prefixQuery": self._titles,
        }
        if method not in verbs:
            return {"code": "070001", "describe": "no such method"}
        return verbs[method](content)

    def _bill(self, content: Mapping[str, Any]) -> dict[str, Any]:
        order = content["order"]
        number = str(order["orderNo"])
        if number in self.orders:
            return {"code": "E9106", "describe": "订单编号不能重复"}
        if order["salerTaxNum"] != self.account.tax_id:
            return {"code": "E9101", "describe": "销方税号不符"}
        for line in order["invoiceDetail"]:
            total = Decimal(line["taxExcludedAmount"]) + Decimal(line["tax"])
            if total != Decimal(line["taxIncludedAmount"]) or len(line["goodsCode"]) != 19:
                return {"code": "E9102", "describe": "明细金额或编码有误"}
        self.orders[number] = Order(number, order, self._now().date())
        return {"code": "E0000", "describe": "开票提交成功", "result": {"invoiceSerialNum": number}}

    def _bill_red(self, content: Mapping[str, Any]) -> dict[str, Any]:
        number = str(content["orderNo"])
        if number in self.orders:
            return {"code": "E9106", "describe": "订单编号不能重复"}
        form = self.confirmations.get(number)
        if form is None or content["billNo"] != _bill_number(number):
            return {"code": "E9200", "describe": "红字确认单不存在"}
        told = {**form, "buyerTaxNum": form["buyerTaxNo"]}
        red = Order(number, told, self._now().date(), is_red=True)
        red.original, red.confirmation = str(content["elecInvoiceNumber"]), str(content["billNo"])
        self.orders[number] = red
        return {"code": "E0000", "describe": "成功", "result": {"invoiceSerialNum": number}}

    def _tell(self, content: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(content["orderNos"][0]))
        if order is None:
            return {"code": "E9500", "describe": "没有查询到数据"}
        order.asked += 1
        if order.number in self.faults.fail_orders:
            order.failure = "购方税号校验不通过"
        told = {"orderNo": order.number, "serialNo": order.number, "status": "20"}
        if order.failure:
            told |= {"status": "22", "failCause": order.failure}
        elif order.asked > self.faults.pending_queries:
            order.einvoice = order.einvoice or f"26{secrets.randbelow(10**18):018d}"
            told |= {"status": "2", "allElectronicInvoiceNumber": order.einvoice}
            told |= {"invoiceTime": f"{order.on} 10:00:00"}
            files = {f"{form}Url": f"{self._server.address}/files/{order.number}.{form}"
                     for form in ("xml", "ofd", "pdf")}  # fmt: skip
            told |= files
        return {"code": "E0000", "describe": "获取成功", "result": [told]}

    def _again(self, content: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(content["orderno"]))
        if order is None or not order.failure:
            return {"code": "E9501", "describe": "没有可重开的单据"}
        order.failure, order.asked = "", 0
        return {"code": "E0000", "describe": "重开提交成功"}

    def _confirm(self, content: Mapping[str, Any]) -> dict[str, Any]:
        number = str(content["billId"])
        issued = {one.einvoice for one in self.orders.values() if one.einvoice}
        if content["blueElecInvoiceNumber"] not in issued:
            return {"code": "E9201", "describe": "蓝字号码不存在"}
        self.confirmations.setdefault(number, content)
        return {"code": "E0000", "describe": "成功", "result": number}

    def _tell_confirmation(self, content: Mapping[str, Any]) -> dict[str, Any]:
        number = str(content["billId"])
        if number not in self.confirmations:
            return {"code": "E9500", "describe": "没有查询到数据"}
        status = "01"
        if self.faults.unconfirmed > 0:
            self.faults.unconfirmed -= 1
            status = "02"
        told = {"billNo": _bill_number(number), "billStatus": status, "billId": number}
        return {"code": "E0000", "describe": "成功", "result": {"list": [told]}}

    def _deliver(self, content: Mapping[str, Any]) -> dict[str, Any]:
        self.delivered.append(content)
        return {"code": "E0000", "describe": "成功"}

    def _titles(self, content: Mapping[str, Any]) -> dict[str, Any]:
        name = str(content["name"])
        found = [
            {"name": one, "kpCode": code}
            for one, code in _COMPANIES.items()
            if one.startswith(name)
        ]
        return {"code": "E0000", "describe": "成功", "result": found}

    def _file(self, path: str) -> Answer:
        number, _, form = path.removeprefix("/files/").partition(".")
        order = self.orders.get(number)
        makers = {"xml": xml_of, "ofd": ofd_of, "pdf": pdf_of}
        if order is None or not order.einvoice or form not in makers:
            return Answer(404)
        return Answer(200, makers[form](self.paper_of(order)), "application/octet-stream")


def _paper_line(line: Mapping[str, Any]) -> PaperLine:
    return PaperLine(
        name=str(line["goodsName"]),
        code=str(line["goodsCode"]),
        net=Decimal(line["taxExcludedAmount"]),
        tax=Decimal(line["tax"]),
        share=Decimal(line["taxRate"]),
    )


def _bill_number(number: str) -> str:
    return f"3301{number[-16:]}"


def _said(told: Mapping[str, Any]) -> Answer:
    return Answer(200, json.dumps(told, ensure_ascii=False).encode())
