"""Which way is meant for whom before anything is known, and how many hours a habit is wide."""

from datetime import time
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.instants import Window
from tenure.strategy.messages import Channel

#: Readers from this age on are called first, younger ones than that pushed, unless they say
#: otherwise (CHN-04, CHN-11).
ELDERLY_YEARS: Final = 65
YOUNG_YEARS: Final = 30
#: So many hours from the learned one on a message may leave.
WIDTH_HOURS: Final = 3
WHY: Final = {
    "said": Sentence(zh="客户自己选择的渠道", en="the customer chose this way"),
    "learned": Sentence(
        zh="按其回应学到：一年内 {sent} 条中回应 {answered} 条（估计 {share}，同类客户 {alike}）",
        en="learned: answered {answered} of {sent} on this way in a year (estimated {share}, "
        "people alike {alike})",
    ),
    "manager": Sentence(
        zh="企业客户由客户经理 {owner} 联系",
        en="an enterprise: {owner}, the account manager, speaks with it",
    ),
    "persona": Sentence(zh="按人群默认（年龄）", en="by persona: the usual way at this age"),
    "step": Sentence(zh="步骤中排在最前的可用渠道", en="the first usable way of the step"),
}


def persona(born_year: int | None, *, year: int, is_managed: bool = False) -> tuple[Channel, ...]:
    """The ways for who somebody is, best first: the young are pushed, the old are called.

    An enterprise with an account manager is spoken to by that person (CHN-08).
    """
    if is_managed:
        return (Channel.PHONE,)
    if born_year is None:
        return ()
    if born_year <= year - ELDERLY_YEARS:
        return (Channel.PHONE,)
    return (Channel.PUSH, Channel.SMS) if born_year > year - YOUNG_YEARS else ()


def hours_around(opens: time) -> Window:
    """The hours in which a message reaches somebody with a habit; may cross midnight."""
    closes = opens.replace(hour=(opens.hour + WIDTH_HOURS) % 24)
    return Window(opens, closes)
