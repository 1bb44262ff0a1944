"""Anybody's table as a history, and what is wrong with it in one sentence."""

import numpy as np
import pyarrow as pa
import pytest

from tenure.decide.effects.tables import (
    Asked,
    ColumnMissing,
    CostNotAllowed,
    NotANumber,
    OneArmOnly,
    history_of,
)
from tenure.decide.offpolicy.refusals import OutcomeBeforeExposure
from tenure.kernel.failures import Refusal

TABLE = pa.table(
    {
        "given": ["call", "none", "coupon", "none"],
        "renewed": [1, 0, 1, 1],
        "tenure": [12.0, None, 3.0, 7.0],
        "city": ["A", "B", "A", "A"],
        "name": ["x", "x", "x", "x"],
        "sent": [1, 2, 3, 4],
        "known": [5, 5, 2, 5],
    }
)
ASKED = Asked("given", "renewed", ignored=("sent", "known"))


def test_doing_nothing_stands_first_and_text_becomes_flags() -> None:
    read = history_of(TABLE, ASKED)

    assert read.history.arms == ("none", "call", "coupon")
    assert read.history.action.tolist() == [1, 0, 2, 0]
    assert read.history.names == ("tenure", "city = A", "city = B")
    assert np.isnan(read.history.rows[1, 0])
    assert read.left_out == ("name",)
    assert read.assumed_even
    assert read.history.propensity[0].tolist() == [0.5, 0.25, 0.25]


def test_one_column_of_probabilities_suffices_for_two_arms() -> None:
    two = TABLE.slice(0, 2).append_column("p", pa.array([0.2, 0.7]))

    read = history_of(two, Asked("given", "renewed", propensity="p"))

    assert read.history.propensity == pytest.approx(np.array([[0.8, 0.2], [0.7, 0.3]]))
    assert "p" not in read.history.names


def test_costs_and_worth_are_the_stakes() -> None:
    read = history_of(TABLE, Asked("given", "renewed", costs={"call": 12.0}, worth=300.0))

    assert read.stakes.cost[0].tolist() == [0.0, 12.0, 0.0]
    assert read.stakes.value(np.full((4, 3), 0.5))[0].tolist() == [150.0, 138.0, 150.0]


@pytest.mark.parametrize(
    ("asked", "refusal", "data"),
    [
        (Asked("gave", "renewed"), ColumnMissing, {"column": "gave"}),
        (Asked("given", "city"), NotANumber, {"column": "city"}),
        (Asked("name", "renewed"), OneArmOnly, {"arms": 1}),
        (Asked("given", "renewed", costs={"call": -1.0}), CostNotAllowed, {"cost": -1.0}),
        (Asked("given", "renewed", costs={"gift": 1.0}), CostNotAllowed, {"arm": "gift"}),
        (Asked("given", "renewed", costs={"call": float("nan")}), CostNotAllowed, {"arm": "call"}),
        (Asked("given", "renewed", propensity="p"), ColumnMissing, {}),
        (
            Asked("given", "renewed", exposed_at="sent", outcome_at="known"),
            OutcomeBeforeExposure,
            {"rows": 1},
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said(
    asked: Asked, refusal: type[Refusal], data: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        history_of(TABLE, asked)

    assert data.items() <= refused.value.data.items()
    assert refused.value.sentence("zh") != refused.value.sentence("en")


def test_rows_without_an_action_or_an_outcome_are_left_out_and_counted() -> None:
    """Only matured outcomes teach; an arm that has none is still there to be refused by name."""
    table = TABLE.set_column(0, "given", pa.array(["call", "none", "coupon", None]))
    table = table.set_column(1, "renewed", pa.array([1.0, 0.0, None, 1.0]))

    read = history_of(table, ASKED)

    assert (len(read.history), read.unknown_rows) == (2, 2)
    assert read.history.outcome.tolist() == [1.0, 0.0]
    assert read.history.arms == ("none", "call", "coupon")
    assert read.history.per_arm.tolist() == [1, 1, 0]
    assert read.history.propensity[0].tolist() == [0.5, 0.5, 0.0]


def test_an_outcome_without_end_is_refused_and_such_a_feature_is_not_known() -> None:
    endless = pa.array([float("inf"), 1.0, 2.0, 3.0])

    read = history_of(TABLE.set_column(2, "tenure", endless), ASKED)
    with pytest.raises(NotANumber):
        history_of(TABLE.set_column(1, "renewed", endless), ASKED)

    assert np.isnan(read.history.rows[0, 0])
