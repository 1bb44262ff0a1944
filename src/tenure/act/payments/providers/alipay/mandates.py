"""周期扣款: sign, deduct, move, end (R-Y-034 to R-Y-036)."""

from datetime import date, datetime
from typing import Any, Final

from tenure.act.payments.configuration import AlipayAccount
from tenure.act.payments.provider import NotNow, ProviderDown, ProviderRefused
from tenure.act.payments.providers.alipay import rules
from tenure.act.payments.providers.alipay.line import (
    BEIJING,
    NAME,
    WAITING,
    AlipayLine,
    read_stamp,
)
from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.values import (
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    AgreementStatus,
    Found,
    HandOff,
    HandOffKind,
    Status,
)
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money

_PRODUCT: Final = "CYCLE_PAY_AUTH"
_PERSONAL: Final = "CYCLE_PAY_AUTH_P"
_NOT_SIGNED: Final = "USER_AGREEMENT_NOT_EXIST"
_STATES: Final = {
    "TEMP": AgreementStatus.PENDING,
    "NORMAL": AgreementStatus.ACTIVE,
    "STOP": AgreementStatus.ENDED,
    "UNSIGN": AgreementStatus.ENDED,
}
_RHYTHM: Final = Sentence(
    zh="按天扣款的周期至少 7 天，现为 {every} 天",
    en="a rhythm in days is a week at least, and this one is {every}",
)
_NUMBER: Final = Sentence(zh="协议号超过 32 个字符", en="the number has more than 32 characters")
_OVER_LIMIT: Final = Sentence(
    zh="金额 {amount} 超过单次上限 {most}，请改为手动续费",
    en="{amount} is above the limit of {most} for one time; let the customer renew by hand",
)
_OUTSIDE: Final = Sentence(
    zh="今天（{today}）不在可扣费的日子内", en="{today} is not among the days of the deduction"
)


class AlipayMandates:
    """The mandates of one application."""

    def __init__(self, line: AlipayLine, account: AlipayAccount) -> None:
        self._line, self._account = line, account

    def sign(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        """Alipay's page on which the customer agrees."""
        self._refuse_unsignable(request)
        content = {
            "product_code": _PRODUCT,
            "personal_product_code": _PERSONAL,
            "sign_scene": self._account.sign_scene,
            "external_agreement_no": request.number,
            "external_logon_id": request.shown_to_payer,
            "access_params": {"channel": "QRCODE" if request.way == "page" else "ALIPAYAPP"},
            "period_rule_params": {
                "period_type": request.unit.value.upper(),
                "period": request.every,
                "execute_time": rules.execute_on(request.first_on, unit=request.unit).isoformat(),
                "single_amount": rules.yuan(request.limit),
            },
        }
        url = self._line.page(
            "alipay.user.agreement.page.sign",
            content,
            at=at,
            return_url=request.return_url,
            notify_url=request.notify_url,
        )
        return HandOff(HandOffKind.REDIRECT, url=url)

    def query(self, number: str, *, at: datetime) -> AgreementFound:
        """How a mandate stands; one that nobody signed yet is pending."""
        content = {
            "external_agreement_no": number,
            "personal_product_code": _PERSONAL,
            "sign_scene": self._account.sign_scene,
        }
        try:
            told = self._line.ask("alipay.user.agreement.query", content, at=at)
        except ProviderRefused as refusal:
            if refusal.reason == _NOT_SIGNED:
                return AgreementFound(number, AgreementStatus.PENDING)
            raise
        found = agreement_from(told)
        is_over = found.status is AgreementStatus.ENDED
        next_on = told.get("next_deduct_time")
        return AgreementFound(
            number=number,
            status=found.status,
            agreement_id=found.agreement_id,
            signed_at=found.signed_at,
            ended_at=read_stamp(told.get("invalid_time")) if is_over else None,
            next_on=date.fromisoformat(next_on[:10]) if next_on and not is_over else None,
        )

    def deduct(self, charge: AgreementCharge, *, at: datetime) -> Found:
        """Deduct now; Alipay answers at once, or not at all."""
        today = at.astimezone(BEIJING).date()
        if charge.window is not None and not charge.window.holds(today):
            raise NotNow(provider=NAME, why=_OUTSIDE.fill(today=today))
        self._refuse_over_limit(charge.amount)
        content = {
            "out_trade_no": charge.number,
            "total_amount": rules.yuan(charge.amount),
            "subject": charge.subject,
            "product_code": _PRODUCT,
            "agreement_params": {"agreement_no": charge.agreement_id},
        }
        notify_url = charge.notify_url
        try:
            told = self._line.ask("alipay.trade.pay", content, at=at, notify_url=notify_url)
        except ProviderDown:
            return Found(charge.number, Status.UNKNOWN, amount=charge.amount)
        except ProviderRefused as refusal:
            # What is wrong with us is a refusal; what is wrong with the payment is a decline.
            if refusal.reason.startswith(("isv.", "ACQ.INVALID")):
                raise
            word = decline_word(refusal.reason)
            return Found(charge.number, Status.FAILED, amount=charge.amount, decline_code=word)
        return Found(
            number=charge.number,
            status=Status.PENDING if told["code"] == WAITING else Status.SUCCEEDED,
            provider_id=told.get("trade_no", ""),
            amount=rules.money(told.get("total_amount")) or charge.amount,
            paid_at=read_stamp(told.get("gmt_payment")),
        )

    def postpone(self, agreement_id: str, to: date, *, at: datetime) -> None:
        """Agree on a later date for the next deduction; an earlier one is refused by Alipay."""
        content = {"agreement_no": agreement_id, "deduct_time": to.isoformat()}
        self._line.ask("alipay.user.agreement.executionplan.modify", content, at=at)

    def end(self, agreement_id: str, *, at: datetime) -> None:
        """End it at Alipay."""
        try:
            content = {"agreement_no": agreement_id}
            self._line.ask("alipay.user.agreement.unsign", content, at=at)
        except ProviderRefused as refusal:
            if refusal.reason != _NOT_SIGNED:
                raise

    def _refuse_unsignable(self, request: AgreementRequest) -> None:
        if not rules.is_rhythm(request.every, unit=request.unit):
            raise NotNow(provider=NAME, why=_RHYTHM.fill(every=request.every))
        if len(request.number) > rules.LONGEST_NUMBER:
            raise NotNow(provider=NAME, why=_NUMBER)
        self._refuse_over_limit(request.limit)

    def _refuse_over_limit(self, amount: Money) -> None:
        if amount > self._account.limit:
            why = _OVER_LIMIT.fill(amount=amount, most=self._account.limit)
            raise NotNow(provider=NAME, why=why)


def agreement_from(told: dict[str, Any]) -> AgreementFound:
    """A mandate from what a query or a notification says of it."""
    return AgreementFound(
        number=told.get("external_agreement_no", ""),
        status=_STATES.get(told.get("status", ""), AgreementStatus.UNKNOWN),
        agreement_id=told.get("agreement_no", ""),
        signed_at=read_stamp(told.get("sign_time")),
        ended_at=read_stamp(told.get("unsign_time")),
    )
