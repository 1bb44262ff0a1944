"""Alipay's 周期扣款: signing, the next deduction's date, and limits (R-Y-034 to R-Y-036)."""

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.alipay_wire import Seal, stamp
from tenure.world.gateways.book import BEIJING, Contract, Deal, Signed, Standing, provider_id
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.serving import Answer

_OK: Final = {"code": "10000", "msg": "Success"}
#: How many days before its date a deduction is taken.
EARLY_DAYS: Final = 3
_LAST_EXECUTE_DAY, _LEAST_DAYS = 28, 7
_STATES: Final = {Signed.OPEN: "TEMP", Signed.ACTIVE: "NORMAL", Signed.ENDED: "UNSIGN"}


class Mandates:
    """The mandates of one Alipay gateway."""

    def __init__(self, gateway: Gateway, *, seal: Seal) -> None:
        self._gateway, self._seal = gateway, seal
        #: What the next deductions fail with; empty when there is money.
        self.declines: list[str] = []

    def called(self, method: str, fields: dict[str, str], *, wish: dict[str, Any]) -> Answer:
        """Answer a call about mandates, or a deduction."""
        if method == "alipay.user.agreement.page.sign":
            return self._begun(method, fields, wish=wish)
        if method == "alipay.trade.pay":
            return self._deducted(method, fields, wish=wish)
        contract = self._named(wish)
        if contract is None or contract.standing is Signed.OPEN:
            return self._seal.refused(method, "USER_AGREEMENT_NOT_EXIST")
        if method == "alipay.user.agreement.query":
            return self._seal.answer(method, {**_OK, **self._shown(contract)})
        if method == "alipay.user.agreement.unsign":
            return self._ended(method, contract)
        if method == "alipay.user.agreement.executionplan.modify":
            return self._moved(method, contract, wish=wish)
        return self._seal.refused(method, "isv.invalid-method", code="40002")

    def told_of(self, contract: Contract) -> dict[str, str]:
        """A mandate as notifications tell it."""
        at = contract.ended_at or contract.signed_at
        assert at is not None, "a mandate is told when it is signed or ended"
        is_over = contract.ended_at is not None
        return {
            "notify_type": "dut_user_unsign" if is_over else "dut_user_sign",
            "app_id": self._seal.app_id,
            "partner_id": self._seal.seller_id,
            "agreement_no": contract.contract_id,
            "external_agreement_no": contract.number,
            "status": _STATES[contract.standing],
            "unsign_time" if is_over else "sign_time": stamp(at),
        }

    def _named(self, wish: dict[str, Any]) -> Contract | None:
        if "agreement_no" in wish:
            return self._gateway.book.contract_by_id(wish["agreement_no"])
        return self._gateway.book.contracts.get(wish.get("external_agreement_no", ""))

    def _begun(self, method: str, fields: dict[str, str], *, wish: dict[str, Any]) -> Answer:
        rule = wish["period_rule_params"]
        next_on = date.fromisoformat(rule["execute_time"])
        is_month = rule["period_type"] == "MONTH"
        is_wrong = next_on.day > _LAST_EXECUTE_DAY if is_month else rule["period"] < _LEAST_DAYS
        if is_wrong or len(wish["external_agreement_no"]) > 32:
            return self._seal.refused(method, "INVALID_PARAMETER")
        contract = self._gateway.book.contracts.get(wish["external_agreement_no"])
        if contract is None:
            contract = Contract(
                number=wish["external_agreement_no"],
                contract_id=provider_id("2026"),
                title=wish.get("external_logon_id", ""),
                notify_url=fields.get("notify_url", ""),
                return_url=fields.get("return_url", ""),
            )
            limit = Money(int(Decimal(rule["single_amount"]).scaleb(2)), "CNY")
            contract.noted |= {
                "account": wish.get("external_logon_id", ""),
                "limit": str(limit),
                "limit_minor": str(limit.amount_minor),
                "next_on": next_on.isoformat(),
                "every": str(rule["period"]),
                "unit": rule["period_type"],
            }
            self._gateway.book.contracts[contract.number] = contract
        page = f"{self._gateway.address}/sign/{contract.token}"
        return Answer(302, b"", "text/plain", {"Location": page})

    def _shown(self, contract: Contract) -> dict[str, str]:
        shown = {
            "agreement_no": contract.contract_id,
            "external_agreement_no": contract.number,
            "status": "NORMAL" if contract.standing is Signed.ACTIVE else "STOP",
            "next_deduct_time": contract.noted["next_on"],
        }
        if contract.signed_at:
            shown["sign_time"] = stamp(contract.signed_at)
        if contract.ended_at:
            shown["invalid_time"] = stamp(contract.ended_at)
        return shown

    def _ended(self, method: str, contract: Contract) -> Answer:
        if contract.standing is not Signed.ACTIVE:
            return self._seal.refused(method, "USER_AGREEMENT_NOT_EXIST")
        contract.standing, contract.ended_at = Signed.ENDED, clock.now()
        self._gateway.tell_contract(contract)
        return self._seal.answer(method, dict(_OK))

    def _moved(self, method: str, contract: Contract, *, wish: dict[str, Any]) -> Answer:
        if date.fromisoformat(wish["deduct_time"]) < _next_on(contract):
            return self._seal.refused(method, "INVALID_PARAMETER")
        contract.noted["next_on"] = wish["deduct_time"]
        return self._seal.answer(method, {**_OK, "agreement_no": contract.contract_id})

    def _deducted(self, method: str, fields: dict[str, str], *, wish: dict[str, Any]) -> Answer:
        known = self._gateway.book.deals.get(wish["out_trade_no"])
        if known is not None and known.standing is Standing.PAID:
            return self._seal.answer(method, self._paid(known))
        contract = self._named(wish["agreement_params"])
        amount_minor = int(Decimal(wish["total_amount"]).scaleb(2))
        refused = _fault(contract, amount_minor=amount_minor)
        if not refused and self.declines:
            refused = self.declines.pop(0)
        if refused:
            return self._seal.refused(method, refused)
        assert contract is not None, "a deduction without a mandate was refused"
        deal = Deal(
            number=wish["out_trade_no"],
            provider_id=provider_id(""),
            amount_minor=amount_minor,
            currency="CNY",
            title=wish["subject"],
            way="cycle",
            notify_url=fields.get("notify_url", ""),
            contract_id=contract.contract_id,
        )
        self._gateway.book.deals[deal.number] = deal
        contract.noted["next_on"] = _after(contract).isoformat()
        self._gateway.pay(deal.number)
        return self._seal.answer(method, self._paid(deal))

    def _paid(self, deal: Deal) -> dict[str, str]:
        assert deal.paid_at is not None, "a deduction is paid at once"
        return {
            **_OK,
            "out_trade_no": deal.number,
            "trade_no": deal.provider_id,
            "total_amount": f"{Money(deal.amount_minor, 'CNY').decimal:f}",
            "gmt_payment": stamp(deal.paid_at),
        }


def _fault(contract: Contract | None, *, amount_minor: int) -> str:
    """Why a deduction is refused; empty when it is not."""
    if contract is None or contract.standing is not Signed.ACTIVE:
        return "ACQ.AGREEMENT_NOT_EXIST"
    today, next_on = clock.now().astimezone(BEIJING).date(), _next_on(contract)
    if not next_on - timedelta(days=EARLY_DAYS) <= today <= next_on:
        return "ACQ.CYCLE_PAY_DATE_NOT_MATCH"
    if amount_minor > int(contract.noted["limit_minor"]):
        return "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED"
    return ""


def _next_on(contract: Contract) -> date:
    return date.fromisoformat(contract.noted["next_on"])


def _after(contract: Contract) -> date:
    """The date of the deduction after the next one."""
    day, every = _next_on(contract), int(contract.noted["every"])
    if contract.noted["unit"] == "DAY":
        return day + timedelta(days=every)
    month = day.month - 1 + every
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
