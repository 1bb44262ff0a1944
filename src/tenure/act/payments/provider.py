"""What every payment provider can be asked, and how it fails.

A provider's trouble is an `Outage` (`ProviderDown`): nothing is known to have happened, and the
same call may be made again with the same number. Where money may have moved without an answer
(a deduction, a refund) the answer is the status `unknown` instead: ask, never repeat. What the
provider itself declines as a request is a `Refusal` (`ProviderRefused`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from tenure.act.payments.values import (
    About,
    Acknowledgement,
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    AgreementStatus,
    BillKind,
    BillRow,
    Charge,
    DeductionWindow,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    PeriodUnit,
    PreNotice,
    PreNotified,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Outage, Refusal, Sentence

__all__ = [
    "About", "Acknowledgement", "AgreementCharge", "AgreementFound", "AgreementRequest",
    "AgreementStatus", "BadNotice", "BillKind", "BillRow", "Charge", "DeductionWindow", "Found",
    "HandOff", "HandOffKind", "NotNow", "NotOffered", "Notice", "PaymentProvider", "PeriodUnit",
    "PreNotice", "PreNotified", "ProviderDown", "ProviderRefused", "RefundFound", "RefundOrder",
    "RefundStatus", "Status",
]  # fmt: skip


class BadNotice(Refusal):
    """A notification that the provider did not send, or not now; nothing in it is believed."""

    code = "bad_notice"
    said = Sentence(
        zh="{provider} 的通知未通过校验（{why}）；没有采信其中任何内容。",
        en="A notification said to come from {provider} failed its check ({why}); "
        "nothing in it is believed.",
    )


class ProviderRefused(Refusal):
    """The provider answered, and declined the request."""

    code = "provider_refused"
    said = Sentence(
        zh="{provider} 拒绝了这次请求（{reason}）；请核对商户配置与订单后再试。",
        en="{provider} declined the request ({reason}); check the merchant's settings and the "
        "order before trying again.",
    )

    @property
    def reason(self) -> str:
        """The provider's own error code."""
        return str(self.data["reason"])


class NotOffered(Refusal):
    """This provider does not do that."""

    code = "not_offered"
    said = Sentence(
        zh="{provider} 不支持“{what}”；请换一种支付方式。",
        en="{provider} does not offer “{what}”; use another way to pay.",
    )


class NotNow(Refusal):
    """The provider's rules allow it, but not at this moment or not for this amount."""

    code = "not_now"
    said = Sentence(
        zh="{provider} 现在不能这样做：{why}。",
        en="{provider} does not allow this now: {why}.",
    )


class ProviderDown(Outage):
    """The provider did not answer, or answered that it cannot."""

    code = "provider_down"
    said = Sentence(
        zh="{provider} 暂时没有应答（{why}）；稍后会再询问，请勿重复付款。",
        en="{provider} did not answer ({why}); it will be asked again, do not pay twice.",
    )


class PaymentProvider(Protocol):
    """One provider, configured for one merchant.

    Every verb may be called again with the same number and does no more than once. `provider_id`
    helps those providers that find a payment only by their own id: pass it where it is known.
    """

    name: str
    #: Whom a notice must name, in the same writing as `Notice.merchant`.
    merchant: str
    ways: frozenset[str]
    #: Whether customers can sign mandates with it here.
    signs: bool

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        """Open a payment and say where the customer pays it.

        Raises:
            NotOffered: the way is none of `ways`, or the currency is not taken.
            ProviderRefused: the order is declined, for example paid already.
            ProviderDown: no answer; call again with the same charge.
        """
        ...

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        """How a payment stands (see `Found.is_known`); no answer raises ProviderDown."""
        ...

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        """Let nobody pay it any more; closing what is closed does nothing.

        Raises:
            ProviderRefused: it is paid already (ask `query`).
        """
        ...

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        """Give money back; without an answer the status is `unknown`."""
        ...

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        """How a refund stands; one that never arrived is `failed`."""
        ...

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        """Where the customer signs a mandate; NotOffered where there are none."""
        ...

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        """How a mandate stands at the provider."""
        ...

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        """Announce a deduction through the provider; None where the provider sends none itself.

        Raises:
            NotNow: outside the provider's hours, or the due day lies outside its window.
        """
        ...

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        """Deduct; the answer may be `pending` (a notification follows) or `unknown`.

        Raises:
            NotNow: outside hours or window, or above the announced amount.
        """
        ...

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        """End a mandate; ending what has ended does nothing."""
        ...

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        """Check a notification over its raw bytes and read it.

        Args:
            headers: names as the HTTP request had them, in any case.
        Raises:
            BadNotice: signature, time or sender are not right. No call goes out to find that.
        """
        ...

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        """What to answer a notification: that it was taken, or that it should come again."""
        ...

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        """What the provider booked on a day of its own calendar; no rows when nothing was.

        Raises:
            NotNow: the bill of that day is not ready.
        """
        ...
