"""委托代扣: sign, announce, deduct, end (R-Y-024 to R-Y-028), in the mode of announcements."""

from datetime import datetime, timedelta
from typing import Any, Final

from tenure.act.payments.configuration import WechatAccount
from tenure.act.payments.provider import NotNow, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.providers.wechat import rules
from tenure.act.payments.providers.wechat.line import NAME, WechatLine
from tenure.act.payments.values import (
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    AgreementStatus,
    DeductionWindow,
    Found,
    HandOff,
    HandOffKind,
    PreNotice,
    PreNotified,
    Status,
)
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money

_APPLY: Final = "/v3/papay/pay/transactions/apply"
_NO_PLAN: Final = Sentence(zh="委托代扣（未配置 plan_id）", en="deductions (no plan_id is set)")
_HOURS: Final = Sentence(
    zh="只在北京时间 7:00 至 22:00 受理", en="it takes this from 7:00 to 22:00 in Beijing only"
)
_WINDOW: Final = Sentence(
    zh="今天（{today}）通知后可扣费的日子是 {first} 至 {last}，不含 {due}",
    en="announced on {today}, it may be deducted from {first} to {last}, and not on {due}",
)
_UNANNOUNCED: Final = Sentence(
    zh="没有送达的扣费通知，不能扣费", en="nothing was announced, so nothing is deducted"
)
_OUTSIDE: Final = Sentence(
    zh="今天（{today}）不在可扣费的日子（{first} 至 {last}）内",
    en="{today} is not among the days of the deduction, {first} to {last}",
)
_ABOVE: Final = Sentence(
    zh="扣费金额 {amount} 高于通知的 {most}", en="{amount} is above the announced {most}"
)
_OVER_LIMIT: Final = Sentence(
    zh="金额 {amount} 超过签约模板单次上限 {most}，请改为手动续费",
    en="{amount} is above the template's limit of {most}; let the customer renew by hand",
)
#: These say that a deduction was tried and declined, or cannot be: no retry with the same number.
_DECLINES: Final = frozenset(
    {"NOT_ENOUGH", "NOTENOUGH", "AMOUNT_LIMIT", "RULE_LIMIT", "CONTRACT_NOT_EXIST",
     "USER_ACCOUNT_ABNORMAL"}
)  # fmt: skip


