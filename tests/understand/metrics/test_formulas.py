"""DAT-05: formulas over entries: read strictly, computed exactly, kept by version."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.formulas import (
    BadFormula,
    UnknownEntry,
    entries_of,
    read_formula,
    value_of,
)
from tenure.understand.metrics.models import MetricValue, OwnMetric
from tenure.understand.metrics.own import BadKey, TwoGrains, Wanted, own_metrics, retire, save
from tenure.understand.metrics.registry import METRICS
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, a_term
from tests.understand.warehouses import Warehouse

KNOWN = {"a", "b", "mrr", "customers"}
NO_FORMULAS = [
    "__import__('os')", "a.real", "a if b else a", "[a]", "a[0]", "lambda: a", "a == b", "f'{a}'",
    "a // b", "a ** b", "a ** 99", "a ** -1", "True + a", "1e999 * a", "min(a, key=b)", "min()",
    "pow(a, 2)", "a := 1", "a +", "'a'", "1 + 2", "", "(" * 300 + "a" + ")" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_FORMULAS)
def test_only_arithmetic_over_entries_is_read(text: str) -> None:
    with pytest.raises(BadFormula):
        read_formula(text, known=KNOWN)


def test_a_mistake_is_named_with_its_place_or_the_nearest_entry() -> None:
    with pytest.raises(BadFormula) as wrong:
        read_formula("a + b.real", known=KNOWN)
    with pytest.raises(UnknownEntry) as unknown:
        read_formula("mrr / customer", known=KNOWN)

    assert "at character 5: “b.real” cannot stand here" in wrong.value.sentence("en")
    assert "customers" in unknown.value.sentence("en")
    assert "customers" in unknown.value.sentence("zh-Hans")


NUMBERS = st.fractions(-1000, 1000, max_denominator=1000)


@given(NUMBERS, NUMBERS)
def test_formulas_compute_exactly(a: Fraction, b: Fraction) -> None:
    formula = read_formula("-(a + 0.5) * 2 / b - max(a, b) ** 2", known=KNOWN)

    value = value_of(formula, {"a": a, "b": b})

    wanted = -(a + Fraction(1, 2)) * 2 / b - max(a, b) ** 2 if b else None
    assert value == wanted
    assert entries_of(formula) == ("a", "b")
    assert value_of(formula, {"a": a, "b": None}) is None


def test_declared_formulas_rest_on_what_they_say() -> None:
    for metric in METRICS.values():
        if metric.is_derived:
            formula = read_formula(metric.formula, known=METRICS)
            assert set(entries_of(formula)) == set(metric.depends_on), metric.id


def a_wish(formula: str = "mrr / customers * 12", key: str = "revenue_a_year") -> Wanted:
    return Wanted(key, Sentence("年收入", "Revenue a year"), "", formula, "minor")


@pytest.mark.django_db
def test_an_own_metric_is_versioned_and_computed_at_once(broadband: Warehouse) -> None:
    """DAT-05: each version is kept, and the nights go on with the newest."""
    a_term()
    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)

    first = save(a_wish(), as_of=AS_OF, at=AT, by="test")
    again = save(a_wish(), as_of=AS_OF, at=AT, by="test")

    value = MetricValue.objects.get(metric="revenue_a_year")
    assert (first.version, again.pk) == (1, first.pk)
    assert Fraction(value.num or 0, value.den or 1) == 106_920
    second = save(a_wish("mrr / customers * 24"), as_of=AS_OF, at=AT, by="test")
    fill(as_of=AS_OF, at=AT)
    value = MetricValue.objects.get(metric="revenue_a_year")
    assert (second.version, value.version) == (2, 2)
    assert Fraction(value.num or 0, value.den or 1) == 2 * 106_920
    assert retire("revenue_a_year", on=AS_OF, at=AT, by="test") == 2
    assert own_metrics() == {}
    assert OwnMetric.objects.count() == 2


@pytest.mark.django_db
def test_what_cannot_be_is_refused_and_nothing_is_kept(broadband: Warehouse) -> None:
    with pytest.raises(BadKey):
        save(a_wish(key="mrr"), as_of=AS_OF, at=AT, by="test")
    with pytest.raises(TwoGrains):
        save(a_wish("mrr / mrr_new"), as_of=AS_OF, at=AT, by="test")

    assert not OwnMetric.objects.exists()
