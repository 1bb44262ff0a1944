"""A changed strategy is in force at once, or when a second person agrees where journeys say so."""

from copy import deepcopy
from typing import Any

import pytest

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.drafts.actions import approve, propose, reject
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.drafts.rules import DraftOutdated, DraftSecondPerson
from tenure.records.strategies.queries import current
from tenure.strategy.loading import build, preset
from tenure.strategy.ready import ready, with_ready
from tenure.strategy.sections import Strategy
from tests.builders import AT

pytestmark = pytest.mark.django_db


def in_force(*, second_person: bool) -> Strategy:
    document: Any = deepcopy(preset("broadband").document)
    if second_person:
        document["files"]["journeys.toml"]["second_person"] = True
    strategy = build(document)
    apply_strategy(strategy, by="test", at=AT.replace(year=2020))
    return strategy


@pytest.mark.usefixtures("either_database")
def test_without_a_second_person_a_change_is_in_force_at_once() -> None:
    before = in_force(second_person=False)
    changed = with_ready(before, ready("win_back"))

    waits = propose(changed, "Win-back", base_hash=before.hash, at=AT, by="user:1")
    again = propose(changed, "Win-back", base_hash=before.hash, at=AT, by="user:1")

    assert (waits, again) == (None, None)
    assert current().hash == changed.hash
    assert not StrategyDraft.objects.exists()


@pytest.mark.usefixtures("either_database")
def test_where_journeys_say_so_somebody_else_must_agree() -> None:
    before = in_force(second_person=True)
    changed = with_ready(before, ready("win_back"))

    waits = propose(changed, "Win-back", base_hash=before.hash, at=AT, by="user:1")
    again = propose(changed, "Win-back", base_hash=before.hash, at=AT, by="user:1")

    assert waits is not None
    assert waits == again
    with pytest.raises(DraftSecondPerson):
        approve(waits.pk, at=AT, by="user:1")
    assert current().hash == before.hash
    done = approve(waits.pk, at=AT, by="user:2")
    assert current().hash == changed.hash
    assert (done.state, done.decided_by) == ("applied", "user:2")
    with pytest.raises(IllegalMove):
        reject(waits.pk, at=AT, by="user:2")
    assert Entry.objects.filter(kind__startswith="draft.").count() == 2


def test_nobody_drops_the_second_person_by_a_change_of_their_own() -> None:
    before = in_force(second_person=True)
    document: Any = deepcopy(before.document)
    del document["files"]["journeys.toml"]["second_person"]

    waits = propose(build(document), "Alone", base_hash=before.hash, at=AT, by="user:1")

    assert waits is not None
    assert current().hash == before.hash


def test_a_draft_of_an_older_strategy_is_refused() -> None:
    before = in_force(second_person=True)
    waits = propose(
        with_ready(before, ready("win_back")), "One", base_hash=before.hash, at=AT, by="user:1"
    )
    assert waits is not None
    apply_strategy(with_ready(before, ready("digest")), by="test", at=AT.replace(year=2021))

    with pytest.raises(DraftOutdated):
        approve(waits.pk, at=AT, by="user:2")
    with pytest.raises(DraftOutdated):
        propose(
            with_ready(before, ready("festivals")), "Two", base_hash=before.hash, at=AT, by="user:1"
        )
    assert reject(waits.pk, at=AT, by="user:2").state == "rejected"