class WechatMandates:
    """The mandates of one merchant under one template."""

    sign_path = "/v3/papay/entrust-sign/contracts/pre-entrust-sign"

    def __init__(self, line: WechatLine, account: WechatAccount) -> None:
        self._line, self._account = line, account

    def sign(self, request: AgreementRequest) -> HandOff:
        """A page that shows the code to sign with."""
        if not self._account.plan_id:
            raise NotOffered(provider=NAME, what=_NO_PLAN)
        self._refuse_over_limit(request.limit)
        told = self._line.post(self.sign_path, self._wish(request))
        return HandOff(
            HandOffKind.REDIRECT,
            url=told["redirect_url"],
            provider_id=told.get("pre_entrustweb_id", ""),
        )

    def _wish(self, request: AgreementRequest) -> dict[str, Any]:
        """What WeChat is told of a mandate that a customer is to sign."""
        body: dict[str, Any] = {
            "sign_scene": "SIGN_SCENE_QRCODE",
            "appid": self._account.appid,
            "plan_id": int(self._account.plan_id),
            "out_contract_code": request.number,
            "contract_display_account": request.shown_to_payer,
            "contract_notify_url": request.notify_url,
            "out_user_code": request.number,
            "return_url": request.return_url,
        }
        if request.payer:
            body["openid"] = request.payer
        return body

    def query(self, number: str) -> AgreementFound:
        """How a mandate stands; one that nobody signed yet is pending."""
        try:
            told = self._line.get(self._path(number))
        except ProviderRefused as refusal:
            if refusal.reason == "RESOURCE_NOT_EXISTS":
                return AgreementFound(number, AgreementStatus.PENDING)
            raise
        return agreement_from(told)

    def end(self, number: str) -> None:
        """End it at WeChat."""
        try:
            remark = {"contract_termination_remark": "用户关闭自动续费"}
            self._line.post(f"{self._path(number)}/terminate", remark)
        except ProviderRefused as refusal:
            if refusal.reason not in {"RESOURCE_NOT_EXISTS", "CONTRACT_NOT_EXIST"}:
                raise

    def announce(self, notice: PreNotice, *, at: datetime) -> PreNotified:
        """Tell the customer through WeChat what will be deducted, and by when."""
        self._refuse_closed(at)
        self._refuse_over_limit(notice.estimated)
        today = at.astimezone(rules.BEIJING).date()
        window = rules.window_of(today, deduct_days=self._account.deduct_days)
        if not window.holds(notice.due_on):
            why = _WINDOW.fill(today=today, due=notice.due_on, **_ends(window))
            raise NotNow(provider=NAME, why=why)
        body = {
            "mchid": self._account.mchid,
            "appid": self._account.appid,
            "deduct_duration": {"count": self._account.deduct_days, "unit": "DAY"},
            "estimated_amount": {
                "amount": notice.estimated.amount_minor, "currency": notice.estimated.currency
            },
        }  # fmt: skip
        self._line.post(f"/v3/papay/contracts/{notice.agreement_id}/notify", body)
        return PreNotified(window, sent_at=at)

    def deduct(self, charge: AgreementCharge, *, at: datetime) -> Found:
        """Ask for a deduction; that it was taken is no success yet (R-Y-024)."""
        self._refuse_unfit(charge, at=at)
        body = {
            "appid": self._account.appid,
            "out_trade_no": charge.number,
            "description": charge.subject,
            "transaction_notify_url": charge.notify_url,
            "contract_id": charge.agreement_id,
            "amount": {"total": charge.amount.amount_minor, "currency": charge.amount.currency},
        }
        try:
            self._line.post(_APPLY, body)
        except ProviderDown:
            return Found(charge.number, Status.UNKNOWN, amount=charge.amount)
        except ProviderRefused as refusal:
            if refusal.reason not in _DECLINES:
                raise
            word = decline_word(refusal.reason)
            return Found(charge.number, Status.FAILED, amount=charge.amount, decline_code=word)
        return Found(charge.number, Status.PENDING, amount=charge.amount)

    def _refuse_unfit(self, charge: AgreementCharge, *, at: datetime) -> None:
        if charge.window is None or charge.estimated is None:
            raise NotNow(provider=NAME, why=_UNANNOUNCED)
        today = at.astimezone(rules.BEIJING).date()
        if not charge.window.holds(today):
            why = _OUTSIDE.fill(today=today, **_ends(charge.window))
            raise NotNow(provider=NAME, why=why)
        self._refuse_closed(at)
        if charge.amount > charge.estimated:
            why = _ABOVE.fill(amount=charge.amount, most=charge.estimated)
            raise NotNow(provider=NAME, why=why)
        self._refuse_over_limit(charge.amount)

    def _refuse_over_limit(self, amount: Money) -> None:
        if amount > self._account.limit:
            why = _OVER_LIMIT.fill(amount=amount, most=self._account.limit)
            raise NotNow(provider=NAME, why=why)

    def _refuse_closed(self, at: datetime) -> None:
        if not rules.is_open(at):
            raise NotNow(provider=NAME, why=_HOURS)

    def _path(self, number: str) -> str:
        return (
            f"/v3/papay/sign/contracts/plan-id/{self._account.plan_id}/out-contract-code/{number}"
        )


def agreement_from(told: dict[str, Any]) -> AgreementFound:
    """A mandate from what a query or a notification says of it."""
    ended = told.get("contract_terminate_info", {})
    return AgreementFound(
        number=told.get("out_contract_code", ""),
        status=rules.CONTRACT_STATES.get(told.get("contract_state", ""), AgreementStatus.UNKNOWN),
        agreement_id=told.get("contract_id", ""),
        signed_at=rules.instant(told.get("contract_signed_time")),
        ended_at=rules.instant(ended.get("contract_terminated_time")),
    )


def _ends(window: DeductionWindow) -> dict[str, object]:
    return {"first": window.opens_on, "last": window.closes_on - timedelta(days=1)}
