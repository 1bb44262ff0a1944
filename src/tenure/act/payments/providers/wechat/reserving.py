"""预约扣费: reserve one deduction on the day before it, of exactly one amount (R-Y-026).

A mode of its own, by the template that the merchant was given. WeChat ends such a mandate after
its one success, or at 8:00 on the day after the deduction: for what renews again and again the
mode of announcements is the right one.
"""

from datetime import datetime, time, timedelta
from typing import Any, Final

from tenure.act.payments.provider import NotNow
from tenure.act.payments.providers.wechat import rules
from tenure.act.payments.providers.wechat.line import NAME
from tenure.act.payments.providers.wechat.mandates import WechatMandates
from tenure.act.payments.values import (
    AgreementCharge,
    AgreementRequest,
    DeductionWindow,
    PreNotice,
    PreNotified,
)
from tenure.kernel.failures import Sentence

#: Reservations are taken between these times, in Beijing.
OPENS, CLOSES = time(8), time(19, 30)
_HOURS: Final = Sentence(
    zh="只在北京时间 8:00 至 19:30 受理预约",
    en="it takes reservations from 8:00 to 19:30 in Beijing only",
)
_EVE: Final = Sentence(
    zh="只能在扣费日的前一天预约：今天是 {today}，扣费日是 {due}",
    en="it is reserved on the day before: today is {today}, the deduction on {due}",
)
_EXACTLY: Final = Sentence(
    zh="扣费金额 {amount} 必须等于预约的 {reserved}", en="{amount} is not the reserved {reserved}"
)


class WechatReservations(WechatMandates):
    """Mandates of one deduction each, under a template of 预约扣费."""

    sign_path = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5"

    def _wish(self, request: AgreementRequest) -> dict[str, Any]:
        schedule = {
            "estimated_deduct_date": request.first_on.isoformat(),
            "estimated_deduct_amount": {
                "total": request.limit.amount_minor, "currency": request.limit.currency
            },
            "description": request.subject,
        }  # fmt: skip
        wish = super()._wish(request)
        del wish["sign_scene"]
        return wish | {"deduct_schedule": schedule}

    def announce(self, notice: PreNotice, *, at: datetime) -> PreNotified:
        """Reserve the deduction of the next day; it may be taken on that day alone."""
        here = at.astimezone(rules.BEIJING)
        if notice.due_on != here.date() + timedelta(days=1):
            raise NotNow(provider=NAME, why=_EVE.fill(today=here.date(), due=notice.due_on))
        if not OPENS <= here.time() < CLOSES:
            raise NotNow(provider=NAME, why=_HOURS)
        self._refuse_over_limit(notice.estimated)
        amount = notice.estimated
        body = {
            "appid": self._account.appid,
            "schedule_amount": {"total": amount.amount_minor, "currency": amount.currency},
        }
        path = f"/v3/papay/pay/schedules/contract-id/{notice.agreement_id}/schedule"
        self._line.post(path, body)
        window = DeductionWindow(notice.due_on, notice.due_on + timedelta(days=1))
        return PreNotified(window, sent_at=at)

    def _refuse_unfit(self, charge: AgreementCharge, *, at: datetime) -> None:
        super()._refuse_unfit(charge, at=at)
        if charge.amount != charge.estimated:
            why = _EXACTLY.fill(amount=charge.amount, reserved=charge.estimated)
            raise NotNow(provider=NAME, why=why)
