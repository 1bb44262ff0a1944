"""Estimators are fitted, judged on later terms, and score everyone; little data is said so."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tenure.records.journal.models import Entry
from tenure.records.subscriptions.states import TermState
from tenure.understand.churn.actions import fill
from tenure.understand.churn.board import as_plain, board
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.queries import champion, explained, risks_of, topics_of
from tenure.understand.features.actions import fill as fill_features
from tenure.understand.features.concepts import Concept
from tenure.understand.features.registry import FEATURES, REGISTRY
from tenure.warehouse.snapshots import take
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, AT, ZONE
from tests.builders import a_term as a_record
from tests.understand.churn.businesses import with_a_past
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse

type Filled = tuple[Warehouse, dict[int, bool], dict[str, int]]

TOMORROW = AS_OF + timedelta(days=1)


@pytest.fixture
def filled(broadband: Warehouse) -> Filled:
    quiet = with_a_past(broadband)
    fill_features(as_of=AS_OF, at=AT)
    return broadband, quiet, fill(as_of=AS_OF, at=AT)


@pytest.mark.slow
def test_a_forest_is_fitted_judged_on_later_terms_and_scores_every_live_term(
    filled: Filled,
) -> None:
    """PRD-01, PRD-02: trained from history, judged out of time, and visits are the reason."""
    warehouse, quiet, counts = filled

    rows = warehouse.rows(RISKS)
    live = warehouse.rows(FEATURES)
    estimator = Estimator.objects.get(champion=True)
    figures = estimator.metrics["out_of_time"]

    assert estimator.kind == "random_forest" or estimator.metrics["contest"]
    assert (counts["scored"], counts["fitted"]) == (len(live), 1)
    assert [row["term_id"] for row in rows] == [row["term_id"] for row in live]
    assert figures["auc"] > 0.7
    assert set(figures) >= {"brier", "log_loss", "lift_10", "ece", "calibration_slope"}
    assert figures["n"] > 100
    assert {row["estimator_id"] for row in rows} == {estimator.pk}
    assert estimator.train_until is not None
    assert estimator.train_until <= AS_OF - timedelta(days=16)
    groups: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for row in rows:
        if 1 <= row["days_left"] <= 90:
            groups[quiet[row["account_id"]]].append(row)
    risk = {who: np.mean([row["p_lapse"] for row in found]) for who, found in groups.items()}
    visits = [REGISTRY[row["reason_1"]].concept == Concept.VISITS for row in groups[True]]
    assert risk[True] > 0.3
    assert risk[False] < 0.2
    assert sum(visits) > 0.8 * len(visits)
    assert all(0 < row["p_lapse"] < 1 for row in rows)
    shown(warehouse, rows, groups[True])


def shown(warehouse: Warehouse, rows: list[dict[str, Any]], risky: list[dict[str, Any]]) -> None:
    """What a screen reads of one customer is what was filled."""
    row = max(risky, key=lambda one: float(one["p_lapse"]))
    account = row["account_id"]
    (read,) = risks_of(account, as_of=TOMORROW, currency="CNY")
    every = explained(account, as_of=TOMORROW, currency="CNY")[row["term_id"]]

    assert (read.on, read.p_lapse, read.band) == (AS_OF, row["p_lapse"], row["band"])
    assert [one.feature for one in read.reasons][:1] == [row["reason_1"]]
    assert read.reasons[0].sentence.en != read.reasons[0].sentence.zh
    estimator = Estimator.objects.get(pk=read.estimator_id)
    (values,) = (one for one in warehouse.rows(FEATURES) if one["term_id"] == row["term_id"])
    assert topics_of(estimator, values, currency="CNY") == every
    # The strongest upward topic is the first reason, and its share is the stored one.
    upward = max(every, key=lambda one: one.share)
    assert (upward.feature, round(upward.share, 9)) == (row["reason_1"], round(row["share_1"], 9))
    assert champion(as_of=AS_OF - timedelta(days=1)) is None
    assert champion(as_of=AS_OF) == Estimator.objects.get(pk=rows[0]["estimator_id"])


@pytest.mark.slow
def test_the_rise_of_a_risk_is_written_once(
    filled: Filled,
) -> None:
    """PRD-03, HLT-02: the entry that starts a play and warns the owner, with its reasons."""
    warehouse, _, counts = filled
    rows = warehouse.rows(RISKS)
    high = [row for row in rows if row["band"] >= 3]

    again = fill(as_of=AS_OF, at=AT)
    take(as_of=TOMORROW, at=AT + timedelta(days=1), zone=ZONE)
    fill_features(as_of=TOMORROW, at=AT + timedelta(days=1))
    tomorrow = fill(as_of=TOMORROW, at=AT + timedelta(days=1))

    entries = Entry.objects.filter(kind="risk.rose", on=AS_OF)
    assert counts["rose"] == len(high) == entries.count() > 10
    assert {entry.term_id for entry in entries} == {row["term_id"] for row in high}
    content = entries[0].content
    assert content["reasons"][0]["share"] > 0
    assert content["band"] >= 3
    assert again == {"scored": counts["scored"], "rose": 0, "fitted": 0}
    assert warehouse.rows(RISKS) == rows
    assert (tomorrow["fitted"], Estimator.objects.count()) == (0, 4)
    later = Entry.objects.filter(kind="risk.rose", on=TOMORROW)
    assert {entry.term_id for entry in later}.isdisjoint({row["term_id"] for row in high})


def test_with_few_outcomes_the_average_of_the_plan_stands_in_and_says_so(
    broadband: Warehouse,
) -> None:
    """PRD-01: nothing is fitted on a handful of terms."""
    old = a_record(days_left=-40, state=TermState.LAPSED)
    stayed = a_record(days_left=-40, state=TermState.RENEWED, plan_version=old.plan_version)
    a_record(days_left=40, plan_version=old.plan_version)
    a_record(days_left=10, cycle_months=1, plan_version=stayed.plan_version)
    take(as_of=AS_OF, at=AT, zone=ZONE)
    fill_features(as_of=AS_OF, at=AT)

    counts = fill(as_of=AS_OF, at=AT)

    year, month = broadband.rows(RISKS)
    estimator = Estimator.objects.get()
    plan = old.plan_version.plan.code
    assert counts == {"scored": 2, "rose": 0, "fitted": 1}
    assert (estimator.kind, estimator.n, estimator.path) == ("base_rate", 2, "")
    assert estimator.metrics["why"]["code"] == "too_few_outcomes"
    assert "500" in estimator.metrics["why"]["sentence"]["zh"]
    # One of two lapsed; 20 terms of an assumed 20 % stand beside them.
    overall = (1 + 4) / 22
    assert estimator.metrics["overall"] == pytest.approx(overall)
    assert estimator.metrics["by_plan"] == {f"{plan}/12": pytest.approx((1 + 20 * overall) / 22)}
    assert year["p_lapse"] == pytest.approx((1 + 20 * overall) / 22)
    assert month["p_lapse"] == pytest.approx(overall)
    assert (year["reason_1"], year["share_1"], year["band"]) == (None, None, 3)


def test_a_flat_file_without_dates_is_scored_by_who_was_closed(broadband: Warehouse) -> None:
    """The snapshot case: terms that run, some that were closed, no end ever seen."""
    version = a_record(days_left=20).plan_version
    for _ in range(2):
        a_record(days_left=20, plan_version=version)
    a_record(
        days_left=20,
        plan_version=version,
        state=TermState.CANCELLED,
        closed_on=AS_OF - timedelta(days=1),
    )
    take(as_of=AS_OF, at=AT, zone=ZONE)
    fill_features(as_of=AS_OF, at=AT)

    assert fill(as_of=AS_OF, at=AT)["scored"] == 3
    assert Estimator.objects.get().n == 4
    assert broadband.rows(RISKS)[0]["p_lapse"] == pytest.approx((1 + 20 * 5 / 24) / 24)


def test_a_day_without_anybody_is_filled_without_rows(broadband: Warehouse) -> None:
    fill_features(as_of=AS_OF, at=AT)

    assert fill(as_of=AS_OF, at=AT)["scored"] == 0
    assert broadband.rows(RISKS, on=TODAY) == []


@pytest.mark.slow
@pytest.mark.usefixtures("filled")
def test_what_served_is_kept_where_it_knows_the_newest_terms_better() -> None:
    """AI-02: its file goes on under a row of the new contest, and the reason stands everywhere.

    It is said to be older than it is, so that it has seen the terms on which it is judged.
    """
    served = Estimator.objects.get(champion=True)
    Estimator.objects.filter(pk=served.pk).update(as_of=AS_OF - timedelta(days=120))
    at = AT + timedelta(days=1)
    take(as_of=TOMORROW, at=at, zone=ZONE)
    fill_features(as_of=TOMORROW, at=at)

    assert fill(as_of=TOMORROW, at=at)["fitted"] == 1

    now = champion(as_of=TOMORROW)
    assert now is not None
    assert (now.path, now.data_hash, now.n) == (served.path, served.data_hash, served.n)
    assert now.metrics["served"]["verdict"] == "kept"
    assert now.metrics["served"]["high"] < 0
    assert now.metrics["known_until"] == str(AS_OF - timedelta(days=120))
    told = Entry.objects.filter(kind="estimator.fitted").order_by("-pk")[0].content
    assert told["served"] == now.metrics["served"]
    shown = board(as_of=TOMORROW)
    assert shown is not None
    assert len(shown.challengers) == 4
    assert shown.changes[0].served is not None
    assert "newly decided terms" in shown.changes[0].served.en
    assert as_plain(shown)["history"][0]["served"]["verdict"] == "kept"
