"""Amounts in Chinese capitals, as banks demand them (正确填写票据和结算凭证的基本规定)."""

from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")
MOST_MINOR: Final = 10**12 - 1  # ¥9,999,999,999.99


class NotInCapitals(Refusal):
    """An amount that no one writes in capitals."""

    code = "not_in_capitals"
    said = Sentence(
        zh="{amount} 不能写成大写金额：只支持人民币，且不超过 9999999999.99 元。",
        en="{amount} cannot be written in capitals: only yuan, and at most 9999999999.99.",
    )


def in_capitals(amount: Money) -> str:
    """¥1,069.20 is 壹仟零陆拾玖元贰角整; below zero it begins with 负.

    Raises:
        NotInCapitals: another currency, or more than ¥9,999,999,999.99.
    """
    minor = abs(amount.amount_minor)
    if amount.currency != "CNY" or minor > MOST_MINOR:
        raise NotInCapitals(amount=amount)
    yuan, cents = divmod(minor, 100)
    jiao, fen = divmod(cents, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if not cents:
        said = f"{said or '零元'}整"
    elif not fen:
        said += f"{_zero_before(yuan)}{_DIGITS[jiao]}角整"
    elif not jiao:
        said += f"{'零' if yuan else ''}{_DIGITS[fen]}分"
    else:
        said += f"{_zero_before(yuan)}{_DIGITS[jiao]}角{_DIGITS[fen]}分"
    return f"负{said}" if amount.amount_minor < 0 else said


def _zero_before(yuan: int) -> str:
    """A 零 between yuan and jiao where the units are empty: 壹拾元零伍角整."""
    return "零" if yuan and yuan % 10 == 0 else ""


def _whole(number: int) -> str:
    """A whole number up to 9,999,999,999; a gap of any length reads one 零."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said, owes_zero = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if group == 0:
            owes_zero = True
            continue
        if said and (owes_zero or group < 1_000):
            said += "零"
        said += _group(group) + _GROUPS[place]
        owes_zero = group % 10 == 0
    return said


def _group(group: int) -> str:
    said, owes_zero = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit == 0:
            owes_zero = bool(said)
            continue
        said += ("零" if owes_zero else "") + _DIGITS[digit] + _PLACES[place]
        owes_zero = False
    return said
