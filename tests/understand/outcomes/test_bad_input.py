"""Issue 4, bad input: each a sentence that says what is wrong and what is needed, never a number.

TOP-20. No churners, one class, ten customers, all values missing, a constant column, a category
never seen, a date in the future, 10,000 columns.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.uploads.whole import read
from tenure.understand.churn.estimator.linear import Logistic
from tenure.understand.outcomes.drawing import Drawn, draw
from tenure.understand.outcomes.encoding import encoded, encoding_of, unseen
from tenure.understand.outcomes.judging import folds_of
from tenure.understand.outcomes.learning import learn
from tenure.understand.outcomes.refusals import HeldTogether, TooWide
from tenure.understand.outcomes.scoring import score
from tenure.understand.outcomes.storing import keep, kept
from tenure.understand.outcomes.summary import plain, summary
from tenure.understand.outcomes.wish import Wish
from tests.understand.outcomes.tables import a_table, written

TODAY = date(2026, 3, 11)


def drawn(table: dict[str, list[object]], path: Path, *, time: str = "") -> Drawn:
    return draw(read(written(table, path / "a.csv")), Wish("churn", TODAY, time=time))


def refused(table: dict[str, list[object]], path: Path, *, time: str = "") -> str:
    """The sentence, which stands in both languages."""
    with pytest.raises(Refusal) as told:
        drawn(table, path, time=time)
    assert told.value.sentence("zh-Hans") != told.value.sentence("en")
    return told.value.sentence("en")


@pytest.mark.parametrize("said", ["No", "Yes"])
def test_no_churners_and_one_class(tmp_path: Path, said: str) -> None:
    table = a_table(150) | {"churn": [said] * 150}

    assert f"has one outcome only ({said})" in refused(table, tmp_path)
    assert "at least 100 rows are needed, 20 of either" in refused(table, tmp_path)


def test_ten_customers(tmp_path: Path) -> None:
    table = a_table(10) | {"churn": ["Yes", "No"] * 5}

    assert "There are 10 usable rows" in refused(table, tmp_path)


def test_all_values_missing(tmp_path: Path) -> None:
    outcome = a_table(150)["churn"]

    assert "No column is left" in refused({"churn": outcome, "a": [""] * 150, "b": ["NA"] * 150},
                                          tmp_path)  # fmt: skip
    assert "empty throughout" in refused(a_table(150) | {"churn": [""] * 150}, tmp_path)


def test_a_constant_column_is_left_out_and_the_rest_is_used(tmp_path: Path) -> None:
    found = drawn(a_table(150) | {"country": ["CN"] * 150}, tmp_path)

    assert found.left_out["country"].en == "the same in every row, so it tells nobody apart"
    assert "visits" in {one.name for one in found.used}


def test_a_category_never_seen_is_named_and_counts_as_rare(tmp_path: Path) -> None:
    used = drawn(a_table(150), tmp_path).used
    encoding = encoding_of(used, day=0.0)
    later = a_table(150, seed=1)
    later["contract"] = ["weekly", *later["contract"][1:]]
    columns = {one.name: one for one in drawn(later, tmp_path).used}

    rows = encoded(encoding, columns, at_day=None)

    assert unseen(encoding, columns["contract"]) == ["weekly"]
    place = encoding.names.index("contract=yearly")
    assert (rows[0, place], bool(np.isnan(rows).all())) == (0, False)


def test_a_date_in_the_future(tmp_path: Path) -> None:
    table = a_table(150) | {"seen": ["2026-04-01"] * 150}

    assert "lies after today (2026-03-11)" in refused(table, tmp_path, time="seen")


def test_ten_thousand_columns(tmp_path: Path) -> None:
    table = a_table(5) | {f"c{place}": [1] * 5 for place in range(10_000)}

    told = refused(table, tmp_path)

    assert "10005 columns for 5 rows; at most 2000" in told
    assert "about 2580 rows are needed" in told  # 2 ln(2 × 10,005 ÷ 0.05) ÷ 0.1²


def test_many_columns_of_nothing_for_few_rows_get_no_number(tmp_path: Path) -> None:
    """TOP-20: the best of 300 looks like something; the sentence says what luck brings, and n."""
    rng = np.random.default_rng(3)
    noise = {f"c{place}": rng.standard_normal(150).round(3).tolist() for place in range(300)}
    table = {"churn": a_table(150)["churn"]} | noise

    with pytest.raises(TooWide) as told:
        learn(read(written(table, tmp_path / "a.csv")), Wish("churn", TODAY))

    english, chinese = (told.value.sentence(tag) for tag in ("en", "zh-Hans"))
    assert "300 columns are too many for 150 rows" in english
    assert "correlation of 0.37" in english  # √(2 ln(2 × 900 ÷ 0.05) ÷ 150)
    assert "About 2099 rows are needed" in english
    assert "不给出分数" in chinese
    assert "2099 行" in chinese


def test_a_wide_table_in_which_something_stands_out_is_learned_from(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = {f"c{place}": rng.standard_normal(400).round(3).tolist() for place in range(200)}
    telling = a_table(400)
    churned = np.array([one == "Yes" for one in telling["churn"]])
    noise["late"] = (rng.standard_normal(400) + 2 * churned).round(3).tolist()
    sheet, wish = read(written(telling | noise, tmp_path / "a.csv")), Wish("churn", TODAY)

    lesson = learn(sheet, wish, kinds={"logistic": Logistic()})

    said = summary(lesson, sheet=sheet, wish=wish)["validation"]["screened"]
    assert lesson.standing is not None
    assert lesson.standing.beyond >= 1
    assert "weaker ones (correlation 0.1) take about" in said["en"]
    assert f"约需 {lesson.standing.need} 行" in said["zh"]


def test_a_note_that_few_rows_have_holds_no_rows_together(tmp_path: Path) -> None:
    """A column of remarks is no key: the thousands without one are not one customer."""
    rng = np.random.default_rng(0)
    notes: list[object] = [
        f"remark {rng.integers(0, 25)}" if place % 15 == 0 else "" for place in range(450)
    ]

    assert drawn(a_table(450) | {"remark_id": notes}, tmp_path).groups is None


def test_whoever_has_no_key_stands_alone(tmp_path: Path) -> None:
    keys: list[object] = [f"K{place % 200}" if place % 3 else "" for place in range(450)]

    groups = drawn(a_table(450) | {"account_id": keys}, tmp_path).groups

    assert groups is not None
    assert len(np.unique(groups[::3])) == 150
    assert groups[1] == groups[401]


def test_rows_of_one_customer_alone_are_refused_in_a_sentence(tmp_path: Path) -> None:
    outcome = np.array([1.0, 0.0] * 60 + [0.0] * 8)
    groups = np.array([0] * 120 + list(range(1, 9)))

    with pytest.raises(HeldTogether) as told:
        folds_of(outcome, groups=groups, seed=0)

    assert "120 of 128 rows belong to one customer" in told.value.sentence("en")
    assert "属于同一个客户" in told.value.sentence("zh-Hans")


def test_a_table_to_score_that_says_nothing_gets_no_number(tmp_path: Path) -> None:
    """All values missing: a probability would be everybody's average and look like a finding."""
    model = kept(a_model(tmp_path))
    later = a_table(60, seed=2)
    empty = read(written({name: [""] * 60 for name in later}, tmp_path / "b.csv"))
    later |= {name: ["", *later[name][1:]] for name in ("contract", "visits", "fee")}

    with pytest.raises(Refusal) as told:
        score(model, empty, today=TODAY)
    found = score(model, read(written(later, tmp_path / "c.csv")), today=TODAY)

    assert told.value.code == "nothing_known"
    assert "fill in at least one of them" in told.value.sentence("en")
    assert "请填写其中至少一列" in told.value.sentence("zh-Hans")
    assert np.isnan(found.probability).tolist() == [True, *[False] * 59]
    assert found.reasons[0] == []
    assert "1 rows say nothing" in [note.en for note in found.notes][-1]


