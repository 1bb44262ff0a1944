"""Reasons: topics are told once, the strongest first, and only what raises."""

import numpy as np

from tenure.understand.churn.scoring import NO_REASON, top_reasons, topic_shares

NAMES = ("logins_30", "logins_90", "speed_ratio_30", "days_left", "nps_last", "tickets_90")


def told(*shares: float) -> list[tuple[str, float]]:
    reason, share = top_reasons(np.array([shares]), NAMES)
    return [
        (NAMES[place], round(float(value), 6))
        for place, value in zip(reason[0], share[0], strict=True)
        if place != NO_REASON
    ]


def test_numbers_of_one_topic_are_added_up_and_told_by_the_strongest() -> None:
    assert told(0.02, 0.03, 0.04, 0.0, 0.01, 0.0) == [
        ("logins_90", 0.05),
        ("speed_ratio_30", 0.04),
        ("nps_last", 0.01),
    ]


def test_what_lowers_the_risk_is_no_reason() -> None:
    assert told(-0.05, 0.02, 0.0, 0.0, -0.01, 0.001) == [("tickets_90", 0.001)]


def test_how_near_the_end_is_moves_the_risk_and_is_no_reason() -> None:
    assert told(0.0, 0.0, 0.0, 0.30, 0.02, 0.0) == [("nps_last", 0.02)]


def test_at_most_three_topics_are_told() -> None:
    assert [name for name, _ in told(0.01, 0.0, 0.02, 0.9, 0.03, 0.04)] == [
        "tickets_90",
        "nps_last",
        "speed_ratio_30",
    ]


def test_fewer_topics_than_places_leave_places_empty() -> None:
    reason, share = top_reasons(np.array([[0.2]]), ("tenure_days",))

    assert reason.tolist() == [[0, NO_REASON, NO_REASON]]
    assert share[0, 0] == 0.2
    assert np.isnan(share[0, 1:]).all()


def test_a_topic_that_lowers_the_risk_is_told_by_what_lowers_it_most() -> None:
    total, strongest = topic_shares(np.array([[-0.04, 0.01, 0.0, 0.5, 0.02, 0.0]]), NAMES)

    named = {
        NAMES[place]: round(float(share), 6)
        for place, share in zip(strongest[0], total[0], strict=True)
    }
    assert named == {"logins_30": -0.03, "speed_ratio_30": 0.0, "tickets_90": 0.0, "nps_last": 0.02}
