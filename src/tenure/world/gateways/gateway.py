"""What every gateway here has in common: faults, a pay page, a signing page, and its messenger."""

import json
from collections.abc import Sequence
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.world.gateways import pages
from tenure.world.gateways.book import Book, Contract, Deal, Signed, Standing
from tenure.world.gateways.delivery import Messenger
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.pages import Button, Sheet
from tenure.world.gateways.serving import HOST, Answer, LineBroken, Request, Server

PAY: Final = Button("pay", Sentence(zh="确认支付", en="Pay"), is_main=True)
FAIL: Final = Button("fail", Sentence(zh="支付失败（余额不足）", en="Fail (no funds)"))
CANCEL: Final = Button("cancel", Sentence(zh="放弃支付", en="Cancel"))
SIGN: Final = Button("sign", Sentence(zh="同意并开通", en="Agree and sign"), is_main=True)
DECLINE: Final = Button("decline", Sentence(zh="暂不开通", en="Not now"))
RELEASE: Final = Button("release", Sentence(zh="关闭自动扣费", en="End this mandate"))

_MERCHANT = Sentence(zh="收款方", en="Payee")
_TITLE = Sentence(zh="商品", en="For")
_NUMBER = Sentence(zh="商户单号", en="Order number")
_TO_PAY = Sentence(zh="待支付", en="To be paid")
_TO_SIGN = Sentence(zh="开通自动扣费", en="Agree to automatic payments")
_UNKNOWN = Sentence(zh="没有这一页", en="There is no such page")
_LIMIT = Sentence(zh="单次上限", en="At most, each time")
_ACCOUNT = Sentence(zh="商户账号", en="Account at the merchant")
_STANDS: Final = {
    Standing.OPEN: _TO_PAY,
    Standing.PAID: Sentence(zh="支付成功", en="Paid"),
    Standing.FAILED: Sentence(zh="支付失败", en="The payment failed"),
    Standing.CLOSED: Sentence(zh="订单已关闭", en="The order is closed"),
}
_MANDATE_STANDS: Final = {
    Signed.OPEN: _TO_SIGN,
    Signed.ACTIVE: Sentence(zh="已开通自动扣费", en="Automatic payments are on"),
    Signed.ENDED: Sentence(zh="自动扣费已关闭", en="Automatic payments are off"),
}


