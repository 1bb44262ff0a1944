"""A3: a column that knows the future is found and refused by its name."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.uploads.whole import read
from tenure.understand.churn.estimator.chance import Chance
from tenure.understand.churn.estimator.linear import Logistic
from tenure.understand.outcomes.drawing import Drawn, draw
from tenure.understand.outcomes.learning import learn
from tenure.understand.outcomes.refusals import NotALength, SameColumn, TimeInTheFuture
from tenure.understand.outcomes.summary import summary, verdict
from tenure.understand.outcomes.wish import Wish
from tests.understand.outcomes.tables import a_table, left_of, written

TODAY = date(2026, 3, 11)


def drawn(
    table: dict[str, list[object]], path: Path, *, time: str = "", duration: str = ""
) -> Drawn:
    sheet = read(written(table, path / "a.csv"))
    return draw(sheet, Wish("churn", TODAY, time=time, duration=duration))


def refused(found: Drawn) -> dict[str, str]:
    return {leak.column: leak.why.en for leak in found.leaks if leak.refused}


def test_columns_written_after_leaving_are_refused_by_name(tmp_path: Path) -> None:
    """PRD-01, R-M-029: a perfect column, a reason of leavers only, and a payment after the day."""
    table, rng = a_table(), np.random.default_rng(1)
    left = left_of(table)
    paid = [
        TODAY - timedelta(days=40) + timedelta(days=int(one))
        for one in rng.integers(0, 90, len(left))
    ]
    table["churn score"] = [90 + row % 9 if one else row % 60 for row, one in enumerate(left)]
    table["churn reason"] = ["price" if one and row % 3 else "" for row, one in enumerate(left)]
    table["last_payment_date"] = [
        day - timedelta(days=60 * int(one)) for day, one in zip(paid, left, strict=True)
    ]
    table["contract_end"] = [TODAY + timedelta(days=9 + row % 99) for row in range(len(left))]
    table["seen_on"] = [TODAY] * len(left)

    found = refused(drawn(table, tmp_path, time="seen_on"))

    assert set(found) == {"churn score", "churn reason", "last_payment_date"}
    assert "after the day of observation" in found["last_payment_date"]
    assert "0% of those who stayed" in found["churn reason"]


def test_an_honest_table_has_no_leak(tmp_path: Path) -> None:
    assert refused(drawn(a_table(), tmp_path)) == {}


def test_a_score_that_beats_all_others_together_is_refused(tmp_path: Path) -> None:
    """A noisy satisfaction written after leaving: no column is perfect, and yet it knows."""
    table, rng = a_table(800), np.random.default_rng(1)
    left = left_of(table)
    truth = np.where(left, rng.integers(1, 4, len(left)), rng.integers(3, 6, len(left)))
    table["satisfaction"] = truth.tolist()

    sheet = read(written(table, tmp_path / "a.csv"))
    lesson = learn(sheet, Wish("churn", TODAY), kinds={"logistic": Logistic()})

    assert [leak.column for leak in lesson.drawn.leaks if leak.refused] == ["satisfaction"]
    assert "satisfaction" not in {place.column for place in lesson.encoding.places}


def test_what_is_duration_times_price_is_refused_where_duration_is_the_question(
    tmp_path: Path,
) -> None:
    table, rng = a_table(), np.random.default_rng(1)
    tenure = rng.integers(0, 72, len(table["churn"]))
    fee = rng.integers(20, 120, len(table["churn"]))
    table["tenure"], table["MonthlyCharges"] = tenure.tolist(), fee.tolist()
    table["TotalCharges"] = (tenure * fee * rng.normal(1, 0.03, len(fee))).round(2).tolist()

    plain = drawn(table, tmp_path)
    assert refused(plain) == {}
    [look] = [leak for leak in plain.leaks if leak.column == "TotalCharges"]
    assert "--duration tenure" in look.why.zh
    found = refused(drawn(table, tmp_path, duration="tenure"))
    assert list(found) == ["TotalCharges"]
    assert "tenure × MonthlyCharges" in found["TotalCharges"]


def test_a_length_of_time_given_as_the_time_is_taken_as_the_duration(tmp_path: Path) -> None:
    """`--time tenure`: months lived are no moment, and what grows with them leaks."""
    table = a_table(300)
    rng = np.random.default_rng(2)
    tenure, fee = rng.integers(0, 72, 300), rng.integers(20, 120, 300)
    table["tenure"], table["fee"] = tenure.tolist(), fee.tolist()
    table["TotalCharges"] = (tenure * fee).tolist()

    found = drawn(table, tmp_path, time="tenure")

    assert list(refused(found)) == ["TotalCharges"]
    assert (found.wish.duration, found.moments) == ("tenure", None)
    assert next(leak.why.en for leak in found.leaks if leak.column == "tenure").startswith(
        "it is a length of time"
    )


@pytest.mark.parametrize(
    ("wish", "kind"),
    [({"time": "churn"}, SameColumn), ({"duration": "churn"}, SameColumn),
     ({"duration": "contract"}, NotALength)],
)  # fmt: skip
def test_a_column_that_cannot_be_meant_is_refused(
    tmp_path: Path, wish: dict[str, str], kind: type[Refusal]
) -> None:
    with pytest.raises(kind):
        drawn(a_table(160), tmp_path, **wish)


def test_an_observation_in_the_future_is_refused(tmp_path: Path) -> None:
    table = a_table()
    table["seen"] = [TODAY + timedelta(days=row % 2) for row in range(len(table["churn"]))]

    with pytest.raises(TimeInTheFuture) as told:
        drawn(table, tmp_path, time="seen")

    assert "200 rows" in told.value.sentence("en")


def test_columns_that_say_the_outcome_only_together_are_refused_by_name(tmp_path: Path) -> None:
    """As in the life policies: surrender is any end that is neither death nor another one."""
    rng = np.random.default_rng(0)
    table = a_table(1_000)
    surrendered = np.array([one == "Yes" for one in table["churn"]])
    died = ~surrendered & (rng.random(1_000) < 0.35)
    table |= {
        "death": died.astype(int).tolist(),
        "ended": (surrendered | died).astype(int).tolist(),
    }

    lesson = learn(
        read(written(table, tmp_path / "a.csv")),
        Wish("churn", TODAY),
        kinds={"logistic": Logistic()},
    )

    told = {one.column: one.why.en for one in lesson.drawn.leaks if one.refused}
    assert set(told) == {"death", "ended"}
    assert "together with others it says the outcome" in told["ended"]
    assert 0.7 < lesson.champion.figures["auc"] < 0.95


def test_an_area_too_good_to_be_true_names_the_column_that_moves_most(tmp_path: Path) -> None:
    """Two columns that add up to the outcome, neither of which gives anything away by itself."""
    rng = np.random.default_rng(0)
    table = a_table(600)
    left = np.array([one == "Yes" for one in table["churn"]])
    hidden = rng.normal(0, 5, 600)
    table |= {"paid": hidden.tolist(), "owed": (3 * left - hidden).tolist()}
    sheet, wish = read(written(table, tmp_path / "a.csv")), Wish("churn", TODAY)

    lesson = learn(sheet, wish, kinds={"logistic": Logistic()})
    leaks = summary(lesson, sheet=sheet, wish=wish)["leaks"]

    assert lesson.champion.figures["auc"] > 0.99
    [told] = leaks
    assert told["column"] in {"paid", "owed"}
    assert told["refused"] is False
    assert "too good to be true" in told["why"]["en"]


def test_an_order_without_probabilities_is_told_as_what_it_is() -> None:
    """As surrenders of policies by their day of issue: the later ones had less time to end."""
    lesson = SimpleNamespace(
        chance=Chance(0.005, 0.74, 0.8, -0.1),
        champion=SimpleNamespace(figures={"auc": 0.77}),
        cases=SimpleNamespace(outcome=np.zeros(1_000)),
    )

    told = verdict(lesson)  # type: ignore[arg-type]
    lesson.chance = Chance(0.4, 0.45, 0.55, -0.1)
    nothing = verdict(lesson)  # type: ignore[arg-type]

    assert told.en.startswith("The order is better than chance (AUC 0.770")
    assert "no score is offered" in told.en
    assert nothing.en.startswith("Not better than chance")
