"""A rule read on one customer, and said in words (TAG-01, TOP-09)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.strategy.features import ALL, OBSERVED, SCORED
from tenure.strategy.reading import Reader, StrategyError
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rule_sentences import say
from tenure.strategy.rules import (
    ALWAYS,
    AllOf,
    AnyOf,
    Leaf,
    Not,
    Op,
    Rule,
    features_of,
    holds,
    written,
)

NUMBERS = ("days_left", "tickets_90", "usage_trend")
VALUES = st.one_of(st.none(), st.integers(-3, 3))
ROWS = st.fixed_dictionaries(dict.fromkeys(NUMBERS, VALUES))
LEAVES = st.builds(
    Leaf,
    st.sampled_from(NUMBERS),
    st.sampled_from([op for op in Op if op not in (Op.AMONG, Op.KNOWN, Op.UNKNOWN)]),
    st.integers(-3, 3),
) | st.builds(Leaf, st.sampled_from(NUMBERS), st.sampled_from([Op.KNOWN, Op.UNKNOWN]))
RULES: st.SearchStrategy[Rule] = st.recursive(
    LEAVES,
    lambda parts: (
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple))
        | st.builds(Not, parts)
    ),
    max_leaves=8,
)


def read(table: dict[str, Any]) -> Rule:
    return rule_at(Reader(table, file="x.toml"), "when", features=ALL)


@pytest.mark.parametrize(
    ("op", "value", "found", "expected"),
    [
        (Op.EQUAL, 7, 7, True),
        (Op.EQUAL, 7, 8, False),
        (Op.DIFFERENT, 7, 8, True),
        (Op.BELOW, 7, 6, True),
        (Op.BELOW, 7, 7, False),
        (Op.AT_MOST, 7, 7, True),
        (Op.ABOVE, 7, 7, False),
        (Op.ABOVE, 7, 7.5, True),
        (Op.AT_LEAST, 7, 7, True),
        (Op.AMONG, (1, 7), 7, True),
        (Op.AMONG, (1, 7), 2, False),
        (Op.KNOWN, None, 0, True),
        (Op.UNKNOWN, None, 0, False),
    ],
)
def test_leaf_compares(op: Op, value: Any, found: Any, expected: bool) -> None:
    assert holds(Leaf("days_left", op, value), {"days_left": found}) is expected


@pytest.mark.parametrize("op", [op for op in Op if op is not Op.UNKNOWN])
def test_unknown_value_satisfies_no_comparison(op: Op) -> None:
    leaf = Leaf("nps_last", op, (1, 2) if op is Op.AMONG else 1)

    assert holds(leaf, {"nps_last": None}) is False
    assert holds(Not(leaf), {"nps_last": None}) is True
    assert holds(Leaf("nps_last", Op.UNKNOWN), {"nps_last": None}) is True


def test_missing_column_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        holds(Leaf("days_left", Op.EQUAL, 1), {})


@given(rule=RULES, other=RULES, row=ROWS)
def test_trees_obey_the_laws_of_logic(rule: Rule, other: Rule, row: dict[str, int | None]) -> None:
    one, two = holds(rule, row), holds(other, row)

    assert holds(Not(Not(rule)), row) == one
    assert holds(AllOf((rule, other)), row) == (one and two)
    assert holds(AnyOf((rule, other)), row) == (one or two)
    assert holds(Not(AllOf((rule, other))), row) == holds(AnyOf((Not(rule), Not(other))), row)
    assert holds(AllOf((rule, ALWAYS)), row) == one


@given(rule=RULES)
def test_every_rule_can_be_said_and_names_its_features(rule: Rule) -> None:
    for language in ("zh-Hans", "en"):
        said = say(rule, language)

        assert said
        assert all(ALL[name].name.say(language) in said for name in features_of(rule))


@given(left=RULES, right=RULES)
def test_written_form_tells_rules_apart(left: Rule, right: Rule) -> None:
    assert (written(left) == written(right)) == (left == right)


def test_rule_is_read_in_each_form() -> None:
    table = {
        "when": {
            "all": [
                {"feature": "days_left", "op": "<=", "value": 30},
                {"not": {"feature": "auto_renew", "op": "==", "value": 1}},
                {
                    "any": [
                        {"feature": "plan_code", "op": "in", "value": ["a", "b"]},
                        {"feature": "paid_total_minor", "op": ">", "value": "30.00 CNY"},
                        {"feature": "nps_last", "op": "unknown"},
                    ]
                },
            ]
        }
    }

    rule = read(table)

    assert rule == AllOf(
        (
            Leaf("days_left", Op.AT_MOST, 30),
            Not(Leaf("auto_renew", Op.EQUAL, 1)),
            AnyOf(
                (
                    Leaf("plan_code", Op.AMONG, ("a", "b")),
                    Leaf("paid_total_minor", Op.ABOVE, 3000, "CNY"),
                    Leaf("nps_last", Op.UNKNOWN),
                )
            ),
        )
    )
    assert say(rule, "zh-Hans") == (
        "距到期不超过 30 天，并且并非（“已开自动续费”为是），并且（套餐属于 “a”、“b”，"
        "或者累计付费超过 30.00 CNY，或者最近一次推荐分没有记录）"
    )
    assert say(rule, "en") == (
        "time until the end of the term is at most 30 days and not (automatic renewal: yes) and "
        "(plan is one of “a”, “b” or paid in total is above 30.00 CNY or last recommendation score "
        "is not known)"
    )


def test_shares_are_said_in_percent() -> None:
    assert say(Leaf("p_lapse", Op.AT_LEAST, 0.25), "en") == (
        "probability of not renewing is at least 25 %"
    )
    assert say(ALWAYS, "zh") == "所有客户"


def test_list_means_that_all_must_hold() -> None:
    leaf = {"feature": "days_left", "op": "<", "value": 3}

    assert read({"when": [leaf, leaf]}) == AllOf((Leaf("days_left", Op.BELOW, 3),) * 2)


@pytest.mark.parametrize(
    ("table", "zh", "en"),
    [
        ({}, "一条规则只能是", "a rule is one of all, any, not or feature"),
        ({"all": [], "any": []}, "一条规则只能是", "here stand: all, any"),
        (
            {"feature": "days_lft", "op": "<", "value": 1},
            "最接近的是“days_left”",
            "the nearest is “days_left”",
        ),
        (
            {"feature": "days_left", "op": "<", "value": "7"},
            "“days_left”是数字",
            "“days_left” is a number and is compared with a number",
        ),
        (
            {"feature": "plan_code", "op": "==", "value": 7},
            "“plan_code”是文字",
            "“plan_code” is a word and is compared with text",
        ),
        (
            {"feature": "plan_code", "op": "<", "value": "a"},
            "“plan_code”是文字，不分大小",
            "“plan_code” is a word and has no order",
        ),
        (
            {"feature": "auto_renew", "op": "==", "value": 2},
            "“auto_renew”是是非项",
            "“auto_renew” is yes or no",
        ),
        (
            {"feature": "nps_last", "op": "known", "value": 2},
            "known 不需要 value",
            "known takes no value",
        ),
        ({"feature": "nps_last", "op": "<"}, "缺少必填项“value”", "“value” is missing"),
        (
            {"feature": "price_minor", "op": "<", "value": 990},
            "应为带引号的文字",
            "needs text in quotes",
        ),
        (
            {"feature": "price_minor", "op": "in", "value": ["9.90 CNY"]},
            "“price_minor”是金额",
            "“price_minor” is an amount and takes no list",
        ),
        (
            {"feature": "days_left", "op": "<", "value": 1, "days": 2},
            "不认识“days”",
            "“days” is not known here",
        ),
    ],
)
def test_bad_rule_is_refused_in_both_languages(table: dict[str, Any], zh: str, en: str) -> None:
    with pytest.raises(StrategyError) as refused:
        read({"when": table})

    assert zh in refused.value.sentence("zh-Hans")
    assert en in refused.value.sentence("en")
    assert str(refused.value.data["path"]).startswith("when")


def test_scored_names_are_apart_from_observed_ones() -> None:
    assert set(SCORED) == {"health", "p_lapse"}
    assert not SCORED.keys() & OBSERVED.keys()
    assert all(one.name.zh and one.name.en for one in ALL.values())
