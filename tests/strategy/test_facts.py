"""WIN-03: a low price is answered by facts with evidence and a day of review, never by old ones."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.strategy.facts import card
from tenure.strategy.loading import build, preset
from tenure.strategy.reading import StrategyError

FACTS = preset("broadband").facts


def test_the_card_has_the_facts_of_the_row_with_their_evidence() -> None:
    """WIN-03: a visit day and night, and 99.9 % of stability."""
    found = {one.id: one for one in card(FACTS, on=date(2026, 6, 15))}

    assert {"visits", "stability"} <= found.keys()
    assert "7×24" in found["visits"].ours.zh
    assert "99.9 %" in found["stability"].ours.en
    assert all(one.evidence.startswith("https://") for one in found.values())


def test_a_fact_that_nobody_reviewed_in_time_is_told_to_nobody() -> None:
    one = FACTS["visits"]
    over = one.reviewed_on + timedelta(days=365)

    assert one in card(FACTS, on=over)
    assert one not in card(FACTS, on=over + timedelta(days=1))
    assert one not in card(FACTS, on=one.reviewed_on - timedelta(days=1))


def test_a_fact_without_a_link_is_refused() -> None:
    document = preset("broadband").document
    files: Any = document["files"]
    first, *others = files["facts.toml"]["fact"]
    table = {**files["facts.toml"], "fact": [{**first, "evidence": "trust me"}, *others]}

    with pytest.raises(StrategyError) as told:
        build({**document, "files": {**files, "facts.toml": table}})

    assert told.value.data["path"] == "fact[visits].evidence"
