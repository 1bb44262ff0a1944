"""What the desk of money shows: queues with their counts, and one payment with its whole story."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.act.payments.models import Effect
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import BadAmount, Money
from tenure.records.billing.deductions import queries as deductions
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.refunds import queries as refunds
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund, NotRefundable, check_amount
from tenure.records.billing.refunds.states import RefundEffect, RefundReason
from tenure.records.billing.rules import PAYMENT, PaymentVerb
from tenure.records.billing.states import PaymentState

# What a person may give as the reason; the others are the engine's own.
REASONS: Final = (
    RefundReason.CUSTOMER_REQUEST,
    RefundReason.WITHDRAWAL,
    RefundReason.CANCELLATION,
    RefundReason.GOODWILL,
    RefundReason.SERVICE_FAILURE,
    RefundReason.OUR_MISTAKE,
    RefundReason.WRONG_AMOUNT,
)
MOST_ROWS: Final = 100
_TROUBLE: Final = (PaymentState.UNKNOWN, PaymentState.DISPUTED_AMOUNT, PaymentState.CHARGED_BACK)


@dataclass(frozen=True, slots=True)
class Queue:
    """One list of work: its name, what to say where it is empty, and its rows."""

    title: str | Promise
    empty: str | Promise
    rows: Callable[[], QuerySet[Any]]
    kind: str  # payment, refund, deduction or effect: how a row is drawn


def _payments() -> QuerySet[Payment]:
    return Payment.objects.select_related("account").order_by("-pk")


def _troubled() -> QuerySet[Payment]:
    return _payments().filter(state__in=_TROUBLE)


def _refunds() -> QuerySet[Refund]:
    return Refund.objects.select_related("account", "payment").order_by("-pk")


def _stranded() -> QuerySet[Refund]:
    return refunds.stranded().select_related("payment", "account")


def _stuck() -> QuerySet[Effect]:
    stuck = Effect.objects.filter(done_at=None, stuck_at__isnull=False)
    return stuck.select_related("payment__account").order_by("stuck_at", "pk")


QUEUES: Final[Mapping[str, Queue]] = {
    "approve": Queue(
        _("Refunds to decide"), _("No refund waits for a second person."), refunds.to_approve,
        "refund",
    ),
    "stranded": Queue(
        _("To pay out by hand"), _("Every refund went back by itself."), _stranded, "refund"
    ),
    "held": Queue(
        _("Held notices"),
        _("Every notice of a deduction was delivered in time."),
        deductions.held_notices,
        "deduction",
    ),
    "declined": Queue(
        _("Failed deductions"), _("No deduction is declined."), deductions.in_dunning, "deduction"
    ),
    "stuck": Queue(
        _("Paid, not given"), _("Whatever was paid for has been given."), _stuck, "effect"
    ),
    "troubled": Queue(
        _("Payments to look at"),
        _("No payment is unanswered, disputed or charged back."),
        _troubled,
        "payment",
    ),
    "payments": Queue(_("Payments"), _("Nothing was paid yet."), _payments, "payment"),
    "refunds": Queue(_("Refunds"), _("Nothing was refunded yet."), _refunds, "refund"),
}  # fmt: skip
WORK: Final = ("approve", "stranded", "held", "declined", "stuck", "troubled")


def counts() -> dict[str, int]:
    """How much waits in each queue of work."""
    return {name: QUEUES[name].rows().order_by().count() for name in WORK}


@dataclass(frozen=True, slots=True)
class Story:
    """One payment: what can still go back, its refunds, and each of its moves."""

    payment: Payment
    left: Money | None
    refunds: list[Refund]
    steps: list[PaymentStep]
    stuck: Effect | None  # what was paid for could not be given

    @property
    def can_accept(self) -> bool:
        """Whether what came in could stand for what was asked."""
        return self.payment.state == PaymentState.DISPUTED_AMOUNT

    @property
    def can_be_taken_back(self) -> bool:
        """Whether the payer's bank could take it back."""
        state = PaymentState(self.payment.state)
        return self.payment.order_id is not None and PAYMENT.allows(state, PaymentVerb.CHARGE_BACK)

    @property
    def is_taken_back(self) -> bool:
        """Whether the payer's bank took it back, and nothing is decided yet."""
        return self.payment.state == PaymentState.CHARGED_BACK


def story(payment: Payment) -> Story:
    """Everything about one payment; nothing is left where it is not refundable."""
    try:
        left: Money | None = refunds.refundable(payment)
    except NotRefundable:
        left = None
    return Story(
        payment=payment,
        left=left if left is not None and left.amount_minor > 0 else None,
        refunds=list(Refund.objects.filter(payment=payment).order_by("-pk")),
        steps=list(PaymentStep.objects.filter(payment=payment).order_by("pk")),
        stuck=Effect.objects.filter(payment=payment, done_at=None, stuck_at__isnull=False).first(),
    )


class EndsOnlyWhole(Refusal):
    """A batch is to end for a part of its money."""

    code = "ends_only_whole"
    said = Sentence(
        zh="这笔付款买的是一批合同：整批结束须退回剩余的全部 {left}；"
        "只退其中几份，请在批次页面按行退款。没有资金变动。",
        en="This payment bought many contracts: ending them all takes all of the {left} left; to "
        "end some of them, refund their rows on the batch's page. No money moved.",
    )


class EndsByItself(Refusal):
    """What was bought is no term, so a refund cannot end one."""

    code = "ends_by_itself"
    said = Sentence(
        zh="这笔付款买的不是一个周期，退款不会结束合同：请选择“客户保留已购内容”，并单独办理变更。没有资金变动。",
        en="This payment bought no term of its own, so its refund ends none: choose that the "
        "customer keeps it, and change the contract by itself. No money moved.",
    )


def _check_can_end(payment: Payment, *, amount: Money, left: Money) -> None:
    """Refuse an effect that would not come true, or would hit more than was paid back."""
    purpose = payment.order.purpose if payment.order is not None else Purpose.RENEWAL
    if purpose == Purpose.BATCH and amount != left:
        raise EndsOnlyWhole(left=left)
    if purpose not in (Purpose.RENEWAL, Purpose.GROUP, Purpose.BATCH):
        raise EndsByItself()


@dataclass(slots=True)
class RefundForm:
    """What somebody wrote to ask for a refund; the same form sent twice is one refund."""

    amount: str = ""
    reason: str = RefundReason.CUSTOMER_REQUEST
    effect: str = RefundEffect.NONE
    note: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def wish(self, payment: Payment, *, left: Money) -> NewRefund:
        """The refund that the form asks for, checked against what is left.

        Raises:
            BadAmount: the amount is no number of this currency.
            RefundTooLarge: more than is left.
            EndsOnlyWhole, EndsByItself: what was bought cannot be ended with this refund.
        """
        amount = self._amount(left.currency)
        check_amount(amount, left=left)
        effect = RefundEffect(self.effect)
        if effect != RefundEffect.NONE:
            _check_can_end(payment, amount=amount, left=left)
        return NewRefund(
            payment_id=payment.pk,
            reason=RefundReason(self.reason),
            once_key=f"console:{self.token}",
            amount=amount,
            effect=effect,
            note=self.note,
        )

    @property
    def is_complete(self) -> bool:
        """Whether the choices are among those that the page offers."""
        return self.reason in REASONS and self.effect in RefundEffect.values and bool(self.token)

    def _amount(self, currency: str) -> Money:
        text = self.amount.strip().replace(",", "").removeprefix("¥").removeprefix("￥")
        if not text:
            raise BadAmount(text=self.amount, why="")
        return Money.parse(f"{text} {currency}")
