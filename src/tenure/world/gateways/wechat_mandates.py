"""WeChat Pay's 委托代扣: signing, announcing and deducting, with its hours (R-Y-024 to R-Y-028)."""

import re
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.book import BEIJING, Contract, Deal, Signed, Standing, provider_id
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.serving import Answer, Request
from tenure.world.gateways.wechat_wire import Seal

_SIGN: Final = "/v3/papay/entrust-sign/contracts/pre-entrust-sign"
_APPLY: Final = "/v3/papay/pay/transactions/apply"
_ONE = re.compile(r"/v3/papay/sign/contracts/plan-id/(\w+)/out-contract-code/([^/]+)(/terminate)?")
_NOTIFY = re.compile(r"/v3/papay/contracts/(\w+)/notify")
_OPENS, _CLOSES = time(7), time(22)
#: What one deduction may take under the template, in fen (R-Y-028).
LIMIT_MINOR: Final = 500_00
_STATES: Final = {Signed.ACTIVE: "SIGNED", Signed.ENDED: "TERMINATED"}


class Mandates:
    """The mandates of one WeChat gateway."""

    def __init__(self, gateway: Gateway, *, seal: Seal, plan_id: str) -> None:
        self._gateway, self._seal, self._plan_id = gateway, seal, plan_id
        #: What the next deductions fail with; empty when there is money.
        self.declines: list[str] = []

    def called(self, request: Request) -> Answer:
        """Answer a call below /v3/papay/."""
        if request.path == _SIGN:
            return self._begun(request.content)
        if request.path == _APPLY:
            return self._deducted(request.content)
        one, notify = _ONE.fullmatch(request.path), _NOTIFY.fullmatch(request.path)
        if one:
            return self._ended(one[2]) if one[3] else self._shown(one[2])
        if notify:
            return self._announced(notify[1], request.content)
        return self._seal.refused(404, "RESOURCE_NOT_EXISTS")

    def told_of(self, contract: Contract) -> dict[str, Any]:
        """A mandate as queries and notifications show it."""
        seal = self._seal
        shown: dict[str, Any] = {
            "mchid": seal.mchid,
            "appid": seal.appid,
            "plan_id": int(self._plan_id),
            "contract_id": contract.contract_id,
            "out_contract_code": contract.number,
            "contract_display_account": contract.noted["account"],
            "contract_state": _STATES[contract.standing],
            "openid": "oFakePayer0001",
        }
        if contract.signed_at:
            shown["contract_signed_time"] = _stamp(contract.signed_at)
        if contract.ended_at:
            shown["contract_terminate_info"] = {
                "contract_termination_mode": contract.noted.get("ended_by", "USER"),
                "contract_terminated_time": _stamp(contract.ended_at),
            }
        return shown

    def _begun(self, wish: dict[str, Any]) -> Answer:
        seal, book = self._seal, self._gateway.book
        number = str(wish["out_contract_code"])
        if str(wish["plan_id"]) != self._plan_id or not 0 < len(number) <= 32:
            return seal.refused(400, "PARAM_ERROR")
        contract = book.contracts.get(number)
        if contract is None:
            contract = Contract(
                number=number,
                contract_id=provider_id("2020"),
                title=wish["contract_display_account"],
                notify_url=wish["contract_notify_url"],
                return_url=wish.get("return_url", ""),
            )
            contract.noted["account"] = wish["contract_display_account"]
            contract.noted["limit"] = str(Money(LIMIT_MINOR, "CNY"))
            book.contracts[number] = contract
        url = f"{self._gateway.address}/sign/{contract.token}"
        return seal.answer({"pre_entrustweb_id": secrets.token_hex(16), "redirect_url": url})

    def _shown(self, number: str) -> Answer:
        contract = self._gateway.book.contracts.get(number)
        if contract is None or contract.standing is Signed.OPEN:
            return self._seal.refused(404, "RESOURCE_NOT_EXISTS")
        return self._seal.answer(self.told_of(contract))

    def _ended(self, number: str) -> Answer:
        contract = self._gateway.book.contracts.get(number)
        if contract is None or contract.standing is Signed.OPEN:
            return self._seal.refused(404, "RESOURCE_NOT_EXISTS")
        if contract.standing is Signed.ACTIVE:
            contract.noted["ended_by"] = "MERCHANT"
            contract.standing, contract.ended_at = Signed.ENDED, clock.now()
            self._gateway.tell_contract(contract)
        return self._seal.answer(None)

    def _announced(self, contract_id: str, wish: dict[str, Any]) -> Answer:
        seal, here = self._seal, _here()
        contract = self._gateway.book.contract_by_id(contract_id)
        if contract is None or contract.standing is not Signed.ACTIVE:
            return seal.refused(404, "RESOURCE_NOT_EXISTS")
        if not _OPENS <= here.time() < _CLOSES:
            return seal.refused(403, "RULE_LIMIT")
        count, unit = wish["deduct_duration"]["count"], wish["deduct_duration"]["unit"]
        if unit != "DAY" or not 1 <= count <= 7:
            return seal.refused(400, "PARAM_ERROR")
        contract.announced.append((here.date(), count, wish["estimated_amount"]["amount"]))
        return seal.answer(None)

    def _deducted(self, wish: dict[str, Any]) -> Answer:
        seal, book = self._seal, self._gateway.book
        known = book.deals.get(wish["out_trade_no"])
        if known is None or known.standing is Standing.FAILED:
            refused = self._deduction_fault(wish)
            if refused:
                return seal.refused(403, refused)
            self._settle(wish, contract_id=wish["contract_id"])
        return seal.answer({"out_trade_no": wish["out_trade_no"], "amount": wish["amount"]})

    def _deduction_fault(self, wish: dict[str, Any]) -> str:
        """Why a deduction is not even tried; empty when it is."""
        contract, here = self._gateway.book.contract_by_id(wish["contract_id"]), _here()
        if contract is None or contract.standing is not Signed.ACTIVE:
            return "CONTRACT_NOT_EXIST"
        if not _OPENS <= here.time() < _CLOSES:
            return "RULE_LIMIT"
        if wish["amount"]["total"] > LIMIT_MINOR:
            return "AMOUNT_LIMIT"
        fitting = [
            (day, count, most)
            for day, count, most in contract.announced
            if _may_follow(here.date(), day, count) and wish["amount"]["total"] <= most
        ]
        return "" if fitting else "RULE_LIMIT"

    def _settle(self, wish: dict[str, Any], *, contract_id: str) -> None:
        decline = self.declines.pop(0) if self.declines else ""
        deal = Deal(
            number=wish["out_trade_no"],
            provider_id=provider_id("4200"),
            amount_minor=wish["amount"]["total"],
            currency=wish["amount"].get("currency", "CNY"),
            title=wish["description"],
            way="pap",
            notify_url=wish["transaction_notify_url"],
            contract_id=contract_id,
            standing=Standing.FAILED if decline else Standing.PAID,
            paid_at=None if decline else clock.now(),
            reason=decline,
        )
        self._gateway.book.deals[deal.number] = deal
        if not decline:
            contract = self._gateway.book.contract_by_id(contract_id)
            assert contract is not None, "a deduction names a mandate"
            contract.announced.clear()  # One success in a cycle.
        self._gateway.tell_paid(deal)


def _may_follow(day: date, announced_on: date, count: int) -> bool:
    """Whether a deduction may be made: not on the day of the announcement nor the next one."""
    return timedelta(days=2) <= day - announced_on <= timedelta(days=1 + count)


def _here() -> datetime:
    return clock.now().astimezone(BEIJING)


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")
