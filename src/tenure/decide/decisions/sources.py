"""Where an effect comes from: matured choices, or what the operator states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tenure.decide.effects.models import Learning
from tenure.kernel.failures import Sentence
from tenure.strategy.offers import Offer

_LEARNED: Final = Sentence(
    zh="从截至 {until} 的 {n} 次已成熟的选择中学得（第 {learning} 次学习）",
    en="learned from {n} matured choices until {until} (learning {learning})",
)
VERDICTS: Final[Mapping[str, Sentence]] = {
    Learning.Verdict.PERSONAL: Sentence(
        zh="在未用于学习的客户上得到验证：对每位客户使用其自己的效果。",
        en="Shown on customers not learned from: each customer's own effects are used.",
    ),
    Learning.Verdict.SINGLE: Sentence(
        zh="动作有效，但客户之间的差异未得到验证：使用每个动作的平均效果。",
        en="Actions work, but differences between customers are not shown: the average effect of "
        "each action is used.",
    ),
    Learning.Verdict.NOTHING: Sentence(
        zh="还没有证据表明动作值得它的成本：学到的只会调低假设的效果，不会调高。",
        en="No action is shown to be worth its cost yet: what was seen may lower an assumed effect "
        "and never raises it.",
    ),
    Learning.Verdict.THIN: Sentence(
        zh="已成熟的随机选择还太少：全部使用策略中写明的假设。",
        en="Too few choices by chance have matured: every effect is as the strategy assumes it.",
    ),
}


def source_of(offer: Offer, *, learning_id: int | None, is_learned: bool) -> Sentence:
    """Where the effect of an action comes from, as a choice used it."""
    if learning_id is None or not is_learned:
        return offer.prior_source
    learning = Learning.objects.get(pk=learning_id)
    return _LEARNED.fill(n=learning.n, until=learning.as_of, learning=learning.pk)


def arm_of(learning: Learning | None, action: str) -> Mapping[str, Any] | None:
    """What a learning found of one action, None where it did not learn of it."""
    arms = learning.metrics.get("arms", ()) if learning is not None else ()
    return next((one for one in arms if one["action"] == action), None)


def last_learning() -> Learning | None:
    """The newest learning, thin or not."""
    return Learning.objects.order_by("-as_of", "-pk").first()
