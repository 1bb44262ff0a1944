"""HLT-01, H4: weights learned from past terms, refused with a sentence, previewed."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tenure.kernel.failures import Sentence
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.strategy.health import Basis, Component, Health
from tenure.strategy.loading import build
from tenure.understand.features.actions import fill as fill_features
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.actions import fill
from tenure.understand.health.learning import Scored, studied
from tenure.understand.health.models import HealthStudy
from tenure.understand.health.moving import moves
from tenure.understand.health.previewing import BadWeight, UnknownPart, changed, preview
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.tables.understanding import HEALTH
from tests.builders import AS_OF, AT, a_term
from tests.strategy.documents import a_document, files_of
from tests.understand.churn.businesses import with_a_past
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse

LINE = ((0.0, 0.0), (30.0, 100.0))
USE = Component("use", Sentence("使用", "use"), "active_days_30", 30, LINE)
PAY = Component("pay", Sentence("缴费", "pay"), "late_payments_730", 70, ((0.0, 100.0), (3.0, 0.0)))
(MAIN,) = Health(70.0, 75.0, (USE, PAY)).sets


def a_past(terms: int, *, signal: float, seed: int = 3) -> Scored:
    """Use decides, pay does not; `signal` is how much."""
    rng = np.random.default_rng(seed)
    parts = rng.uniform(0, 100, (terms, 2))
    odds = 1 / (1 + np.exp(-(signal * (parts[:, 0] - 50) / 25 + 1)))
    renewed = (rng.random(terms) < odds).astype(np.float64)
    return Scored(parts, renewed, rng.integers(0, 400, terms), looks=12)


def test_what_decides_gets_the_weight() -> None:
    found = studied(a_past(1_500, signal=1.5), MAIN)

    assert found.why is None
    assert found.weights["use"] > 80 > 20 > found.weights["pay"]
    assert found.figures["auc_learned"] > found.figures["auc_expert"] + 0.1
    assert sum(row["n"] for row in found.figures["tenths"]) == 1_500


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (a_past(120, signal=1.5), "120 terms were scored and have ended"),
        (a_past(900, signal=0.0), "not better than chance"),
    ],
)
def test_too_little_and_mere_luck_keep_the_written_weights(past: Scored, told: str) -> None:
    found = studied(past, MAIN)

    assert found.weights == {}
    assert found.why is not None
    assert told in found.why.sentence("en")
    assert "手写权重" in found.why.sentence("zh")


def test_without_any_past_there_is_a_sentence_and_no_number() -> None:
    nothing = Scored(np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=np.int64), looks=0)

    found = studied(nothing, MAIN)

    assert (found.n, found.weights, found.figures["tenths"]) == (0, {}, [])
    assert found.why is not None


def learning() -> None:
    """Use and time as a customer decide, by weights that renewals teach."""
    document = a_document()
    health = files_of(document)["health.toml"]
    health["weights"] = "learned"
    kept = [one for one in health["component"] if one["id"] in ("usage", "payment")]
    for one in kept:
        one["weight"] = {"usage": 5, "payment": 95}[one["id"]]
    kept[1] |= {"feature": "tenure_days", "points": [[0, 100], [900, 0]]}
    health["component"] = kept
    apply_strategy(build(document), by="test", at=AT - timedelta(days=30))


def test_a_business_with_a_past_is_scored_in_odds(broadband: Warehouse) -> None:
    """HLT-01, H2: learned weights are in use at once, and the score is a chance of renewing."""
    quiet = with_a_past(broadband)
    learning()
    fill_features(as_of=AS_OF, at=AT)

    fill(as_of=AS_OF, at=AT)

    study = HealthStudy.objects.get()
    assert (study.set_id, study.why, study.looks > 2) == ("main", {}, True)
    assert study.weights["usage"] > 50  # written: 5 of 100
    rows = broadband.rows(HEALTH)
    means = [
        float(np.mean([row["score"] for row in rows if quiet[row["account_id"]] == kind]))
        for kind in (True, False)
    ]
    # Planted: 55 % of the quiet renew and 95 % of the others; some quiet ones look busy.
    assert means[0] + 15 < means[1]
    assert abs(np.mean([row["score"] for row in rows]) - 100 * study.renewed / study.n) < 10
    entry = Entry.objects.get(kind="score.studied")
    assert entry.content["n"] == study.n


def of(term: Any, **features: Any) -> dict[str, Any]:
    ids = {"term_id": term.pk, "subscription_id": term.subscription_id}
    return {**ids, "account_id": term.account_id, **features}


def test_a_changed_rule_finds_people_low_and_lets_nobody_fall(broadband: Warehouse) -> None:
    """H4: a line that moves is no reason to call; who gets worse on that day is."""
    stays, gets_worse = a_term(), a_term()
    fine, low = {"active_days_30": 12, "tickets_90": 0}, {"active_days_30": 2, "tickets_90": 4}
    broadband.put(FEATURES, of(stays, **fine), of(gets_worse, **fine), on=TODAY - 1)
    fill(as_of=AS_OF - timedelta(days=1), at=AT)
    document = a_document()
    files_of(document)["health.toml"] |= {"threshold": 88, "recover": 90}
    apply_strategy(build(document), by="test", at=AT - timedelta(days=2))
    broadband.put(FEATURES, of(stays, **fine), of(gets_worse, **low), on=TODAY)

    fill(as_of=AS_OF, at=AT)

    rows = {row["term_id"]: row for row in broadband.rows(HEALTH)}
    assert rows[stays.pk]["score"] < 88
    assert rows[stays.pk]["below_since_day"] == TODAY - 1
    assert not Entry.objects.filter(kind="health.fell", term_id=stays.pk).exists()


def test_a_set_of_its_own_scores_those_it_is_for(broadband: Warehouse) -> None:
    """Several named scores: companies by their own parts, everybody else by the main one."""
    document = a_document()
    files_of(document)["health.toml"]["set"].append(
        {
            "id": "companies",
            "name": {"zh": "企业健康分", "en": "health of companies"},
            "applies": [{"feature": "is_business", "op": "==", "value": 1}],
            "component": [
                {
                    "id": "misses",
                    "name": {"zh": "超时", "en": "missed promises"},
                    "feature": "sla_misses_180",
                    "weight": 1,
                    "points": [[0, 100], [2, 0]],
                }
            ],
        }
    )
    apply_strategy(build(document), by="test", at=AT - timedelta(days=2))
    company, household = a_term(), a_term()
    seen = {"sla_misses_180": 1, "tickets_90": 0}
    broadband.put(
        FEATURES, of(company, is_business=1, **seen), of(household, is_business=0, **seen)
    )

    fill(as_of=AS_OF, at=AT)

    rows = {row["term_id"]: row for row in broadband.rows(HEALTH)}
    assert (rows[company.pk]["score"], rows[household.pk]["score"]) == (50.0, 100.0)
    assert rows[company.pk]["parts"] == '{"misses":50.0}'
    assert [one.id for one in current().health.sets] == ["companies", "main"]


def test_a_draft_says_whom_it_would_move_and_saves_nothing(broadband: Warehouse) -> None:
    """H4: the effect of other weights is seen before; another weight is another version."""
    rows = [of(a_term(), active_days_30=days, tickets_90=0) for days in (2, 12, 30)]
    broadband.put(FEATURES, *rows)
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=3, at=AT)
    strategy = current().at(AS_OF)

    draft = changed(strategy.health, weights={"usage": 200})
    found = preview(draft, strategy=strategy, as_of=AS_OF)

    # 2 days are 17.5: (30 · 17.5 + 20 · 100) ÷ 50 = 50.5, below 70 both ways; 12 days are 75.
    assert (found.terms, found.below_now, found.below_then, found.newly_below) == (3, 1, 1, 0)
    assert found.mean_then is not None
    assert found.mean_now is not None
    assert found.mean_then < found.mean_now
    assert draft.version != strategy.health.version
    assert current().health == strategy.health


def test_a_draft_of_an_unknown_part_is_refused_with_the_nearest() -> None:
    health = Health(70.0, 75.0, (USE, PAY), basis=Basis.EXPERT)

    with pytest.raises(UnknownPart, match="use"):
        changed(health, weights={"usee": 3})
    with pytest.raises(BadWeight):
        changed(health, weights={"use": 0})


def test_what_moved_a_score_adds_up_to_the_change() -> None:
    before, now = {"use": 80.0, "pay": None}, {"use": 40.0, "pay": 90.0}

    found = moves(MAIN, before=before, now=now)

    # 80 before; (30 · 40 + 70 · 90) ÷ 100 = 75 now.
    assert {one.id: round(one.points, 6) for one in found} == {"use": -68.0, "pay": 63.0}
    assert sum(one.points for one in found) == pytest.approx(-5.0)
    assert moves(MAIN, before={}, now=now) == ()
