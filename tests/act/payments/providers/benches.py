"""A provider with its real library, before the gateway that plays its counterpart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from tenure.act.payments.configuration import KINDS
from tenure.act.payments.provider import BadNotice, PaymentProvider
from tenure.act.payments.providers.alipay.provider import Alipay
from tenure.act.payments.providers.stripe_card import StripeCard
from tenure.act.payments.providers.unionpay.provider import Unionpay
from tenure.act.payments.providers.wechat.provider import WechatPay
from tenure.act.payments.values import (
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    RefundOrder,
)
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.alipay import AlipayGateway
from tenure.world.gateways.book import BEIJING
from tenure.world.gateways.delivery import post
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.serving import Answer, Request, Server
from tenure.world.gateways.stripe import StripeGateway
from tenure.world.gateways.unionpay import UnionpayGateway
from tenure.world.gateways.wechat import WechatGateway

FIRST_WAY = {"wechat": "native", "alipay": "precreate", "stripe": "card", "unionpay": "form"}
_MAKERS: dict[str, tuple[type[Gateway], Callable[[Any], PaymentProvider]]] = {
    "wechat": (WechatGateway, WechatPay),
    "alipay": (AlipayGateway, Alipay),
    "stripe": (StripeGateway, StripeCard),
    "unionpay": (UnionpayGateway, Unionpay),
}
#: What a second of each provider's schedule takes here: some ten milliseconds for the first wait.
PACES = {"wechat": 0.001, "alipay": 0.00005, "stripe": 0.00003, "unionpay": 0.0002}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Hook:
    """The merchant's side of notifications: checks each, keeps it, and answers as it should."""

    def __init__(self) -> None:
        self.provider: PaymentProvider | None = None
        self.notices: list[Notice] = []
        self.refused: list[BadNotice] = []
        self.requests: list[Request] = []
        self.not_taking = 0
        self.server = Server(self._heard)

    @property
    def url(self) -> str:
        return f"{self.server.address}/hook"

    def forget(self) -> None:
        self.notices.clear()
        self.refused.clear()
        self.requests.clear()
        self.not_taking = 0

    def _heard(self, request: Request) -> Answer:
        assert self.provider is not None, "a hook belongs to a provider"
        self.requests.append(request)
        try:
            notice = self.provider.verify_notification(
                request.headers, request.body, at=clock.now()
            )
        except BadNotice as refusal:
            self.refused.append(refusal)
            return self._answer(is_taken=False)
        if self.not_taking > 0:
            self.not_taking -= 1
            return self._answer(is_taken=False)
        self.notices.append(notice)
        return self._answer(is_taken=True)

    def _answer(self, *, is_taken: bool) -> Answer:
        assert self.provider is not None, "a hook belongs to a provider"
        said = self.provider.acknowledgement(is_taken=is_taken)
        return Answer(said.status, said.body, said.content_type)


@dataclass
class Bench:
    """A gateway, the provider before it, and the hook that hears from it."""

    gateway: Gateway
    provider: PaymentProvider
    hook: Hook
    numbers: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        """In whose calendar the provider's bills have their days."""
        return UTC if self.name == "stripe" else BEIJING

    @property
    def name(self) -> str:
        return self.provider.name

    def number(self) -> str:
        """The next payment number, 29 characters as all of ours."""
        self.numbers.append(f"R20261127{len(self.numbers):020d}")
        return self.numbers[-1]

    def charge(self, **given: Any) -> Charge:
        at = clock.now()
        plain: dict[str, Any] = {
            "number": given.get("number") or self.number(),
            "amount": Money(9_990, "CNY"),
            "subject": "家庭宽带 12 个月",
            "way": FIRST_WAY[self.name],
            "return_url": "http://127.0.0.1:9/done",
            "notify_url": self.hook.url,
            "expires_at": at + timedelta(minutes=30),
            "client_ip": "127.0.0.1",
        }
        return Charge(**(plain | given))

    def open(self, charge: Charge) -> HandOff:
        """Open a charge and go where it leads; what the provider called it is kept."""
        hand_off = self.provider.create(charge, at=clock.now())
        self.names[charge.number] = hand_off.provider_id
        if hand_off.kind is HandOffKind.FORM:
            answer = post(hand_off.url, headers=FORM, body=urlencode(hand_off.fields).encode())
            assert answer[0] == 303, "the gateway takes the form and shows its page"
        return hand_off

    def query(self, number: str) -> Found:
        name = self.names.get(number, "")
        return self.provider.query(number, at=clock.now(), provider_id=name)

    def close(self, number: str) -> None:
        name = self.names.get(number, "")
        self.provider.close(number, at=clock.now(), provider_id=name)

    def paid(self, **given: Any) -> Charge:
        """A charge that was opened and paid, its notification heard."""
        charge = self.charge(**given)
        self.open(charge)
        self.gateway.pay(charge.number)
        self.settled()
        return charge

    def loses_answers(self) -> None:
        """Break the line after the next call, and after each repetition of a library's own."""
        self.gateway.faults.arm(Fault.DROP_ANSWER, times=3 if self.name == "stripe" else 1)

    def settled(self) -> None:
        assert self.gateway.messenger.settle(), "the gateway still has something to tell"

    def refund(self, charge: Charge, amount_minor: int, **given: Any) -> RefundOrder:
        amount = Money(amount_minor, charge.amount.currency)
        plain: dict[str, Any] = {
            "number": charge.number,
            "refund_number": f"F{charge.number[5:]}{amount_minor}",
            "amount": amount,
            "total": charge.amount,
            "reason": "客户退款",
            "notify_url": self.hook.url,
            "asked_at": self.gateway.book.deals[charge.number].paid_at,
            "provider_id": self.gateway.book.deals[charge.number].provider_id,
        }
        return RefundOrder(**(plain | given))

    @property
    def deal(self) -> Any:
        """The gateway's own entry of the last payment."""
        return self.gateway.book.deals[self.numbers[-1]]


def a_bench(name: str) -> Bench:
    gateway_kind, provider_kind = _MAKERS[name]
    gateway = gateway_kind(pace=PACES[name])
    provider = provider_kind(KINDS[name](**gateway.configuration()))
    hook = Hook()
    hook.provider = provider
    gateway.application_url = hook.url
    return Bench(gateway, provider, hook)


def in_beijing(text: str) -> datetime:
    """An instant of Beijing's wall clock, such as 2026-12-08 10:00."""
    return datetime.fromisoformat(f"{text}+08:00")
