"""What the features are about, in the words of a person: a dozen topics.

Numbers about one topic move together (logins in 7, 30 and 90 days), so reasons are ranked by topic
and a topic is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence


class Concept(StrEnum):
    """A topic."""

    CLOCK = "clock"
    PLAN = "plan"
    PRICE = "price"
    LOYALTY = "loyalty"
    PERSON = "person"
    VISITS = "visits"
    USAGE = "usage"
    DEPTH = "depth"
    NETWORK = "network"
    SUPPORT = "support"
    VOICE = "voice"
    PAYMENT = "payment"
    LEAVING = "leaving"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Topic:
    """How a topic is called, and whether it can be a reason at all.

    How near the end is, or who somebody is, moves the probability without being a reason that
    anybody should be told.
    """

    name: Sentence
    is_reason: bool = True


TOPICS: Final[dict[Concept, Topic]] = {
    Concept.CLOCK: Topic(Sentence(zh="到期时间", en="Time to the end"), is_reason=False),
    Concept.PLAN: Topic(Sentence(zh="套餐与周期", en="Plan and cycle")),
    Concept.PRICE: Topic(Sentence(zh="价格与优惠", en="Price and discount")),
    Concept.LOYALTY: Topic(Sentence(zh="在网历史", en="History with us")),
    Concept.PERSON: Topic(Sentence(zh="客户资料", en="Who the customer is"), is_reason=False),
    Concept.VISITS: Topic(Sentence(zh="登录与活跃", en="Visits and activity")),
    Concept.USAGE: Topic(Sentence(zh="使用量", en="Amount of use")),
    Concept.DEPTH: Topic(Sentence(zh="使用深度", en="Depth of use")),
    Concept.NETWORK: Topic(Sentence(zh="网络质量", en="Network quality")),
    Concept.SUPPORT: Topic(Sentence(zh="报障与处理", en="Tickets and repairs")),
    Concept.VOICE: Topic(Sentence(zh="满意度", en="Satisfaction")),
    Concept.PAYMENT: Topic(Sentence(zh="缴费", en="Payments")),
    Concept.LEAVING: Topic(Sentence(zh="离开的迹象", en="Signs of leaving")),
    Concept.CONTACT: Topic(Sentence(zh="触达与回应", en="Contact and response")),
}
