"""What may be said of a comparison, by what it measures and by its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.prove.telling.measures import Kind
from tenure.prove.telling.verdicts import Verdict

UNEVEN: Final = Sentence(
    zh="分组比例异常（p = {srm_p}），结果不可信；请先查清分组与数据。",
    en="The groups do not have the promised sizes (p = {srm_p}), so nothing here can be "
    "trusted; find out why first.",
)
_RENEWAL: Final = {
    Verdict.TOO_EARLY: Sentence(
        zh="为时过早：还没有到期且过了等待期的订期可以比较。",
        en="Too early: no term has ended and passed its waiting days in both groups yet.",
    ),
    Verdict.TOO_FEW: Sentence(
        zh="样本不足：已有 {has} 个客户，要看出 {least} 个百分点的变化需要 {needs} 个。",
        en="Too few: {has} customers so far, and it takes {needs} to see a change of {least} "
        "percentage points.",
    ),
    Verdict.HELPS: Sentence(
        zh="“{name}”带来更多续费：{effect} 个百分点（{low} 至 {high}）。",
        en="“{name}” brings renewals: {effect} percentage points ({low} to {high}).",
    ),
    Verdict.HARMS: Sentence(
        zh="“{name}”正在损失续费：{effect} 个百分点（{low} 至 {high}）；请停用并查明原因。",
        en="“{name}” loses renewals: {effect} percentage points ({low} to {high}); stop it and "
        "find out why.",
    ),
    Verdict.NO_DIFFERENCE: Sentence(
        zh="样本已够，没有看出差别：{effect} 个百分点（{low} 至 {high}）。",
        en="There are enough customers and no difference shows: {effect} percentage points "
        "({low} to {high}).",
    ),
}
_AMOUNT: Final = {
    Verdict.TOO_EARLY: _RENEWAL[Verdict.TOO_EARLY],
    Verdict.TOO_FEW: Sentence(
        zh="样本不足：已有 {has} 个客户，要看出对照组{what}的 {least}% 的变化需要 {needs} 个。",
        en="Too few: {has} customers so far, and it takes {needs} to see a change of {least}% of "
        "the control's {what}.",
    ),
    Verdict.HELPS: Sentence(
        zh="“{name}”带来更多{what}：每个订期 {effect}（{low} 至 {high}）。",
        en="“{name}” brings more {what}: {effect} for each term ({low} to {high}).",
    ),
    Verdict.HARMS: Sentence(
        zh="“{name}”正在损失{what}：每个订期 {effect}（{low} 至 {high}）；请停用并查明原因。",
        en="“{name}” loses {what}: {effect} for each term ({low} to {high}); stop it and find "
        "out why.",
    ),
    Verdict.NO_DIFFERENCE: Sentence(
        zh="样本已够，{what}没有看出差别：每个订期 {effect}（{low} 至 {high}）。",
        en="There are enough customers and no difference in {what} shows: {effect} for each term "
        "({low} to {high}).",
    ),
}
_STAY: Final = {
    Verdict.TOO_EARLY: Sentence(
        zh="为时过早：两组都要有跟踪满 {horizon} 天的客户才能比较。",
        en="Too early: in both groups somebody must have been followed for {horizon} days.",
    ),
    Verdict.TOO_FEW: Sentence(
        zh="样本不足：已有 {has} 个客户，要看出前 {horizon} 天里 {least} 天的变化需要 {needs} 个。",
        en="Too few: {has} customers so far, and it takes {needs} to see a change of {least} days "
        "among the first {horizon}.",
    ),
    Verdict.HELPS: Sentence(
        zh="“{name}”让客户留得更久：前 {horizon} 天里 {effect} 天（{low} 至 {high}）。",
        en="“{name}” keeps customers longer: {effect} days among the first {horizon} ({low} to "
        "{high}).",
    ),
    Verdict.HARMS: Sentence(
        zh="“{name}”让客户走得更早：前 {horizon} 天里 {effect} 天（{low} 至 {high}）；"
        "请停用并查明原因。",
        en="“{name}” loses customers sooner: {effect} days among the first {horizon} ({low} to "
        "{high}); stop it and find out why.",
    ),
    Verdict.NO_DIFFERENCE: Sentence(
        zh="样本已够，没有看出差别：前 {horizon} 天里 {effect} 天（{low} 至 {high}）。",
        en="There are enough customers and no difference shows: {effect} days among the first "
        "{horizon} ({low} to {high}).",
    ),
}
_TABLE: Final = {
    Verdict.HELPS: Sentence(
        zh="“{name}”高于“{control}”：{effect}（{low} 至 {high}），{relative}p {p}。",
        en="“{name}” is above “{control}”: {effect} ({low} to {high}), {relative}p {p}.",
    ),
    Verdict.HARMS: Sentence(
        zh="“{name}”低于“{control}”：{effect}（{low} 至 {high}），{relative}p {p}。",
        en="“{name}” is below “{control}”: {effect} ({low} to {high}), {relative}p {p}.",
    ),
    Verdict.NO_DIFFERENCE: Sentence(
        zh="“{name}”与“{control}”没有看出差别：{effect}（{low} 至 {high}），p {p}。",
        en="No difference shows between “{name}” and “{control}”: {effect} ({low} to {high}), "
        "p {p}.",
    ),
    Verdict.LOCKED: Sentence(
        zh="随时可看：{effect}（{low} 至 {high}）。", en="At any look: {effect} ({low} to {high})."
    ),
}
RELATIVE: Final = Sentence(zh="相对 {share}，", en="{share} of it, ")
NOTHING: Final = Sentence(zh="", en="")
AMOUNTS: Final = {
    Kind.REVENUE: Sentence(zh="收入", en="revenue"),
    Kind.MARGIN: Sentence(zh="毛利", en="margin"),
}
SAID: Final[Mapping[Kind, Mapping[Verdict, Sentence]]] = {
    Kind.RENEWAL: _RENEWAL,
    Kind.REVENUE: _AMOUNT,
    Kind.MARGIN: _AMOUNT,
    Kind.STAY: _STAY,
    Kind.SHARE: _TABLE,
    Kind.MEAN: _TABLE,
    Kind.RATIO: _TABLE,
    Kind.DAYS: _TABLE,
}
STRATA: Final = {
    "plan": Sentence(zh="套餐", en="plan"),
    "cycle_months": Sentence(zh="订期长度", en="length of the term"),
}
WEIGHED: Final = Sentence(
    zh="（按{by}分 {count} 层，在每层内比较后加权，方差为原来的 {left}。）",
    en="Compared within {count} strata ({by}) and weighed: {left} of the variance is left.",
)
HELD: Final = Sentence(
    zh="护栏守住：排除了超过 {margin} 的损害。",
    en="The guardrail holds: a harm above {margin} is ruled out.",
)
NOT_HELD: Final = Sentence(
    zh="护栏没有守住：不能排除超过 {margin} 的损害。",
    en="The guardrail does not hold: a harm above {margin} is not ruled out.",
)
UNSEEN: Final = Sentence(
    zh="护栏还不能判断：太少。没有任何变化可看，至少需要 {needs} 个“{arm}”才能排除超过 {margin} "
    "的损害。",
    en="The guardrail cannot be judged yet: too few. Nothing varied, and it takes {needs} of "
    "“{arm}” to rule out a harm above {margin}.",
)
LEVEL: Final = Sentence(
    zh="护栏不能判断：没有任何两个数值不同。",
    en="The guardrail cannot be judged: no value differs from another.",
)
