"""What a strategy file may not hold is refused with file, path and the nearest name (STD-09)."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.loading import OPTIONAL, build
from tenure.strategy.reading import Reader, StrategyError
from tests.strategy.documents import Steps, a_document, at, files_of, one_of_each_shape

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BROADBAND = a_document()
TABLES = [steps for steps, value in one_of_each_shape(BROADBAND) if isinstance(value, dict)]
VALUES = [
    steps
    for steps, value in one_of_each_shape(BROADBAND)
    if len(steps) > 1 and not isinstance(value, dict | list)
]


def refusal_of(document: dict[str, Any]) -> StrategyError:
    with pytest.raises(StrategyError) as refused:
        build(document)
    assert CHINESE.search(refused.value.sentence("zh-Hans"))
    assert not CHINESE.search(refused.value.sentence("en").replace("{ zh = …", ""))
    return refused.value


@pytest.mark.parametrize("steps", [one for one in TABLES if one], ids=str)
def test_unknown_key_is_refused_wherever_it_stands(steps: Steps) -> None:
    document = a_document()
    at(document, steps)["qqqq_unknown"] = 1

    refusal = refusal_of(document)

    assert refusal.data["file"] == steps[0]
    assert "qqqq_unknown" in str(refusal)


@pytest.mark.parametrize("steps", VALUES, ids=str)
def test_table_in_the_place_of_a_value_is_refused(steps: Steps) -> None:
    document = a_document()
    at(document, steps[:-1])[steps[-1]] = {"unexpected": True}

    refusal = refusal_of(document)

    assert refusal.data["file"] == steps[0]


@pytest.mark.parametrize(
    ("steps", "value", "path", "zh", "en"),
    [
        (
            ("guardrails.toml", "max_discont"),
            "10 %",
            "max_discont",
            "不认识“max_discont”；最接近的是“max_discount”",
            "“max_discont” is not known here; the nearest is “max_discount”",
        ),
        (
            ("guardrails.toml", "monthly_budget"),
            "40000 CNX",
            "monthly_budget",
            "未知的币种 CNX，是否想写 CNY",
            "there is no currency CNX, did you mean CNY",
        ),
        (
            ("guardrails.toml", "monthly_budget"),
            40000,
            "monthly_budget",
            "应为带引号的文字，却是 40000",
            "needs text in quotes, but holds 40000",
        ),
        (
            ("guardrails.toml", "monthly_budget"),
            "-1.00 CNY",
            "monthly_budget",
            "-1.00 CNY 小于允许的最小值 0.00 CNY",
            "-1.00 CNY is below the least, 0.00 CNY",
        ),
        (
            ("guardrails.toml", "monthly_budget"),
            "40000.00 USD",
            "monthly_budget",
            "40000.00 USD 的币种应为 CNY（见 business.toml）",
            "40000.00 USD must be in CNY, the currency of business.toml",
        ),
        (
            ("guardrails.toml", "max_discount"),
            0.2,
            "max_discount",
            '“0.2”不是比例；请写成带引号的 "15 %" 或 "0.15"',
            '“0.2” is not a share; write "15 %" or "0.15", in quotes',
        ),
        (
            ("guardrails.toml", "max_discount"),
            "120 %",
            "max_discount",
            "120 % 大于允许的最大值 100 %",
            "120 % is above the most, 100 %",
        ),
        (
            ("business.toml", "zone"),
            "Asia/Shangai",
            "zone",
            "最接近的是“Asia/Shanghai”",
            "the nearest is “Asia/Shanghai”",
        ),
        (
            ("business.toml", "sender_email"),
            "renewals",
            "sender_email",
            "“renewals”不是邮箱地址",
            "“renewals” is not an e-mail address",
        ),
        (
            ("catalog.toml", "plan", 1, "name"),
            {"zh": "进阶版"},
            "plan[home_300].name.en",
            "缺少必填项“en”",
            "“en” is missing and must be given",
        ),
        (
            ("catalog.toml", "plan", 1, "id"),
            "home_100",
            "plan[home_100].id",
            "编号“home_100”出现了两次",
            "the id “home_100” stands here twice",
        ),
        (
            ("catalog.toml", "plan", 0, "monthly_cost"),
            "45.00 CNY",
            "plan[home_100].base_price",
            "12 个月的优惠价 529.20 CNY 低于成本 540.00 CNY",
            "the 12-month price of 529.20 CNY is below the cost of 540.00 CNY",
        ),
        (
            ("tags.toml", "tag", 0, "when", "feature"),
            "days_since_cor",
            "tag[core_idle_7].when.feature",
            "最接近的是“days_since_core”",
            "the nearest is “days_since_core”",
        ),
        (
            ("tags.toml", "tag", 0, "when", "feature"),
            "p_lapse",
            "tag[core_idle_7].when.feature",
            "不认识“p_lapse”",
            "“p_lapse” is not known here",
        ),
        (
            ("tags.toml", "tag", 0, "when", "op"),
            "=>",
            "tag[core_idle_7].when.op",
            "不认识“=>”；最接近的是“>”",
            "“=>” is not known here; the nearest is “>”",
        ),
        (
            ("health.toml", "recover"),
            60,
            "recover",
            "恢复线 60.0 低于介入线 70.0",
            "recover 60.0 is below threshold 70.0",
        ),
        (
            ("health.toml", "component", 0, "points"),
            [[0, 0], [0, 50]],
            "component[usage].points",
            "应为两个以上 [值, 分] 点",
            "needs two or more points",
        ),
        (
            ("journeys.toml", "journey", 0, "step", 0, "message"),
            "value_reviw",
            "journey[annual_renewal].step[t180].message",
            "最接近的是“value_review”",
            "the nearest is “value_review”",
        ),
        (
            ("journeys.toml", "journey", 0, "step", 0, "class"),
            "marketing",
            "journey[annual_renewal].step[t180].class",
            "class 写的是“marketing”",
            "the class is “marketing” but the message “value_review” is “transactional”",
        ),
        (
            ("journeys.toml", "journey", 0, "step", 0, "channels"),
            ["push"],
            "journey[annual_renewal].step[t180].channels",
            "消息“value_review”没有渠道“push”的正文",
            "the message “value_review” has no rendering for the channel “push”",
        ),
        (
            ("journeys.toml", "journey", 0, "step", 1, "days_before"),
            181,
            "journey[annual_renewal].step[t90].days_before",
            "步骤应按时间先后排列",
            "steps stand in the order of time",
        ),
        (
            ("journeys.toml", "journey", 0, "step", 3, "valid_days"),
            5,
            "journey[annual_renewal].step[t3].days_before",
            "请把 valid_days 减到 4 或更少",
            "lower its valid_days to 4",
        ),
        (
            ("offers.toml", "offer", 3, "discount"),
            "12 %",
            "offer[term_1y].discount",
            "折扣 12 % 与目录阶梯中 12 个月的 10 % 不一致",
            "the discount 12 % differs from the 10 % that the catalogue's ladder gives",
        ),
        (
            ("offers.toml", "offer", 1, "discount"),
            "10 %",
            "offer[reminder].discount",
            "kind 为“reminder”的动作没有“discount”",
            "an offer of the kind “reminder” has no “discount”",
        ),
        (
            ("offers.toml", "offer", 3, "class"),
            "transactional",
            "offer[term_1y].class",
            "给予优惠的动作属于营销",
            "an offer that gives something is marketing",
        ),
        (
            ("offers.toml", "offer", 0, "kind"),
            "reminder",
            "offer",
            "必须有且只有一个 kind 为 nothing 的动作",
            "exactly one offer must be of the kind nothing",
        ),
        (
            ("experiments.toml", "holdout"),
            "0.005 %",
            "holdout",
            "比例须为 0.01 % 的整数倍",
            "a share is a whole multiple of 0.01 %",
        ),
        (
            ("churn.toml", "band", 0, "from"),
            "5 %",
            "band",
            "风险档应从 0 % 开始",
            "the bands begin at 0 %",
        ),
        (
            ("contact.toml", "window", 0, "opens"),
            "25:00",
            "window[0].opens",
            "应为时刻（如 08:30），却是 '25:00'",
            "needs a time of day such as 08:30, but holds '25:00'",
        ),
        (
            ("reasons.toml", "reason", 12, "id"),
            "others",
            "reason",
            "缺少 id 为 other 的兜底原因",
            "the reason “other” is missing",
        ),
    ],
)
def test_each_kind_of_mistake_says_where_and_what_to_do(
    steps: Steps, value: object, path: str, zh: str, en: str
) -> None:
    document = a_document()
    at(document, steps[:-1])[steps[-1]] = value

    refusal = refusal_of(document)

    assert refusal.data["file"] == steps[0]
    assert refusal.data["path"] == path
    assert zh in refusal.sentence("zh-Hans")
    assert en in refusal.sentence("en")


@pytest.mark.parametrize(
    "name", sorted(files_of(BROADBAND).keys() - {f"{one}.toml" for one in OPTIONAL})
)
def test_every_section_is_needed(name: str) -> None:
    document = a_document()
    del files_of(document)[name]

    assert "this file is missing" in str(refusal_of(document))


@given(percent=st.decimals(0, 100, places=3))
def test_shares_are_exact_in_both_spellings(percent: Decimal) -> None:
    reader = Reader({"a": f"{percent} %", "b": str(percent / 100)}, file="x.toml")

    assert reader.share("a") == reader.share("b") == percent / 100


def test_reader_gives_each_kind_as_it_is_written() -> None:
    reader = Reader(
        {
            "money": "9.90 CNY",
            "day": "2026-03-12",
            "clock": "08:30:00",
            "flag": True,
            "whole": 7,
            "number": 1,
            "said": {"zh": "好", "en": "good"},
            "list": ["a", "b"],
            "wholes": [3, 1],
        },
        file="x.toml",
    )

    assert reader.money("money") == Money(990, "CNY")
    assert reader.day("day") == date(2026, 3, 12)
    assert reader.clock("clock") == time(8, 30)
    assert reader.flag("flag") is True
    assert (reader.whole("whole"), reader.number("number")) == (7, 1.0)
    assert reader.sentence("said") == Sentence(zh="好", en="good")
    assert (reader.names("list"), reader.wholes("wholes")) == (("a", "b"), (3, 1))
    assert reader.whole("absent", 5) == 5
    assert reader.whole_or_none("absent_too") is None
    reader.done()


@pytest.mark.parametrize("value", [True, "7", 7.5, None])
def test_whole_numbers_are_nothing_else(value: object) -> None:
    with pytest.raises(StrategyError, match="needs a whole number"):
        Reader({"n": value}, file="x.toml").whole("n")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "1.5"])
def test_estimates_are_finite_numbers(value: object) -> None:
    with pytest.raises(StrategyError, match="needs a number"):
        Reader({"n": value}, file="x.toml").number("n")