class Gateway:
    """One provider. A subclass answers its calls and writes its notifications."""

    name: ClassVar[str]
    brand: ClassVar[Sentence]
    merchant_name: ClassVar[str] = "续航示例商户 · Tenure Demo"
    schedule_s: ClassVar[Sequence[float]]
    #: Whether a person whose payment failed may try again on the same order.
    may_try_again: ClassVar[bool] = False
    #: Ways of going wrong that make no sense for this provider.
    not_here: ClassVar[frozenset[Fault]] = frozenset()

    def __init__(self, *, port: int = 0, pace: float = 0.1, seed: int = 0) -> None:
        self.faults = Faults(seed=seed)
        self.book = Book()
        self.messenger = Messenger(self.schedule_s, pace=pace, faults=self.faults)
        self.calls: list[Request] = []
        #: Where the merchant hears what no order's own address is for.
        self.application_url = ""
        #: The merchant's own address on this machine, whatever it calls itself to the world.
        self.home = ""
        self.server = Server(self._answer, port=port)

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.server.address

    def close(self) -> None:
        """Stop listening and telling."""
        self.server.close()
        self.messenger.close()

    def local(self, url: str) -> str:
        """An address of the merchant's, on this machine; empty where it has none.

        A gateway of this machine tells nobody beyond it, whatever address it was given.
        """
        parts, home = urlsplit(url), urlsplit(self.home)
        if parts.hostname == HOST or not url:
            return url
        if not home.netloc:
            return ""
        # A portal in a folder of its own address is at the root of this machine.
        path = parts.path[max(0, parts.path.find("/hooks/")) :]
        return urlunsplit(parts._replace(scheme=home.scheme, netloc=home.netloc, path=path))

    # What a provider fills in.

    def configuration(self) -> dict[str, str | int]:
        """What the merchant's side needs to know, by the names of its settings."""
        raise AssertionError(f"{self.name} tells its merchant how to reach it")

    def called(self, request: Request) -> Answer:
        """Answer a call of the merchant's program."""
        raise AssertionError(f"{self.name} answers its own calls: {request.path}")

    def broken(self, status: int) -> Answer:
        """How the provider says 500 or 429."""
        return Answer(status, b"{}")

    def tell_paid(self, deal: Deal) -> None:
        """Send the notification of a payment, whichever way it went."""
        raise AssertionError(f"{self.name} tells of {deal.number} in its own words")

    def tell_contract(self, contract: Contract) -> None:
        """Send the notification of a mandate that was signed or ended."""
        raise AssertionError(f"{self.name} tells of {contract.number} in its own words")

    # What a person does, on a page or through these verbs.

    def visit(self, number: str) -> Deal:
        """Come to the pay page; some providers know of an order only from then on."""
        deal = self.book.deals[number]
        deal.noted["seen"] = "1"
        return deal

    def pay(self, number: str) -> Deal:
        """Pay an order, if it can be paid; a closed one only under its fault."""
        with self.book.lock:
            deal = self.visit(number)
            is_late = deal.standing is Standing.CLOSED or deal.has_expired(clock.now())
            if is_late and self.faults.strikes(Fault.PAID_WHEN_CLOSED):
                is_late = False
            if deal.standing is Standing.PAID or is_late:
                return deal
            deal.standing, deal.paid_at, deal.reason = Standing.PAID, clock.now(), ""
        self.tell_paid(deal)
        return deal

    def fail(self, number: str, *, reason: str = "insufficient_funds") -> Deal:
        """Let a payment fail for a reason."""
        with self.book.lock:
            deal = self.visit(number)
            if deal.standing is not Standing.OPEN:
                return deal
            deal.standing = Standing.OPEN if self.may_try_again else Standing.FAILED
            deal.reason = reason
        self.tell_paid(deal)
        return deal

    def sign(self, number: str) -> Contract:
        """Agree to a mandate."""
        with self.book.lock:
            contract = self.book.contracts[number]
            if contract.standing is not Signed.OPEN:
                return contract
            contract.standing, contract.signed_at = Signed.ACTIVE, clock.now()
        self.tell_contract(contract)
        return contract

    def release(self, number: str) -> Contract:
        """End a mandate from the customer's own side."""
        with self.book.lock:
            contract = self.book.contracts[number]
            if contract.standing is not Signed.ACTIVE:
                return contract
            contract.standing, contract.ended_at = Signed.ENDED, clock.now()
        self.tell_contract(contract)
        return contract

    # Pages, and the way there.

    def _answer(self, request: Request) -> Answer:
        parts = request.path.strip("/").split("/")
        if request.path == "/gateway.css":
            return pages.stylesheet()
        if request.path == "/faults":
            return self._switch(request)
        if parts[0] == "pay" and len(parts) == 2:
            return self._pay_page(request, parts[1])
        if parts[0] == "sign" and len(parts) == 2:
            return self._sign_page(request, parts[1])
        self.calls.append(request)
        if self.faults.strikes(Fault.SERVER_ERROR):
            return self.broken(500)
        if self.faults.strikes(Fault.TOO_MANY):
            return self.broken(429)
        answer = self.called(request)
        if self.faults.strikes(Fault.DROP_ANSWER):
            raise LineBroken
        return answer

    def _switch(self, request: Request) -> Answer:
        """The fault switches: GET shows them, POST {"fault", "times", "share"} sets one."""
        if request.method == "POST":
            wish = request.content
            times = wish.get("times", 1)
            self.faults.arm(
                Fault(wish["fault"]),
                times=None if times is None else int(times),
                share=float(wish.get("share", 1)),
            )
        elif request.method == "DELETE":
            self.faults.disarm()
        return Answer(200, json.dumps(self.faults.armed()).encode())

    def _pay_page(self, request: Request, token: str) -> Answer:
        deal = self.book.deal_by_token(token)
        if deal is None:
            return self._no_page(request)
        self.visit(deal.number)
        if request.method == "POST":
            return self._paid_on_page(request, deal)
        can_pay = deal.standing is Standing.OPEN and not deal.has_expired(clock.now())
        can_pay = can_pay or Fault.PAID_WHEN_CLOSED in self.faults.armed()
        title = _STANDS[deal.standing]
        if deal.standing is Standing.OPEN and not can_pay:
            title = _STANDS[Standing.CLOSED]
        sheet = Sheet(
            brand=self.brand,
            title=title,
            large=str(Money(deal.amount_minor, deal.currency)),
            rows=[
                (_MERCHANT, self.merchant_name),
                (_TITLE, deal.title),
                (_NUMBER, deal.number),
            ],
            buttons=(PAY, FAIL, CANCEL) if can_pay else (),
            back_to="" if can_pay and "given_up" not in deal.noted else self.local(deal.return_url),
            goes_back_by_itself=deal.standing is not Standing.OPEN,
            kind=self.name,
        )
        return pages.drawn(sheet, request)

    def _paid_on_page(self, request: Request, deal: Deal) -> Answer:
        deed = request.form.get("deed")
        if deed == PAY.deed:
            self.pay(deal.number)
        elif deed == FAIL.deed:
            self.fail(deal.number)
        elif deed == CANCEL.deed:
            self.give_up(deal)
        return pages.moved(request.path, query={"lang": pages.language_of(request)})

    def give_up(self, deal: Deal) -> None:
        """The person leaves the pay page without paying: the order stays open until it expires."""
        deal.noted["given_up"] = "1"

    def _sign_page(self, request: Request, token: str) -> Answer:
        contract = self.book.contract_by_token(token)
        if contract is None:
            return self._no_page(request)
        if request.method == "POST":
            return self._signed_on_page(request, contract)
        rows = [
            (_MERCHANT, self.merchant_name),
            (_TITLE, contract.title),
            (_ACCOUNT, contract.noted.get("account", "")),
            (_LIMIT, contract.noted.get("limit", "")),
        ]
        is_staying = contract.standing is Signed.OPEN and "given_up" not in contract.noted
        buttons = {Signed.OPEN: (SIGN, DECLINE), Signed.ACTIVE: (RELEASE,), Signed.ENDED: ()}
        sheet = Sheet(
            brand=self.brand,
            title=_MANDATE_STANDS[contract.standing],
            large="",
            rows=[(name, value) for name, value in rows if value],
            buttons=buttons[contract.standing],
            back_to="" if is_staying else self.local(contract.return_url),
            kind=self.name,
        )
        return pages.drawn(sheet, request)

    def _signed_on_page(self, request: Request, contract: Contract) -> Answer:
        deed = request.form.get("deed")
        if deed == SIGN.deed:
            self.sign(contract.number)
        elif deed == RELEASE.deed:
            self.release(contract.number)
        elif deed == DECLINE.deed:
            contract.noted["given_up"] = "1"
        return pages.moved(request.path, query={"lang": pages.language_of(request)})

    def _no_page(self, request: Request) -> Answer:
        sheet = Sheet(brand=self.brand, title=_UNKNOWN, large="", rows=[], kind=self.name)
        return pages.drawn(sheet, request, status=404)
