"""The tick by which digital content is wanted at once, and the right to withdraw given up."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from tenure.decide.obligations.rules import Binding
from tenure.kernel.failures import Sentence
from tenure.records.billing.orders.models import Order
from tenure.records.cancellations.waiving import Waived, waive
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import Contract
from tenure.surfaces.portal.visitors import Moment, Visitor

TEXT_VERSION: Final = "portal-2026-11"
_TEXT: Final = Sentence(
    zh="选填。我要求在撤回期（{days} 天）结束前就开始提供，并知悉开始提供后我不再享有撤回权。"
    "不勾选也可以付款，{days} 天内可撤回并全额退款。",
    en="Optional. I want it supplied before the {days} days for withdrawing are over, and I know "
    "that I lose the right to withdraw once it is. Without this you can pay as well, withdraw "
    "within {days} days and get everything back.",
)


@dataclass(frozen=True, slots=True)
class Waiver:
    """The text beside the tick, and the policies that let it stand there."""

    text: Sentence
    stamps: tuple[str, ...]


def waiver_of(contract: Contract, binding: Binding, *, strategy: Strategy) -> Waiver | None:
    """What stands beside the tick; None where no right to withdraw can be given up (R-A-053)."""
    right = binding.withdrawal
    product = contract.term.plan_version.plan.product_code
    kind = strategy.obligations.product_class(product)
    if right is None or kind not in right.waivable:
        return None
    return Waiver(_TEXT.fill(days=right.days), tuple(binding.stamps))


def note(
    request: HttpRequest, visitor: Visitor, *, order: Order, told: Waiver, now: Moment
) -> None:
    """Keep the words that were ticked with the order."""
    language = wording.reader_language()
    given = Waived(
        text_version=TEXT_VERSION,
        disclosure=told.text.say(language),
        language="zh-Hans" if wording.is_chinese(language) else "en",
        ip=str(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.headers.get("User-Agent", ""),
        stamps=told.stamps,
    )
    waive(order, given, on=now.on, at=now.at, by=visitor.by)
