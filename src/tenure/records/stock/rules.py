"""The life of a promise, and which stock a day draws from."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.stock.states import PromiseState


class PromiseVerb(StrEnum):
    """What may happen to a promise."""

    OWE = "be owed"
    FINISH = "be handed over"
    FAIL = "fail"
    TRY_AGAIN = "be tried again"
    RELEASE = "be given back"


PROMISE = Lifecycle(
    {
        (PromiseState.HELD, PromiseVerb.OWE): PromiseState.OWED,
        (PromiseState.HELD, PromiseVerb.RELEASE): PromiseState.RELEASED,
        (PromiseState.OWED, PromiseVerb.FINISH): PromiseState.DONE,
        (PromiseState.OWED, PromiseVerb.FAIL): PromiseState.FAILED,
        (PromiseState.OWED, PromiseVerb.RELEASE): PromiseState.RELEASED,
        (PromiseState.FAILED, PromiseVerb.TRY_AGAIN): PromiseState.OWED,
        (PromiseState.FAILED, PromiseVerb.RELEASE): PromiseState.RELEASED,
    },
    name="promise",
    start=PromiseState.HELD,
)

# The one period of a stock that is not filled anew every month.
ALL_TIME: Final = date(2000, 1, 1)


class NoneLeft(Refusal):
    """The last one is promised to somebody else."""

    code = "stock_none_left"
    said = Sentence(
        zh="“{offer}”已全部许出（共 {total} 份）；请补充库存或换一个优惠。",
        en="Every “{offer}” is promised, of {total} there are; add to the stock, or choose another "
        "offer.",
    )


class FewerThanPromised(Refusal):
    """A stock that would be smaller than what is promised from it."""

    code = "stock_below_promised"
    said = Sentence(
        zh="“{offer}”已许出 {taken} 份，库存不能改为 {total}；请先收回许诺。",
        en="{taken} of “{offer}” are promised, so there cannot be {total}; take promises back "
        "first.",
    )


def period_of(on: date, *, is_monthly: bool) -> date:
    """The first day of the stock that a promise of a day is taken from."""
    return on.replace(day=1) if is_monthly else ALL_TIME
