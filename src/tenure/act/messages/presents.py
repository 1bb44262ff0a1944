"""What a letter about something given tells: its name, its days, and what happens after them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tenure.act.messages.wording import dated
from tenure.records.contacts.models import Message
from tenure.records.gifts.models import Gift
from tenure.records.gifts.queries import left_of
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.strategy.benefits import GiftKind
from tenure.strategy.sections import Strategy

JOURNEY: Final = "benefits"
GIFTS: Final = "gifts"


def benefits_told(send_keys: Mapping[int, str]) -> Mapping[int, Benefit]:
    """Message → the benefit that it tells of; asked with the send keys of letters about them."""
    named = {message: int(key.rpartition(":")[2]) for message, key in send_keys.items()}
    found = Benefit.objects.in_bulk(set(named.values())) if named else {}
    return {message: found[about] for message, about in named.items() if about in found}


def benefit_slots(benefit: Benefit | None, *, language: str) -> Mapping[str, object]:
    """The benefit that a letter is about, as it is told; nothing where there is none."""
    if benefit is None:
        return {}
    is_zh = language.startswith("zh")
    days = (benefit.ends_on - benefit.starts_on).days
    return {
        "benefit_name": benefit.name_zh if is_zh else benefit.name_en,
        "benefit_reason": benefit.reason_zh if is_zh else benefit.reason_en,
        "benefit_from_on": dated(benefit.starts_on, language),
        "benefit_until_on": dated(benefit.ends_on - timedelta(days=1), language),
        "benefit_days": days,
    }


def gift_slots(
    message_id: int | None, *, strategy: Strategy, language: str
) -> Mapping[str, object]:
    """The present that a letter is about, which its send key names; nothing where there is none."""
    found = Message.objects.filter(pk=message_id or 0, journey=GIFTS).first()
    if found is None:
        return {}
    gift = Gift.objects.filter(pk=int(found.send_key.rpartition(":")[2])).first()
    if gift is None:
        return {}
    rules = [rule for one in gift.choices if (rule := strategy.benefits.gifts.get(one))]
    left = [one.name.say(language) for one in rules if left_of(one)]
    gone = [one.name.say(language) for one in rules if not left_of(one)]
    comma = "、" if language.startswith("zh") else ", "
    return {
        "gift_name": gift.name.say(language),
        "gift_is_code": gift.kind == GiftKind.CODE,
        "gift_tracking": gift.tracking or None,
        "gift_gone": comma.join(gone),
        "gift_choices": comma.join(left) or None,
        "gift_until_on": dated(gift.choose_until, language),
    }
