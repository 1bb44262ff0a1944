"""Why an experiment cannot be read: each says what is wrong, where, and what to do."""

from tenure.kernel.failures import Refusal, Sentence


class NoSuchArm(Refusal):
    """The control that was named is no arm."""

    code = "no_such_arm"
    said = Sentence(
        zh="列“{column}”里没有分组“{arm}”；有：{found}。请用 --control 指定其中之一。",
        en="The column “{column}” has no arm “{arm}”; it has: {found}. Name one of them as "
        "--control.",
    )


class OneArm(Refusal):
    """Everybody is in one arm."""

    code = "one_arm"
    said = Sentence(
        zh="列“{column}”里只有 {count} 个分组；比较至少需要两组。",
        en="The column “{column}” holds {count} arm; it takes two to compare.",
    )


class ManyArms(Refusal):
    """A column with more values than any experiment has arms."""

    code = "many_arms"
    said = Sentence(
        zh="列“{column}”有 {count} 个不同的值，不像分组（最多 {most} 个）；请核对 --arm。",
        en="The column “{column}” has {count} different values and is no arm (at most {most}); "
        "check --arm.",
    )


class ChangedArm(Refusal):
    """A unit that was in two arms: it was assigned again midway."""

    code = "changed_arm"
    said = Sentence(
        zh="{count} 个单位（如“{unit}”）出现在多个分组里：分组中途变过，结果不可信。"
        "请按首次分组整理数据，并查明原因。",
        en="{count} units (such as “{unit}”) are in more than one arm: the assignment changed "
        "midway, and no result can be trusted. Keep each unit's first arm, and find out why.",
    )


class SeveralRows(Refusal):
    """A unit that has several rows in one arm."""

    code = "several_rows"
    said = Sentence(
        zh="{count} 个单位（如“{unit}”）有多行；每个单位应只有一行，请先按单位汇总。",
        en="{count} units (such as “{unit}”) have several rows; add them up to one row each first.",
    )


class NoOutcome(Refusal):
    """An arm of which no outcome is known."""

    code = "no_outcome"
    said = Sentence(
        zh="分组“{arm}”在指标“{metric}”上没有任何结果（{rows} 行全为空）；请等结果成熟后再读。",
        en="The arm “{arm}” has no outcome in “{metric}” (all {rows} rows are empty); wait until "
        "outcomes are known.",
    )


class FewUnits(Refusal):
    """An arm too small for any interval."""

    code = "few_units"
    said = Sentence(
        zh="分组“{arm}”在指标“{metric}”上只有 {has} 个结果，至少需要 {needs} 个才能算出区间。",
        en="The arm “{arm}” has {has} outcomes in “{metric}”; it takes at least {needs} for an "
        "interval.",
    )


class NoNumber(Refusal):
    """A metric that is neither a number nor a yes or no."""

    code = "no_number"
    said = Sentence(
        zh="列“{column}”既不是数字，也不是“是/否”（例如有“{cell}”）；请换一列或先整理。",
        en="The column “{column}” is neither a number nor a yes or no (it holds “{cell}”); choose "
        "another, or clean it first.",
    )


class NegativeParts(Refusal):
    """A ratio with a denominator of nothing or less."""

    code = "no_denominator"
    said = Sentence(
        zh="比率“{metric}”的分母合计为 {total}，须大于 0。",
        en="The denominator of “{metric}” adds up to {total}; it must be above 0.",
    )


class OutcomeBeforeExposure(Refusal):
    """Outcomes that were known before the unit could be affected."""

    code = "outcome_before_exposure"
    said = Sentence(
        zh="{count} 行的结果（{outcome}）早于接触（{exposure}），第一处在第 {row} 行："
        "这些结果不可能由实验引起。请核对时间列，或去掉这些行。",
        en="{count} rows have their outcome ({outcome}) before their exposure ({exposure}), the "
        "first in row {row}: the experiment cannot have caused them. Check the two columns, or "
        "leave these rows out.",
    )


class BadWeights(Refusal):
    """Promised shares that do not name the arms."""

    code = "bad_weights"
    said = Sentence(
        zh="无法理解 --expected “{text}”：请写成 {example}，每个分组一个正整数。",
        en="--expected “{text}” is not understood: write it like {example}, one whole number above "
        "0 for each arm.",
    )


class BadGuardrail(Refusal):
    """A guardrail on nothing that is read, or with a margin that is no harm."""

    code = "bad_guardrail"
    said = Sentence(
        zh="无法理解护栏“{text}”：请写成 kept=0.01，即一个指标（{metrics}）和还能承受的损害，"
        "须大于 0。",
        en="The guardrail “{text}” is not understood: write it like kept=0.01, one of the metrics "
        "({metrics}) and the harm still borne, above 0.",
    )


class TooLarge(Refusal):
    """A metric with a value that nothing can be computed with."""

    code = "too_large"
    said = Sentence(
        zh="列“{column}”里有无法计算的数（如 {cell}，共 {count} 行）；请先更正或清空这些格子。",
        en="The column “{column}” holds {count} numbers that nothing can be computed with (such as "
        "{cell}); correct them, or empty these cells.",
    )


class ManyLevels(Refusal):
    """A segment with too many values to compare each."""

    code = "many_levels"
    said = Sentence(
        zh="分层列“{column}”有 {count} 个不同的值，最多 {most} 个；请先归并。",
        en="The segment column “{column}” has {count} different values, at most {most} can be "
        "compared; merge them first.",
    )


