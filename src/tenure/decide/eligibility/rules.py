"""Lines that refuse an action for a term, read on one case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.features import FeatureKind
from tenure.strategy.rules import AllOf, Leaf, Op, Rule, Scalar, holds


@dataclass(frozen=True, slots=True)
class Refusing:
    """One line that an action may not cross: it is refused where `rule` holds of the case.

    The sentence may show {value}, the column `shows` of the case, and {limit}; both are written
    as `kind` says.
    """

    code: str
    sentence: Sentence
    rule: Rule
    shows: str = ""
    limit: Scalar | None = None
    kind: FeatureKind = FeatureKind.NUMBER


def first_refusal(lines: Sequence[Refusing], case: Mapping[str, object]) -> Refusing | None:
    """The first line that refuses a case, or None; leaving alone is never refused.

    Args:
        lines: in the order in which they are named.
        case: a value for each of `cases.COLUMNS`, None where it is not known.
    """
    if case["is_nothing"] == 1:
        return None
    return next((line for line in lines if holds(line.rule, case)), None)


def flag(column: str, value: int = 1) -> Leaf:
    """Whether a flag of the case is set (or, with 0, is not)."""
    return Leaf(column, Op.EQUAL, value)


LINES: Final = (
    Refusing(
        "holdout",
        Sentence(
            zh="属于长期对照组：只收法定告知与回执",
            en="belongs to the permanent holdout, which receives legal notices and receipts only",
        ),
        flag("held_out"),
    ),
    Refusing(
        "asked_to_stop",
        Sentence(zh="客户已要求到期停用", en="the customer asked to stop at the end"),
        flag("asked_to_stop"),
    ),
    Refusing(
        "other_currency",
        Sentence(
            zh="合同币种与策略币种不同，无法计价",
            en="the contract is in another currency than the strategy's amounts",
        ),
        flag("is_own_currency", 0),
    ),
    Refusing(
        "not_scored",
        Sentence(
            zh="还没有续费概率，只能发送提醒",
            en="nobody has scored this term yet, so only a reminder may go out",
        ),
        AllOf((flag("is_scored", 0), flag("is_reminder", 0))),
    ),
    Refusing(
        "no_consent",
        Sentence(zh="没有营销同意", en="there is no consent to marketing"),
        AllOf((flag("is_marketing"), flag("marketing_consent", 0))),
    ),
    Refusing(
        "not_personalised",
        Sentence(
            zh="客户关闭了个性化推荐，不能按行为或评分选择动作",
            en="the customer switched personalised choices off",
        ),
        AllOf((flag("is_personalised", 0), flag("is_reminder", 0))),
    ),
    Refusing(
        "no_telephone",
        Sentence(zh="没有可用的电话号码", en="there is no telephone number that works"),
        AllOf((flag("is_call"), flag("has_phone", 0))),
    ),
    Refusing(
        "not_sold",
        Sentence(zh="该套餐不以这个周期出售", en="the plan is not sold for a term of this length"),
        flag("is_sold", 0),
    ),
    Refusing(
        "shorter_term",
        Sentence(zh="比客户现在的周期更短", en="it is shorter than the term that the customer has"),
        flag("is_shorter"),
    ),
    Refusing(
        "extended_before",
        Sentence(
            zh="本期已延长过 {value} 天，每期只能一次",
            en="this term was already extended by {value} days, which is done once a term",
        ),
        AllOf((flag("is_extension"), Leaf("extended_days", Op.ABOVE, 0))),
        shows="extended_days",
    ),
    Refusing(
        "used_up",
        Sentence(
            zh="该动作对这位客户的次数已用完",
            en="this customer has had this action as often as it may be used",
        ),
        Leaf("uses_left", Op.AT_MOST, 0),
    ),
    Refusing(
        "not_for_them",
        Sentence(zh="不符合条件：{limit}", en="the condition does not hold: {limit}"),
        flag("is_eligible", 0),
    ),
)
