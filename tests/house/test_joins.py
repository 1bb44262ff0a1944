"""Joins that must be proved: each has a test that names it, and the test is there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
JOINS = {
    "caps sit in the sender, and only marketing is capped":
        "act/messages/test_rules.py::test_caps_count_over_all_channels_and_suppress_marketing_only",
    "eligibility is checked again at send time":
        "act/messages/test_dispatch.py::test_a_term_that_changed_since_planning_is_not_written_to",
    "one send key per journey, step and term":
        "act/journeys/test_planning.py::test_planning_again_plans_nothing_new",
    "one poisoned recipient never blocks or repeats a batch":
        "act/messages/test_dispatch.py::"
        "test_one_poisoned_recipient_neither_blocks_nor_repeats_the_batch",
    "everybody who is due is in, or is counted as excluded with a reason":
        "act/journeys/test_planning.py::test_everybody_due_is_in_or_excluded_with_a_reason",
    "a failure edge on every step":
        "strategy/test_journeys.py::"
        "test_every_step_of_every_preset_has_a_channel_and_a_failure_edge",
    "journeys have versions; a person in flight keeps theirs":
        "act/journeys/test_planning.py::test_a_term_under_way_keeps_the_version_of_its_journey",
    "idle cost is zero":
        "loop/test_worker.py::test_a_look_with_nothing_due_writes_nothing_and_reads_little",
    "catch-up after an outage misses no period and repeats none":
        "loop/test_nightly.py::test_an_outage_is_caught_up_in_order_and_no_day_runs_twice",
    "cancel intent is not churn":
        "act/self_service/test_cancelling.py::"
        "test_the_first_click_records_the_intent_with_its_instant_and_policy",
    "failed payment is not voluntary churn":
        "records/subscriptions/test_endings.py::"
        "test_a_failed_payment_ends_only_an_automatic_renewal_involuntarily",
    "survey cool-down is shared by all surveys":
        "act/surveys/test_surveys.py::"
        "test_everybody_is_asked_once_a_round_and_by_no_survey_within_the_cool_down",
    "features are point-in-time":
        "understand/features/test_filling.py::"
        "test_a_past_day_comes_out_the_same_from_a_longer_history",
    "a coupon never replaces a better one":
        "act/prices/test_one_price.py::"
        "test_an_offer_is_told_and_ordered_at_the_better_of_two_reductions",
    "early renewal adds to the old end":
        "kernel/test_periods.py::test_next_term_joins_the_old_end_until_grace_is_over",
    "points are a ledger with lots, first-expiring first":
        "records/loyalty/test_points.py::"
        "test_g22_first_expiring_first_with_refund_debt_and_a_cancelled_redemption",
    "a failed group-buy refunds everyone":
        "act/payments/test_grouping.py::test_a_failed_group_buy_refunds_everybody_once",
    "a referral pays after the refund window, and is reversed on refund":
        "act/rewards/test_referrals.py::"
        "test_a_referral_pays_after_the_refund_window_and_is_reversed_on_refund",
    "maintenance notices reach exactly the affected":
        "act/maintenance/test_telling.py::test_maintenance_notices_reach_exactly_the_affected",
    "service clocks follow the business calendar and stop when they should":
        "kernel/test_office_hours.py::"
        "test_g23_the_clock_runs_in_office_hours_and_stands_in_pauses",
    "a state near a threshold does not flap":
        "understand/health/test_expressions.py::"
        "test_the_state_falls_at_one_line_and_recovers_at_another",
}  # fmt: skip


@pytest.mark.parametrize("join", JOINS)
def test_a_join_has_a_test_that_names_it(join: str) -> None:
    path, _, name = JOINS[join].partition("::")
    source = (TESTS / path).read_text(encoding="utf-8")
    assert re.search(rf"^(?:    )?def {name}\(", source, re.M), join
