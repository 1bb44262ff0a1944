"""Every night the estimator in use is held against today's rows and against what it promised."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.states import TermState
from tenure.understand.churn.actions import inputs_of_night, watch_night
from tenure.understand.churn.board import as_plain, board
from tenure.understand.churn.championing import fresh
from tenure.understand.churn.endings import beside
from tenure.understand.churn.history import Past
from tenure.understand.churn.models import Estimator, RiskWatch
from tenure.understand.churn.sample import Sample, store_sample
from tenure.understand.churn.watching import sentence_of, watch
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.sources import Desk
from tenure.warehouse.engines import open_engine
from tenure.warehouse.snapshots import take
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, AT, ZONE, a_term
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse

OURS = ("contacts_30", "opens_90", "days_since_survey")
NAMES = ("logins_30", "tickets_90", "days_left", *OURS)


def a_champion(*, as_of_days: int = -3, logins: float = 8.0) -> Estimator:
    """An estimator that first scored rows with so many logins."""
    rng = np.random.default_rng(3)
    drawn = [rng.poisson(logins, 500), rng.poisson(1, 500), rng.integers(1, 90, 500)]
    quiet = [np.zeros(500), np.zeros(500), np.full(500, np.nan)]
    rows = np.column_stack([*drawn, *quiet]).astype(np.float32)
    row = Estimator.objects.create(
        kind="random_forest",
        as_of=AS_OF + timedelta(days=as_of_days),
        trained_at=AT,
        n=500,
        data_hash="d",
        strategy_hash=current().hash,
        path=f"estimators/{as_of_days}.npz",
    )
    path = Path(settings.TENURE_HOME) / row.path
    store_sample(Sample(NAMES, rows), beside(path, "seen"))
    path.touch()
    return row


def put_today(
    warehouse: Warehouse, *, logins: float = 8.0, contacts: float = 0.0, on: int = TODAY
) -> None:
    rng = np.random.default_rng(9)
    warehouse.put(
        FEATURES,
        *(
            {
                "term_id": number,
                "logins_30": int(rng.poisson(logins)),
                "tickets_90": int(rng.poisson(1)),
                "days_left": int(rng.integers(1, 90)),
                "contacts_30": int(rng.poisson(contacts)),
                "opens_90": int(rng.poisson(contacts / 2)),
                "days_since_survey": int(rng.integers(1, 9)) if contacts else None,
            }
            for number in range(400)
        ),
        on=on,
    )


def watched(champion: Estimator, *, days: int = 0) -> RiskWatch:
    day, at = TODAY + days, AT + timedelta(days=days)
    with open_engine(threads=1) as engine:
        store = current_store()
        past = Past(
            Desk(engine, store, day),
            current().at(AS_OF + timedelta(days=days)),
            AS_OF + timedelta(days=days),
            at,
        )
        features = engine.collect(store.read(FEATURES, engine=engine, from_day=day, to_day=day))
        found = watch(past, champion, features=features)
    assert found is not None
    return found


def test_inputs_that_moved_ring_once_and_make_a_new_contest_due(broadband: Warehouse) -> None:
    """PRD-01: PSI as a screen, an adversary as the alarm; the journal tells it once a month."""
    champion = a_champion(as_of_days=-6)
    put_today(broadband)
    put_today(broadband, logins=2.0, on=TODAY + 1)
    put_today(broadband, logins=2.0, on=TODAY + 2)

    calm, moved = watched(champion), watched(champion, days=1)
    again = watched(champion, days=2)

    assert calm.alarms == []
    assert calm.told_apart is not None
    assert calm.told_apart < 0.6
    assert max(calm.shifts.values()) < 0.1
    assert moved.alarms == again.alarms == ["inputs"]
    assert next(iter(moved.shifts)) == "logins_30"
    assert moved.shifts["logins_30"] > 0.25
    assert Entry.objects.filter(kind="risk.drifted").count() == 1
    # Refitted every 7 days by the strategy; an alarm does the same where the operator waits longer.
    patient = replace(current().at(AS_OF).churn, refit_days=30)
    assert fresh(patient, as_of=AS_OF) == champion
    assert fresh(patient, as_of=AS_OF + timedelta(days=2)) is None
    shown = board(as_of=AS_OF + timedelta(days=2))
    assert shown is not None
    assert "logins" in as_plain(shown)["drift"]["alarms"][0]["en"].lower()


def test_a_night_is_watched_the_same_whoever_looked_at_its_rows(broadband: Warehouse) -> None:
    champion = a_champion(as_of_days=-2)
    put_today(broadband, logins=2.0)
    at_once = as_plain_row(watched(champion))

    inputs = inputs_of_night(current().at(AS_OF), as_of=AS_OF, at=AT)
    watch_night(as_of=AS_OF, at=AT, inputs=inputs)
    afterwards = as_plain_row(RiskWatch.objects.get())
    watch_night(as_of=AS_OF, at=AT)

    assert at_once["alarms"] == ["inputs"]
    assert as_plain_row(RiskWatch.objects.get()) == afterwards == at_once
    assert Entry.objects.filter(kind="risk.drifted").count() == 1


def as_plain_row(row: RiskWatch) -> dict[str, object]:
    found = RiskWatch.objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in found.items() if name != "id"}


def test_what_we_begin_to_do_rings_nothing_and_hides_nothing(broadband: Warehouse) -> None:
    """Messages, their opening and surveys begin: no alarm, until the customers change too."""
    champion = a_champion()
    put_today(broadband, contacts=2.0)
    put_today(broadband, contacts=2.0, logins=2.0, on=TODAY + 1)

    busy, moved = watched(champion), watched(champion, days=1)

    assert busy.alarms == []
    assert set(list(busy.shifts)[:3]) == {*OURS}
    assert min(busy.shifts[name] for name in OURS) > 0.25
    assert moved.alarms == ["inputs"]
    assert sentence_of("inputs", moved).en.endswith(
        "Most changed: logins in 30 days, tickets in 90 days."
    )


def test_promises_are_held_against_what_came(broadband: Warehouse) -> None:
    """More ends than were promised a month ahead ring the alarm; the sums are those of CUSUM."""
    champion = a_champion()
    put_today(broadband)
    grace = current().at(AS_OF).business.grace_days
    terms = [a_term(days_left=-grace, state=TermState.LAPSED) for _ in range(30)]
    take(as_of=AS_OF, at=AT, zone=ZONE)
    said = day_number(AS_OF) - grace - 30
    broadband.put(
        RISKS,
        *({"term_id": term.pk, "days_left": 30, "p_lapse": 0.2, "band": 2} for term in terms),
        {"term_id": 10**6, "days_left": 31, "p_lapse": 0.9, "band": 4},
        on=said,
    )

    found = watched(champion)

    assert (found.n, found.observed) == (30, 30.0)
    assert found.expected == pytest.approx(6.0)
    # (30 − 6) ÷ √(30 · 0.2 · 0.8) − 0.5
    assert found.above == pytest.approx(24 / 4.8**0.5 - 0.5)
    assert (found.below, found.alarms, found.rings) == (0.0, ["above"], True)
    assert watched(champion).pk != found.pk
    assert RiskWatch.objects.count() == 1
