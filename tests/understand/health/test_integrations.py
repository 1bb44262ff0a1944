"""CHN-12: whoever works with the product from other programs is healthier, and it is told why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tenure.strategy.loading import preset
from tenure.understand.churn.sentences import TOLD
from tenure.understand.features.actions import fill as fill_features
from tenure.understand.features.registry import FEATURES, LEARNED
from tenure.understand.health.actions import fill
from tenure.understand.health.queries import health_of
from tests.builders import AS_OF
from tests.understand.features.literal import MIDNIGHT_AFTER, a_term, an_account, an_event
from tests.understand.warehouses import Warehouse, with_strategy


@pytest.fixture
def saas(db: None, settings: Any, tmp_path: Path) -> Warehouse:
    settings.TENURE_HOME = tmp_path
    return with_strategy("saas")


def lived(warehouse: Warehouse, *events: Mapping[str, Any]) -> None:
    """Two customers who log in alike; the first does more beside."""
    alike = [an_event(3, "Login", account_id=who) for who in (1, 2)]
    warehouse.write(
        accounts=[an_account(account_id=who) for who in (1, 2)],
        terms=[a_term(term_id=who, account_id=who, subscription_id=who) for who in (1, 2)],
        events=[*alike, *map(dict, events)],
    )
    fill_features(as_of=AS_OF, at=MIDNIGHT_AFTER)
    fill(as_of=AS_OF, at=MIDNIGHT_AFTER)


def test_the_number_of_integrations_feeds_the_health_score(saas: Warehouse) -> None:
    """Three programs are worth 90 of 100 and none 40, with the weight of the strategy."""
    programs = ("slack", "dingtalk", "feishu")
    lived(saas, *(an_event(5, "Integration Used", feature=one) for one in programs))

    first, second = saas.rows(FEATURES)
    with_three, with_none = (health_of(who, as_of=AS_OF)[0] for who in (1, 2))

    assert (first["integrations_30"], second["integrations_30"]) == (3, 0)
    parts = [{part.id: part.score for part in one.parts} for one in (with_three, with_none)]
    assert (parts[0]["integrations"], parts[1]["integrations"]) == (90.0, 40.0)
    others = [{name: value for name, value in each.items() if name != "integrations"}
              for each in parts]  # fmt: skip
    assert others[0] == others[1]
    assert with_three.score is not None
    assert with_none.score is not None
    # Use (30) and integrations (10) are all that is known: 10 of 40 × 50 points.
    assert with_three.score - with_none.score == pytest.approx(12.5)


def test_where_nobody_has_integrations_nobody_is_called_unhealthy(saas: Warehouse) -> None:
    lived(saas)

    assert [row["integrations_30"] for row in saas.rows(FEATURES)] == [None, None]
    (reading,) = health_of(1, as_of=AS_OF)
    assert {part.id: part.score for part in reading.parts}["integrations"] is None


def test_a_reason_says_how_many_in_both_languages() -> None:
    """The estimators learn from it, and a sentence of either language tells it."""
    assert "integrations_30" in LEARNED
    told = TOLD["integrations_30"].fill(value=0)
    assert (told.zh, told.en) == (
        "近 30 天与 0 个其他系统集成",
        "Integrations used in 30 days: 0",
    )
    (part,) = [one for one in preset("saas").health.components if one.id == "integrations"]
    assert (part.feature, part.weight) == ("integrations_30", 10)
