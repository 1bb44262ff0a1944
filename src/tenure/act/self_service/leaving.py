"""What leaving means for one term: when it stops, what comes back, what happens afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tenure.act.messages.aftermath import Step, steps_after
from tenure.act.messages.wording import dated
from tenure.decide.saves.queries import Policy
from tenure.decide.saves.refunds import PaidTerm, Refund, refund_due
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.models import Payment
from tenure.records.cancellations.rules import Confirmation
from tenure.records.cancellations.states import Stop
from tenure.records.cancellations.waiving import has_waived
from tenure.records.customers.rules import COMPANIES
from tenure.records.subscriptions.models import Term
from tenure.strategy.duties import ProductClass
from tenure.strategy.sections import Strategy

CN_PREPAID_DAYS: Final = 7  # R-A-016
_DECLARED = Sentence(
    zh="我取消“{plan}”（合同 {contract}），{when}。",
    en="I cancel “{plan}” (contract {contract}), {when}.",
)
_WHEN = {
    Stop.AT_END: Sentence(zh="用到 {last_on} 为止", en="to stop after {last_on}"),
    Stop.AT_ONCE: Sentence(zh="自 {ends_on} 起停止", en="to stop on {ends_on}"),
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A term that may be stopped at its end or today, with what each would mean."""

    term: Term
    on: date
    refund: Refund | None

    @property
    def is_over_paid_days(self) -> bool:
        """Whether the paid days are over, so that it can only stop today."""
        return self.on >= self.term.ends_on

    @property
    def last_on(self) -> date:
        """The last day with the service when it stops at its end."""
        return max(self.term.ends_on - timedelta(days=1), self.on)

    @property
    def refund_amount(self) -> Money:
        """What comes back when it stops today; zero where nothing does."""
        return self.refund.amount if self.refund else Money.zero(self.term.currency)

    @property
    def after(self) -> Sequence[Step]:
        """What happens on which day after the end, as the plan that was sold says (JRN-06)."""
        return steps_after(self.term, ends_on=self.term.ends_on)

    def confirmation(self, stop: Stop) -> Confirmation:
        """The facts of a confirmation, in the words of both languages."""
        stop = Stop.AT_ONCE if self.is_over_paid_days else stop
        ends_on = self.on if stop == Stop.AT_ONCE else self.term.ends_on
        refund = self.refund if stop == Stop.AT_ONCE else None
        return Confirmation(
            stop=stop,
            ends_on=max(ends_on, self.on),
            declaration=self._declared(stop, "zh-Hans") + "\n" + self._declared(stop, "en"),
            refund=refund.amount if refund else None,
            refund_basis=refund.basis if refund else "",
        )

    def _declared(self, stop: Stop, language: str) -> str:
        plan = self.term.plan_version.plan
        days = {"last_on": dated(self.last_on, language), "ends_on": dated(self.on, language)}
        when = _WHEN[stop].fill(**days)
        name = Sentence(plan.name_zh, plan.name_en)
        contract = self.term.subscription.external_id
        return _DECLARED.fill(plan=name, contract=contract, when=when).say(language)


def leaving_of(term: Term, *, policy: Policy, strategy: Strategy, on: date) -> Leaving:
    """What leaving would mean for a term on a day."""
    return Leaving(term, on, _refund(term, policy=policy, strategy=strategy, on=on))


def _refund(term: Term, *, policy: Policy, strategy: Strategy, on: date) -> Refund | None:
    if on >= term.ends_on:
        return None
    payment = (
        Payment.objects.filter(term=term, state=Payment.State.SUCCEEDED)
        .order_by("-paid_on", "-pk")
        .first()
    )
    paid = PaidTerm(
        paid=Money(term.price_minor, term.currency),
        paid_on=payment.paid_on if payment else term.starts_on,
        period=Period(term.starts_on, term.ends_on),
        was_served_before=term.number > 1,
        contract_class=_class_of(term, strategy).contract_class,
        is_waived=has_waived(term.pk),
    )
    return refund_due(
        paid,
        on=on,
        jurisdiction="CN" if term.account.country == "CN" else "",
        withdrawal_days=_days_to_withdraw(term, policy),
        refunds_unused=strategy.saves.refunds_unused,
    )


def _class_of(term: Term, strategy: Strategy) -> ProductClass:
    return strategy.obligations.product_class(term.plan_version.plan.product_code)


def _days_to_withdraw(term: Term, policy: Policy) -> int:
    """Days in which what was paid may be taken back: by withdrawal, in China as a prepayment."""
    is_prepaid_consumer = term.account.country == "CN" and term.account.kind not in COMPANIES
    return CN_PREPAID_DAYS if is_prepaid_consumer else policy.withdrawal_days
