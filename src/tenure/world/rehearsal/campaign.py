"""A campaign that the rehearsed business holds, planned and launched by the verbs of everybody."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tenure.act.campaigns.background import background_of
from tenure.act.campaigns.launching import launch
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import NewCampaign, NewLine
from tenure.records.campaigns.plan import AUDIENCE_RENEWAL, Goal, Stage, Task, TaskKind
from tenure.records.campaigns.refusals import NotReady
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.queries import headline, share_of
from tenure.understand.segments.queries import counts

KEY: Final = "renewal-month"
# As shipped strategies call the customers whom the campaign is for, the narrowest first.
AUDIENCES: Final = ("soon_at_risk", "ends_soon")
LASTS: Final = timedelta(days=45)
NAME: Final = Sentence(zh="到期关怀月", en="A month for those whose term ends")
PURPOSE: Final = Sentence(
    zh="用关怀和小额优惠替代大幅打折，减少到期前的比价。",
    en="Care and small gifts instead of deep discounts, before anybody compares prices.",
)
OWNER: Final = "何静"
_OFFERS: Final = 2
_FIRST: Final = (OfferKind.CALL, OfferKind.COUPON, OfferKind.TERM_DISCOUNT)
_CAP_UNITS: Final = 3_000
_SHOPS_UNITS: Final = 500
_DAY: Final = timedelta(days=1)
# Goals start at what is known; where nothing is, at what such a business knows of itself.
_RATE_UNKNOWN, _RATE_MOST, _STEP = Decimal("0.80"), Decimal("0.95"), Decimal("0.02")


def hold(strategy: Strategy, *, on: date, as_of: date, at: datetime, by: str) -> bool:
    """Plan a campaign for whose term ends soon, and launch it; whether it runs.

    What stands in the way of a launch leaves a draft behind, whose list says what it is.
    """
    counted = counts(as_of=as_of)
    audiences = [one for one in AUDIENCES if one in counted and counted[one].customers]
    offers = [one for one in strategy.offers.values() if one.message and one.kind in _FIRST]
    # What most may take stands first: a longer term at a discount pays for few.
    offers.sort(key=lambda one: _FIRST.index(one.kind))
    if not audiences or not offers:
        return False
    now: dict[str, Any] = {"on": on, "at": at, "by": by}
    new = NewCampaign(
        NAME.zh if strategy.business.country == "CN" else NAME.en, on, on + LASTS,
        strategy.business.currency, audiences=audiences, owner=OWNER,
        purpose=PURPOSE.zh if strategy.business.country == "CN" else PURPOSE.en,
        background=background_of(strategy, as_of=as_of),
    )  # fmt: skip
    actions.draft(new, key=KEY, **now)
    actions.set_goals(KEY, _goals(on, as_of=as_of), **now)
    actions.set_tasks(KEY, _tasks(on), **now)
    currency = strategy.business.currency
    for one in offers[:_OFFERS]:
        cap = Money.parse(f"{_CAP_UNITS}.00 {currency}")
        actions.set_line(KEY, NewLine(one.id, cap, one.id), **now)
    shops = Money.parse(f"{_SHOPS_UNITS}.00 {currency}")
    actions.set_line(KEY, NewLine("门店物料" if currency == "CNY" else "Posters", shops), **now)
    for code in ("texts", "hands"):
        actions.tick(KEY, code, **now)
    actions.finish_task(KEY, 1, **now)
    try:
        return bool(launch(KEY, **now).launched_at)
    except NotReady:
        return False


def _goals(on: date, *, as_of: date) -> list[Goal]:
    """A little more than today's share of renewals, first of the audience and then of all."""
    soon, later = on + LASTS, on + 4 * LASTS
    now = share_of(headline(as_of=as_of)["renewal_rate"].value)
    rate = _RATE_UNKNOWN if now is None else min(Decimal(f"{now:.2f}"), _RATE_MOST)
    return [
        Goal(AUDIENCE_RENEWAL, Stage.SHORT, rate, rate + 2 * _STEP, soon, OWNER),
        Goal("renewal_rate", Stage.MID, rate, rate + _STEP, later, OWNER),
        Goal("renewal_intent", Stage.LONG, Decimal("0.60"), Decimal("0.70"), later, OWNER),
    ]


def _tasks(on: date) -> list[Task]:
    middle, last = on + LASTS // 2, on + LASTS
    return [
        Task(1, "文案与页面", OWNER, TaskKind.PREPARE, on - 7 * _DAY, on - _DAY),
        Task(2, "电话与续费券", OWNER, TaskKind.REACH, on, last - 7 * _DAY, after=(1,)),
        Task(3, "会员日", "门店", TaskKind.MEET, middle, middle + _DAY),
        Task(4, "中期评估", "数据组", TaskKind.ASSESS, middle + 2 * _DAY, middle + 5 * _DAY),
        Task(5, "复盘", "数据组", TaskKind.ASSESS, last - 3 * _DAY, last, after=(4,)),
    ]
