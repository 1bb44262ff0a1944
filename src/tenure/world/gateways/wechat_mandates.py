"""WeChat Pay's 委托代扣: signing, announcing or reserving, deducting (R-Y-024 to R-Y-028)."""

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
_SIGN_ONCE: Final = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5"
_APPLY: Final = "/v3/papay/pay/transactions/apply"
_ONE = re.compile(r"/v3/papay/sign/contracts/plan-id/(\w+)/out-contract-code/([^/]+)(/terminate)?")
_NOTIFY = re.compile(r"/v3/papay/contracts/(\w+)/notify")
_RESERVE = re.compile(r"/v3/papay/pay/schedules/contract-id/(\w+)/schedule")
_OPENS, _CLOSES = time(7), time(22)
_RESERVES_FROM, _RESERVES_UNTIL, _ENDS_AT = time(8), time(19, 30), time(8)
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
        self._end_old_reservations()
        if request.path in {_SIGN, _SIGN_ONCE}:
            return self._begun(request.content, is_once=request.path == _SIGN_ONCE)
        if request.path == _APPLY:
            return self._deducted(request.content)
        one, notify = _ONE.fullmatch(request.path), _NOTIFY.fullmatch(request.path)
        reserve = _RESERVE.fullmatch(request.path)
        if one:
            return self._ended(one[2]) if one[3] else self._shown(one[2])
        if notify:
            return self._announced(notify[1], request.content)
        if reserve:
            return self._reserved(reserve[1], request.content)
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

    def _begun(self, wish: dict[str, Any], *, is_once: bool) -> Answer:
        seal, book = self._seal, self._gateway.book
        number = str(wish["out_contract_code"])
        is_fitting = is_once == ("deduct_schedule" in wish)
        if str(wish["plan_id"]) != self._plan_id or not 0 < len(number) <= 32 or not is_fitting:
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
            contract.noted["mode"] = "once" if is_once else ""
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
            self._end(contract, by="MERCHANT")
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

    def _reserved(self, contract_id: str, wish: dict[str, Any]) -> Answer:
        """One deduction of the next day, of exactly this amount (R-Y-026)."""
        seal, here = self._seal, _here()
        contract = self._gateway.book.contract_by_id(contract_id)
        if contract is None or contract.standing is not Signed.ACTIVE:
            return seal.refused(404, "RESOURCE_NOT_EXISTS")
        if not contract.noted["mode"] or not _RESERVES_FROM <= here.time() < _RESERVES_UNTIL:
            return seal.refused(403, "RULE_LIMIT")
        contract.announced[:] = [(here.date(), 0, wish["schedule_amount"]["total"])]
        return seal.answer({"contract_id": contract_id})

    def _end_old_reservations(self) -> None:
        """A mandate of one deduction ends at 8:00 on the day after it."""
        for contract in list(self._gateway.book.contracts.values()):
            if contract.noted["mode"] and contract.announced:
                ends_on = contract.announced[0][0] + timedelta(days=2)
                is_over = (_here().date(), _here().time()) >= (ends_on, _ENDS_AT)
                if is_over and contract.standing is Signed.ACTIVE:
                    self._end(contract, by="SCHEDULE")

    def _end(self, contract: Contract, *, by: str) -> None:
        contract.noted["ended_by"] = by
        contract.standing, contract.ended_at = Signed.ENDED, clock.now()
        self._gateway.tell_contract(contract)

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
        asked = wish["amount"]["total"]
        fitting = [
            (day, count, most)
            for day, count, most in contract.announced
            if _may_follow(here.date(), day, count) and (asked <= most if count else asked == most)
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
            if contract.noted["mode"]:
                self._end(contract, by="SCHEDULE")
        self._gateway.tell_paid(deal)


def _may_follow(day: date, announced_on: date, count: int) -> bool:
    """Whether a deduction may be made: not on the day of the announcement nor the next one.

    A reservation, which has no days to wait, is for the next day alone.
    """
    if count == 0:
        return day - announced_on == timedelta(days=1)
    return timedelta(days=2) <= day - announced_on <= timedelta(days=1 + count)


def _here() -> datetime:
    return clock.now().astimezone(BEIJING)


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")
