"""An outcome is read in any of the ways in which people write one, and refused where it is none."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from tenure.kernel.failures import Refusal
from tenure.understand.outcomes.columns import Column, Kind
from tenure.understand.outcomes.outcome import enough_rows, found_name, outcome_of
from tenure.understand.outcomes.refusals import (
    ManyOutcomes,
    NoSuchColumn,
    NoSuchOutcome,
    OneOutcome,
    OutcomeUnknown,
    TooFewRows,
)
from tenure.understand.outcomes.values import blank


def a_column(*texts: str, name: str = "churn") -> Column:
    text = pa.array(list(texts))
    known = ~blank(text)
    return Column(name, Kind.CATEGORY, text, known, None, len(set(texts)))


@pytest.mark.parametrize(
    ("name", "stays", "leaves"),
    [("Churn", "No", "Yes"), ("churn_flag", "False", "True"), ("Exited", "0", "1"),
     ("流失", "否", "是"), ("renewed", "1", "0"), ("是否续费", "是", "否"),
     ("Attrition_Flag", "Existing Customer", "Attrited Customer"), ("在网", "是", "否"),
     ("status", "retained", "churned"), ("Customer Status", "Active", "Inactive"),
     ("状态", "续费", "未续费"), ("在网状态", "在网", "离网"),
     ("not_renewed", "false", "true"), ("label", "Not Churned", "Churned"),
     ("churn", "-1", "1")],
)  # fmt: skip
def test_leaving_is_found_by_its_meaning(name: str, stays: str, leaves: str) -> None:
    read = outcome_of(a_column(stays, leaves, stays, "", name=name))

    assert read.left.tolist()[:3] == [0, 1, 0]
    assert read.known.tolist() == [True, True, True, False]
    assert leaves in read.read_as.en


def test_the_rarer_of_two_unknown_words_counts_and_that_is_said() -> None:
    read = outcome_of(a_column("a", "a", "b"))

    assert read.left.tolist() == [0, 0, 1]
    assert "--positive" in read.read_as.zh
    assert outcome_of(a_column("a", "a", "b"), positive="A").left.tolist() == [1, 1, 0]


def test_spellings_of_one_answer_are_one_value() -> None:
    """YES, yes and 1 say the same; a word that is neither yes nor no stands for itself."""
    read = outcome_of(a_column("No", "no", "YES", "Yes", "0", "1", "Yes"))
    assert read.left.tolist() == [0, 0, 1, 1, 0, 1, 1]
    assert "Yes" in read.read_as.en
    assert outcome_of(a_column("no", "No", "NO", "yes"), positive="YES").left.sum() == 1
    with pytest.raises(OneOutcome):
        outcome_of(a_column("yes", "Yes", "YES"))
    with pytest.raises(ManyOutcomes):
        outcome_of(a_column("Yes", "1", "maybe"))


@pytest.mark.parametrize(
    ("texts", "positive", "kind"),
    [(("", " ", "NA"), "", OutcomeUnknown), (("No", "No"), "", OneOutcome),
     (("a", "b", "c"), "", ManyOutcomes), (("a", "b"), "z", NoSuchOutcome)],
)  # fmt: skip
def test_what_is_no_outcome_is_refused(
    texts: tuple[str, ...], positive: str, kind: type[Refusal]
) -> None:
    with pytest.raises(kind):
        outcome_of(a_column(*texts), positive=positive)


def test_a_column_that_is_missing_names_its_neighbours() -> None:
    names = ["customerID", "Churn Value", "Monthly_Charges"]

    assert found_name("churn_value", names) == "Churn Value"
    with pytest.raises(NoSuchColumn) as refused:
        found_name("churned", names)
    assert "Did you mean: Churn Value" in refused.value.sentence("en")
    with pytest.raises(NoSuchColumn) as refused:
        found_name("zzz", names)
    assert "customerID, Churn Value" in refused.value.sentence("en")


def test_ten_customers_are_refused_with_what_is_needed() -> None:
    """TOP-20: honesty with little data."""
    with pytest.raises(TooFewRows) as refused:
        enough_rows(np.array([0.0] * 7 + [1.0] * 3))

    assert "10 usable rows, 3 where it happened and 7 where it did not" in (
        refused.value.sentence("en")
    )
    assert "至少需要 100 行，两种结果各 20 行" in refused.value.sentence("zh-Hans")


def test_days_of_leaving_say_who_left_and_other_days_do_not() -> None:
    """As the mobile operator's `churn_date`: filled for whoever left, empty for the others."""
    days = [*(f"{place + 1:02d}/12/2018" for place in range(20)), *[""] * 30]

    def dated(name: str) -> Column:
        return replace(a_column(*days, name=name), kind=Kind.DATE, values=np.zeros(50))

    read = outcome_of(dated("churn_date"))

    assert read.left.tolist() == [1.0] * 20 + [0.0] * 30
    assert read.known.all()
    assert "the 20 rows that have one left" in read.read_as.en
    for name in ("last_login", "renewed_on"):
        with pytest.raises(ManyOutcomes):
            outcome_of(dated(name))
