"""What no method can answer, and what would be needed."""

from tenure.kernel.failures import Refusal, Sentence


class NoOverlap(Refusal):
    """A policy that asks for what the past never tried."""

    code = "no_overlap"
    said = Sentence(
        zh="{rows} 位客户会得到“{arm}”，但过去从未有机会试过（概率为 0）。"
        "请先对这些客户小范围随机试验。",
        en="{rows} customers would get “{arm}”, which the past never tried on anybody like them "
        "(probability 0). Try it at random on a few first.",
    )


class ArmWithoutOutcomes(Refusal):
    """An arm that nobody was given, or whose outcomes are still open."""

    code = "arm_without_outcomes"
    said = Sentence(
        zh="动作“{arm}”只有 {seen} 个已成熟的结果，至少需要 {least} 个。"
        "请等结果成熟，或先去掉这个动作。",
        en="“{arm}” has {seen} matured outcomes and needs {least}. "
        "Wait for them, or leave the action out.",
    )


class OutcomeBeforeExposure(Refusal):
    """A result that stood before anything was done."""

    code = "outcome_before_exposure"
    said = Sentence(
        zh="{rows} 行的结果早于动作本身，不可能由它引起。"
        "请检查时间列 {outcome_at} 与 {exposed_at}。",
        en="In {rows} rows the outcome came before the action and cannot follow from it. "
        "Check the columns {outcome_at} and {exposed_at}.",
    )


class NotAProbability(Refusal):
    """Propensities that are missing, outside 0 and 1, or do not add up."""

    code = "not_a_probability"
    said = Sentence(
        zh="{rows} 行没有可用的倾向概率（缺失、不在 0 到 1 之间，或各动作相加不为 1）。"
        "没有记录概率的选择不能用来评估。",
        en="{rows} rows have no usable propensity (missing, outside 0 to 1, or not adding up to 1 "
        "over the actions). A choice without its probability cannot be evaluated.",
    )


class TooFewRows(Refusal):
    """A history too short to split and look at afresh."""

    code = "too_few_rows"
    said = Sentence(
        zh="只有 {rows} 行，至少需要 {least} 行才能在未见过的客户上检验。",
        en="{rows} rows are too few; {least} are needed to test on customers not learned from.",
    )