class BadDays(Refusal):
    """A time that ran backwards."""

    code = "bad_days"
    said = Sentence(
        zh="列“{column}”有 {count} 行小于 0；从分组到离开（或到今天）的天数不能为负，请先更正。",
        en="The column “{column}” holds {count} numbers below zero; days from the lot until a unit "
        "left, or until today, cannot be. Correct them first.",
    )


class NoEvent(Refusal):
    """Whether a unit left, told by something else than yes and no."""

    code = "no_event"
    said = Sentence(
        zh="列“{column}”有 {count} 行既不是“是”也不是“否”（如 {cell}）；它应说明单位是否已离开。",
        en="The column “{column}” holds {count} cells that are neither yes nor no (such as "
        "{cell}); it says whether the unit had left.",
    )


class NobodyFollowed(Refusal):
    """An arm that is too young for the horizon."""

    code = "nobody_followed"
    said = Sentence(
        zh="分组“{arm}”在“{metric}”上最久只跟踪了 {most} 天，到不了 {horizon} 天；"
        "请等待，或用 --horizon 写一个更短的期限。",
        en="The arm “{arm}” was followed for {most} days at most in “{metric}”, which does not "
        "reach {horizon}; wait, or name a shorter --horizon.",
    )


class NotBefore(Refusal):
    """What is said to be known before anybody was assigned is the arm, an outcome, a name or a day.

    Adjusted by its own outcome no experiment finds anything.
    """

    code = "not_before"
    said = Sentence(
        zh="“{column}”是分组、指标、单位编号或时间列，不能用于 {option}："
        "那里只能写分组之前就已知道的列。",
        en="“{column}” holds the arm, a metric, the unit's id or a day here and cannot be used for "
        "{option}, which takes what was known before anybody was assigned.",
    )


class ManyStrata(Refusal):
    """More strata than can be told from a name or a number."""

    code = "many_strata"
    said = Sentence(
        zh="“{column}”分出 {count} 层，最多 {most} 层；请先归并，数字列可以先分段，或改用 --past。",
        en="“{column}” makes {count} strata, at most {most} can be weighed; merge them first, put "
        "numbers into bands, or name a number as --past.",
    )


class SmallStratum(Refusal):
    """A stratum with too few of an arm to know how far its units differ."""

    code = "small_stratum"
    said = Sentence(
        zh="分层“{stratum}”里“{arm}”组只有 {has} 个单位有“{metric}”的结果（这样小的分层共 {count} "
        "个），每组至少需要 {needs} 个；请合并较小的分层，或不按这一列分层。",
        en="In the stratum “{stratum}” the outcome “{metric}” is known of {has} of “{arm}” (strata "
        "as small: {count}); it takes {needs} of each arm. Merge small strata, or leave the column "
        "out.",
    )


class TimeInStrata(Refusal):
    """A time to an event, which is not weighed by strata."""

    code = "time_in_strata"
    said = Sentence(
        zh="“{metric}”是到离开为止的时间，不按分层加权：小的分层里常没有人跟踪到同一天。"
        "请单独读取它，不加 --strata。",
        en="“{metric}” is a time to an event and is not weighed by strata: in small ones nobody "
        "may have been followed to the same day. Read it in a run of its own, without --strata.",
    )


class NoUnit(Refusal):
    """Rows that do not say of whom they are."""

    code = "no_unit"
    said = Sentence(
        zh="列“{column}”有 {count} 行没有单位编号，无法知道它们是谁；请补上，或去掉这些行。",
        en="{count} rows hold no unit in “{column}”, so nobody knows whom they are about; fill "
        "them in, or leave them out.",
    )


class AlikeArms(Refusal):
    """Two names of one arm."""

    code = "alike_arms"
    said = Sentence(
        zh="列“{column}”里的“{one}”与“{other}”只差大小写或空格，会被当成两个分组；请统一写法。",
        en="“{one}” and “{other}” in “{column}” differ only in letter case or blanks and would "
        "count as two arms; write them alike.",
    )


class NoMetric(Refusal):
    """A metric of more parts than two."""

    code = "no_metric"
    said = Sentence(
        zh="无法理解指标“{metric}”：请写一列、“分子 / 分母”，或“天数 until 是否离开”。",
        en="The metric “{metric}” is not understood: name one column, two as “over / below”, or "
        "“days until left”.",
    )


class NoOrder(Refusal):
    """Two columns of which nobody can say which comes first."""

    code = "no_order"
    said = Sentence(
        zh="“{exposed}”与“{known}”无法比较先后（{kinds}）；请都写成日期、时刻或数字，并同时给出 "
        "--exposed 和 --known。",
        en="Nobody can say which of “{exposed}” and “{known}” comes first ({kinds}); write both as "
        "days, instants or numbers, and name both --exposed and --known.",
    )


class NothingVaries(Refusal):
    """A handful in which all units of each arm did the same."""

    code = "nothing_varies"
    said = Sentence(
        zh="指标“{metric}”在每一组内都没有差别，最小的一组只有 {has} 个单位："
        "这么少时，相同可能只是巧合，算不出区间；至少需要 {needs} 个。",
        en="No outcome of “{metric}” differs within an arm, and the smallest holds {has} units: of "
        "so few that may be luck, and there is no interval. It takes {needs} at least.",
    )