def test_a_table_to_score_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("contract,visits,fee\n")

    with pytest.raises(Refusal) as told:
        score(kept(a_model(tmp_path)), read(path), today=TODAY)

    assert told.value.sentence("en") == "b.csv holds no rows to score; at least one is needed."


def a_model(path: Path) -> Path:
    """A line, which is quickly learned, kept in a folder."""
    sheet, wish = read(written(a_table(), path / "a.csv")), Wish("churn", TODAY)
    lesson = learn(sheet, wish, kinds={"logistic": Logistic()})
    report = plain(summary(lesson, sheet=sheet, wish=wish))
    return keep(lesson, wish, report=report, into=path / "model")


@pytest.mark.parametrize("forms", [3, 1])
def test_dates_put_together_from_several_forms_are_dates(tmp_path: Path, forms: int) -> None:
    days = [f"{place % 28 + 1:02d}" for place in range(150)]
    written_as = ("2024-03-{}", "{} Mar 2024", "2024年3月{}日")
    joined: list[object] = [written_as[at % forms].format(day) for at, day in enumerate(days)]

    found = drawn(a_table(150) | {"joined": joined}, tmp_path)

    column = next(one for one in found.used if one.name == "joined")
    assert column.values is not None
    assert (column.values - column.values[0]).tolist() == [int(day) - 1 for day in days]


def test_numbers_beyond_any_measurement_are_unknown(tmp_path: Path) -> None:
    found = drawn(a_table(150) | {"n": ["1e308", *range(149)]}, tmp_path)

    column = next(one for one in found.columns if one.name == "n")
    assert column.values is not None
    assert np.isnan(column.values[0])
