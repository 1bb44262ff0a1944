"""Which label of a column is praise: two values of any spelling, or scores from 1 to 5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tenure.understand.voice.estimator.refusals import NotTwoLabels

_GOOD: Final = frozenset(
    {"1", "1.0", "true", "yes", "y", "good", "pos", "positive", "正", "正面", "好评", "积极",
     "满意", "是", "+"}
)  # fmt: skip
_BAD: Final = frozenset(
    {"0", "0.0", "-1", "-1.0", "2", "false", "no", "n", "bad", "neg", "negative", "负", "负面",
     "差评", "消极", "不满意", "否", "-"}
)  # fmt: skip
_SHOWN_AT_MOST: Final = 8


def is_praise(labels: Sequence[str], *, column: str) -> list[bool | None]:
    """One a label: True for praise, False for complaint, None for neither (empty, or a 3 of 5).

    Raises:
        NotTwoLabels: neither two known values nor scores.
    """
    spelled = [label.strip().lower() for label in labels]
    found = {one for one in spelled if one}
    goods, bads = found & _GOOD, found & _BAD
    if len(found) == 2 and len(goods) == 1 and len(bads) == 1:
        return [None if not one else one in goods for one in spelled]
    scores = {one: _score(one) for one in found}
    values = [value for value in scores.values() if value is not None]
    if len(values) == len(found) > 2 and min(values) >= 1 and max(values) in {4.0, 5.0}:
        return [_by_score(scores.get(one)) for one in spelled]
    raise NotTwoLabels(column=column, found=sorted(found)[:_SHOWN_AT_MOST] or ["—"])


def _score(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _by_score(score: float | None) -> bool | None:
    if score is None or 2 < score < 4:
        return None
    return score >= 4
