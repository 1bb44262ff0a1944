"""The law as dated data: each row has a source and a day; unknown keys are refused (TOP-07)."""

from datetime import date
from typing import Any

import pytest

from tenure.strategy.content import FILES, TEXTS
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, files_of


def policies(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: list[dict[str, Any]] = files_of(document)["obligations.toml"]["policy"]
    return {f"{one['id']}@{one['version']}": one for one in found}


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(StrategyError) as refused:
        build(document)
    return refused.value.sentence("en")


@pytest.mark.parametrize("name", preset_names())
def test_every_row_has_a_source_and_the_day_on_which_it_was_checked(name: str) -> None:
    for policy in preset(name).obligations.policies:
        assert policy.source.strip(), policy.stamp
        assert policy.checked_on == date(2026, 11, 21), policy.stamp
        assert policy.valid_from is not None or policy.jurisdiction == "uk_dmcc"


def test_all_presets_ship_the_same_law() -> None:
    tables = [preset(name).obligations.policies for name in preset_names()]

    assert all(one == tables[0] for one in tables)


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    document = a_document()
    policies(document)["us_ca@2025-07-01"]["cancel"]["offers_atmost"] = 2

    assert "“offers_atmost” is not known here; the nearest is" in refusal(document)


@pytest.mark.parametrize(
    ("stamp", "key"), [("cn@2026-04-10", "source"), ("de@2026-07-16", "checked_on")]
)
def test_a_row_without_source_or_day_is_refused(stamp: str, key: str) -> None:
    document = a_document()
    del policies(document)[stamp][key]

    assert key in refusal(document)


def test_two_versions_of_a_policy_may_not_hold_together() -> None:
    document = a_document()
    del policies(document)["eu@2014-06-13"]["until"]

    assert "two versions of “eu” hold on 2026-06-19" in refusal(document)


def test_a_window_runs_from_early_to_late() -> None:
    document = a_document()
    policies(document)["us_ca@2025-07-01"]["notice"][0]["earliest_days"] = 3

    assert "45" not in refusal(document)
    assert "earliest, 3 days" in refusal(document)


@pytest.mark.parametrize(
    "slot", ["deduct_on", "price", "cancel_url", "plan_name", "payment_method"]
)
def test_a_chinese_notice_that_leaves_something_out_is_never_applied(slot: str) -> None:
    """R-A-011: time, amount, how to stop, the service and how is paid."""
    document = a_document()
    for file, text in document[TEXTS].items():
        if "deduction_notice" in file:
            document[TEXTS][file] = text.replace(slot, "customer_name")
    said = next(
        one
        for one in document[FILES]["messages.toml"]["message"]
        if one["id"] == "deduction_notice"
    )
    said["email"]["subject"] = {"zh": "扣款", "en": "Deduction"}

    assert slot in refusal(document)


def test_a_californian_notice_says_that_it_renews_by_itself() -> None:
    """R-A-033."""
    document = a_document("saas")
    file = "messages/deduction_notice.email.en.liquid"
    document[TEXTS][file] = document[TEXTS][file].replace("automatically", "soon")

    assert "wants the text to say “automatically”" in refusal(document)


def test_a_notice_is_no_marketing() -> None:
    document = a_document()
    document[FILES]["obligations.toml"]["messages"]["renewal"] = "ends_soon"

    assert "legal_notice" in refusal(document)


def test_a_message_that_is_not_there_is_refused() -> None:
    document = a_document()
    document[FILES]["obligations.toml"]["messages"]["renewal"] = "deduction_notic"

    assert "the nearest is “deduction_notice”" in refusal(document)


def test_a_fixed_year_may_not_renew_by_itself_where_germany_is_a_market() -> None:
    """R-A-059: the plan validator."""
    document = a_document("saas")
    document[FILES]["obligations.toml"]["markets"] = ["US", "DE"]

    assert "does not let 12 months renew by themselves (1 at most)" in refusal(document)

    document[FILES]["obligations.toml"]["auto_renew_months"] = [1]
    assert build(document).obligations.markets == ("US", "DE")


def test_a_strategy_without_the_file_knows_no_policy() -> None:
    document = a_document()
    del document[FILES]["obligations.toml"]

    assert build(document).obligations.policies == ()


def test_a_policy_that_is_not_in_force_never_holds() -> None:
    (policy,) = (
        one for one in preset("saas").obligations.policies if one.jurisdiction == "uk_dmcc"
    )

    assert not policy.is_in_force(date(2030, 1, 1))
    document = a_document()
    document[FILES]["obligations.toml"]["previews"] = ["uk_dmc"]
    assert "the nearest is “uk_dmcc”" in refusal(document)
