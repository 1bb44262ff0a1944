"""What speaks for leaving and what for staying, and what an estimator is called."""

import pytest

from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import current
from tenure.surfaces.customer_view.gather import Standpoint, customer
from tenure.surfaces.customer_view.scores import _stays
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.reasons import reason
from tests.builders import AS_OF
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.days import MORNING, finish_day
from tests.understand.warehouses import Warehouse


@pytest.mark.parametrize(
    ("shares", "stays"),
    [([0.2, -0.05, -0.01], -0.05), ([0.2, -0.001], None), ([], None)],
)
def test_only_what_weighs_something_speaks_for_staying(
    shares: list[float], stays: float | None
) -> None:
    topics = [reason("renewals_count", 3, share=share, currency="CNY") for share in shares]

    found = _stays(topics)

    assert (found.share if found else None) == stays


def test_an_average_says_why_it_is_no_more_than_that(broadband: Warehouse) -> None:
    one = a_customer()
    finish_day(broadband, one)
    sentence = {"zh": "结果太少。", "en": "Too few."}
    Estimator.objects.filter(pk=7).update(
        kind="base_rate", path="", metrics={"why": {"sentence": sentence}}
    )

    view = customer(one.term.account_id, Standpoint(current(), AS_OF, MORNING))

    assert view.risk is not None
    assert view.risk.estimator.en == "Average of the plan 2026.06.10"
    assert view.risk.note == Sentence(**sentence)
    assert view.risk.stays is None
