"""Words that sell may not stand in a message of service (R-P-021)."""

import re
from functools import cache

from tenure.strategy.messages import MessageClass

_SELLING = re.compile(
    r"优惠|折扣|打折|[0-9一二三四五六七八九] ?折|立减|满减|特价|促销|限时|抢购|秒杀|赠送"
    r"|免费送|礼包|代金券|红包|抽奖|返现"
    r"|\bdiscounts?\b|\bcoupons?\b|\b\d+ ?% off\b|\bspecial offer\b|\blimited[- ]time\b"
    r"|\bbest deal\b|\bact now\b|\bhurry\b|\bfree gift\b|\bcashback\b|\bsale\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)


def selling_words(text: str) -> tuple[str, ...]:
    """The words of marketing in a template; what stands in slots is no word of ours."""
    return tuple(dict.fromkeys(found.group() for found in _SELLING.finditer(_TAG.sub(" ", text))))


@cache
def sells(text: str, message_class: MessageClass) -> bool:
    """Whether a template of service or of law persuades, which only marketing may."""
    return message_class is not MessageClass.MARKETING and bool(selling_words(text))
