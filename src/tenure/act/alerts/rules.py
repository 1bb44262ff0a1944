"""Which entries of the journal are worth a word, when it is said, and when one word says all."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tenure.kernel.failures import Sentence

#: More than this in one round, and one message says them all (R-C-024).
MOST_ALONE: Final = 10
MOST_IN_DIGEST: Final = 30
#: A word that could not be said within a day is not said any more.
FORGETS: Final = timedelta(days=1)
_RUSH: Final = timedelta(seconds=90)
_HALF_HOUR_S: Final = 1_800

WORTH: Final[Mapping[str, Sentence]] = {
    "sending.stopped": Sentence(zh="发送总开关已关闭", en="All sending was switched off"),
    "sending.resumed": Sentence(zh="发送已恢复", en="Sending was switched on again"),
    "risk.drifted": Sentence(
        zh="流失风险的分布变了，请看“风险”页", en="The risks are distributed otherwise: see Risk"
    ),
    "metric.alerted": Sentence(
        zh="一项指标出现异常变化，请看“指标”页", en="A metric changed beyond noise: see Metrics"
    ),
    "webhook.closed": Sentence(zh="一个回调地址已停用", en="A webhook's address was closed"),
    "cancel.declared": Sentence(
        zh="收到解约或撤回声明，请看“离开”页",
        en="A cancellation or withdrawal was declared: see Leaving",
    ),
}
_DIGEST: Final = Sentence(zh="{count} 条提醒：", en="{count} alerts:")
_MORE: Final = Sentence(zh="另有 {count} 条", en="and {count} more")


def after_rush(at: datetime, *, key: str) -> datetime:
    """The instant, moved off whole and half hours, when everybody's robots speak (R-C-025).

    Returns:
        `at` itself, or up to 90 seconds after the rush, always the same for the same key.
    """
    into_s = at.timestamp() % _HALF_HOUR_S
    rush_s = _RUSH.total_seconds()
    if rush_s < into_s < _HALF_HOUR_S - rush_s:
        return at
    left_s = rush_s - into_s if into_s <= rush_s else _HALF_HOUR_S - into_s + rush_s
    digest = hashlib.sha256(key.encode()).digest()
    spread_s = 1 + int.from_bytes(digest[:4], "big") % int(rush_s)
    return at + timedelta(seconds=left_s + spread_s)


def digest(texts: Sequence[str], *, language: str) -> str:
    """Many words as one message, each line once with how often it was to be said."""
    counted: dict[str, int] = {}
    for text in texts:
        counted[text] = counted.get(text, 0) + 1
    lines = [f"{text} ×{count}" if count > 1 else text for text, count in counted.items()]
    shown, left = lines[:MOST_IN_DIGEST], len(lines) - MOST_IN_DIGEST
    if left > 0:
        shown.append(_MORE.fill(count=left).say(language))
    return "\n".join([_DIGEST.fill(count=len(texts)).say(language), *shown])
