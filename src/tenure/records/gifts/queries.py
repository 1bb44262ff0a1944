"""How many of a present there are, and were on the day on which somebody was told of it."""

from datetime import date

from tenure.records.gifts.models import Gift, GiftCode, GiftStock
from tenure.strategy.benefits import GiftKind, GiftRule


def left_of(rule: GiftRule) -> int:
    """How many of a present are there for somebody to choose."""
    if rule.kind is GiftKind.CODE:
        return GiftCode.objects.filter(rule_id=rule.id, gift=None).count()
    stock = GiftStock.objects.filter(rule_id=rule.id).first()
    return rule.stock if stock is None else stock.total - stock.taken


def was_there(rule: GiftRule, *, since: date) -> bool:
    """Whether there is one, or was until somebody took the last one on or after a day."""
    taken = Gift.objects.filter(rule_id=rule.id, chosen_on__gte=since)
    return left_of(rule) > 0 or taken.exists()
