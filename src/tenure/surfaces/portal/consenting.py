"""The consent to automatic renewal: its own tick, its own text, kept word for word (R-A-014)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import HttpRequest

from tenure.decide.obligations.rules import Binding
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.billing.mandates.actions import Party, agree
from tenure.records.billing.mandates.rules import Shown
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import Contract
from tenure.surfaces.portal.renewing import Way
from tenure.surfaces.portal.visitors import Moment, Visitor

TEXT_VERSION: Final = "portal-2026-11"
_TEXT: Final = Sentence(
    zh="选填。开启后，{plan}将于 {day} 到期时自动续 {months} 个月，按届时公布的价格扣款，"
    "现为 {price}，最高不超过 {cap}。扣款前至少 5 天通知您；随时可在首页一键关闭，"
    "关闭不收费，不影响已付服务。",
    en="Optional. If you tick this, {plan} renews by itself on {day} for {months} months at the "
    "price published then, now {price} and never more than {cap}. You are told at least 5 days "
    "before each deduction; you can switch it off on the first page at any time, free of charge, "
    "and keep what you paid for.",
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What stands beside the tick, and what exactly is agreed to by it."""

    contract: Contract
    price: Money
    period_months: int
    text: Sentence
    stamps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What would renew by itself: when first, for how long each time, at which price today."""

    first_on: date
    months: int
    price: Money

    @classmethod
    def after(cls, way: Way) -> "Rhythm":
        """What follows on a renewal that is about to be paid."""
        return cls(way.comes.period.ends_on, way.cycle_months, way.bill.list_total)

    @classmethod
    def at_the_end_of(cls, contract: Contract, way: Way) -> "Rhythm":
        """What follows on the term that runs, as it is."""
        return cls(contract.term.ends_on, way.cycle_months, way.bill.list_total)


def disclosure(contract: Contract, comes: Rhythm, *, binding: Binding) -> Disclosure:
    """The text for one rhythm: plan, day, length, price, the most, and how to stop."""
    price = comes.price
    ends_on = comes.first_on
    shown = wording.money(price.amount_minor, price.currency, decimals=True)
    text = _TEXT.fill(
        plan=contract.facts.plan_name,
        day=Sentence(
            zh=wording.day(ends_on, "zh-hans", year=True), en=wording.day(ends_on, "en", year=True)
        ),
        months=comes.months,
        price=shown,
        cap=shown,
    )
    return Disclosure(contract, price, comes.months, text, tuple(binding.stamps))


def note(request: HttpRequest, visitor: Visitor, *, told: Disclosure, now: Moment) -> None:
    """Keep the consent with what was shown, when, and from where; the tick itself was the act.

    Nothing is deducted by this alone: that needs a mandate which the customer signs at a provider.
    """
    language = wording.reader_language()
    shown = Shown(
        text_version=TEXT_VERSION,
        disclosure=told.text.say(language),
        language="zh-Hans" if wording.is_chinese(language) else "en",
        shown_at=_instant(request.POST.get("shown_at", ""), before=now.at),
        clicked_at=now.at,
        price=told.price,
        cap=told.price,
        period_months=told.period_months,
        ip=str(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.headers.get("User-Agent", ""),
        stamps=told.stamps,
    )
    party = Party(visitor.account_id, told.contract.subscription.pk)
    agree(party, shown, on=now.on, at=now.at, by=visitor.by)


def _instant(text: str, *, before: datetime) -> datetime:
    """When the page was shown, as the page itself carries it; never after the click."""
    try:
        shown = datetime.fromisoformat(text)
    except ValueError:
        return before
    return min(shown, before) if shown.tzinfo is not None else before
