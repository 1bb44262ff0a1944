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
from tenure.understand.outcomes.drawing import Drawn, draw
from tenure.understand.outcomes.encoding import encoded, encoding_of, unseen
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

    assert "10005 columns for 5 rows; at most 2000" in refused(table, tmp_path)
