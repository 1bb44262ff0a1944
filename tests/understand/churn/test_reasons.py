"""Every reason is a sentence with its real value, in both languages, and blames nothing."""

import re

import pytest

from tenure.strategy.features import OBSERVED
from tenure.understand.churn.reasons import HEADING, reason, reasons_of, sentence
from tenure.understand.churn.sentences import TOLD

CAUSES = re.compile(r"because|due to|cause[sd]? |因为|导致|由于", re.IGNORECASE)


@pytest.mark.parametrize("feature", OBSERVED)
def test_every_feature_has_a_sentence_with_its_value_in_both_languages(feature: str) -> None:
    """PRD-01: the reasons of all features, in zh-Hans and English."""
    told = TOLD[feature]

    assert told.slots == {"value"}
    assert "{value}" in told.zh
    assert "{value}" in told.en
    assert re.search(r"[\u4e00-\u9fff]", told.zh)
    assert not re.search(r"[\u4e00-\u9fff]", told.en)
    assert not CAUSES.search(told.zh + told.en)


def test_no_sentence_stands_for_a_feature_that_does_not_exist() -> None:
    assert set(TOLD) == set(OBSERVED)


def told(feature: str, value: object) -> tuple[str, str]:
    found = sentence(feature, value, currency="CNY")
    return found.zh, found.en


def test_values_are_said_as_people_read_them() -> None:
    assert told("speed_ratio_30", 0.3137) == (
        "近 30 天实测网速是套餐的 31%",
        "Measured speed is 31 % of the plan",
    )
    assert told("days_since_login", 34)[1] == "Days without a login: 34"
    assert told("usage_gb_30", 6.2468)[1] == "Traffic in 30 days: 6.2 GB"
    assert told("usage_minutes_30", 141.6)[0] == "近 30 天使用 142 分钟"
    assert told("price_minor", 82_800) == ("本期价格 828.00 CNY", "This term costs 828.00 CNY")
    assert told("price_change_share", 0.08)[1] == "Monthly price changed by +8 %"
    assert told("price_change_share", -0.1)[1] == "Monthly price changed by -10 %"
    assert told("auto_renew", 0) == ("自动续费：否", "Automatic renewal: no")
    assert told("plan_code", "home_100")[1] == "The plan is home_100"


def test_what_is_not_known_is_said_to_be_not_known() -> None:
    assert told("nps_last", None) == (
        "没有“最近一次推荐分”的记录",
        "Nothing is recorded of “last recommendation score”",
    )


def test_a_reason_knows_its_topic_its_points_and_whether_something_can_be_done() -> None:
    slow = reason("speed_ratio_30", 0.31, share=0.0944, currency="CNY")
    loyal = reason("renewals_count", 3, share=-0.05, currency="CNY")

    assert (slow.points, slow.topic.en, slow.is_actionable) == ("+9.4", "Network quality", True)
    assert (loyal.points, loyal.topic.zh, loyal.is_actionable) == ("-5.0", "在网历史", False)


def test_the_reasons_of_a_risk_take_their_values_from_the_features() -> None:
    risk = {
        "reason_1": "tickets_90",
        "share_1": 0.06,
        "reason_2": "nps_last",
        "share_2": 0.03,
        "reason_3": None,
        "share_3": None,
    }

    found = reasons_of(risk, {"tickets_90": 3, "nps_last": 5}, currency="CNY")

    assert [one.sentence.en for one in found] == [
        "Tickets in 90 days: 3",
        "Last recommendation score: 5 of 10",
    ]
    assert [one.share for one in found] == [0.06, 0.03]


def test_the_heading_says_associated_and_denies_a_cause() -> None:
    assert "associated with" in HEADING.en
    assert "相关不等于原因" in HEADING.zh
