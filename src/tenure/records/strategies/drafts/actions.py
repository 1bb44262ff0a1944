"""Put a changed strategy into force: at once, or when a second person agrees."""

from datetime import date, datetime

from django.db import transaction

from tenure.kernel.clock import today
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.drafts.rules import (
    DRAFT,
    DraftVerb,
    check_base,
    check_second_person,
)
from tenure.records.strategies.drafts.states import DraftState
from tenure.records.strategies.queries import NoStrategy, newest
from tenure.strategy.loading import build
from tenure.strategy.sections import Strategy


@transaction.atomic
def propose(
    strategy: Strategy, title: str, *, base_hash: str, at: datetime, by: str
) -> StrategyDraft | None:
    """Apply a changed strategy; where its journeys want a second person, ask for one.

    Asked twice for the same change, it waits once.

    Returns:
        The draft that waits; None where the change is in force.
    Raises:
        DraftOutdated: somebody else changed the strategy meanwhile.
        StrategyError: it cannot be applied.
    """
    before = newest()
    if before is None:
        raise NoStrategy()
    if before.content_hash == strategy.hash:
        return None
    check_base(base_hash=base_hash, newest_hash=before.content_hash)
    # The rules that are in force decide: nobody drops the second person by a change of their own.
    if not wants_second_person(build(before.content)):
        apply_strategy(strategy, by=by, at=at)
        return None
    draft, is_new = StrategyDraft.objects.get_or_create(
        content_hash=strategy.hash,
        base_hash=before.content_hash,
        state=DraftState.ASKED,
        defaults={
            "title": title[:200],
            "content": strategy.document,
            "made_by": by,
            "made_at": at,
        },
    )
    if is_new:
        on = today(strategy.business.zone, at)
        append(_about("draft.asked", draft, on=on), at=at, by=by)
    return draft


@transaction.atomic
def approve(draft_id: int, *, at: datetime, by: str) -> StrategyDraft:
    """A second person agrees: the strategy is in force.

    Raises:
        IllegalMove: it was decided already.
        DraftSecondPerson: whoever made it cannot agree.
        DraftOutdated: the strategy was changed meanwhile.
    """
    draft = StrategyDraft.objects.select_for_update().get(pk=draft_id)
    state = DRAFT.after(DraftState(draft.state), DraftVerb.APPLY)
    check_second_person(made_by=draft.made_by, by=by)
    before = newest()
    check_base(base_hash=draft.base_hash, newest_hash=before.content_hash if before else "")
    strategy = build(draft.content)
    apply_strategy(strategy, by=by, at=at)
    return _decided(draft, state, strategy=strategy, at=at, by=by)


@transaction.atomic
def reject(draft_id: int, *, at: datetime, by: str) -> StrategyDraft:
    """The change is not wanted; whoever made it may take it back, too.

    Raises:
        IllegalMove: it was decided already.
    """
    draft = StrategyDraft.objects.select_for_update().get(pk=draft_id)
    state = DRAFT.after(DraftState(draft.state), DraftVerb.REJECT)
    return _decided(draft, state, strategy=build(draft.content), at=at, by=by)


def wants_second_person(strategy: Strategy) -> bool:
    """Whether changes of journeys in the console need somebody else's agreement."""
    return strategy.second_person_for_journeys


def _decided(
    draft: StrategyDraft, state: DraftState, *, strategy: Strategy, at: datetime, by: str
) -> StrategyDraft:
    draft.state, draft.decided_by, draft.decided_at = state, by, at
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    on = today(strategy.business.zone, at)
    append(_about(f"draft.{state}", draft, on=on), at=at, by=by)
    return draft


def _about(kind: str, draft: StrategyDraft, *, on: date) -> Fact:
    return Fact(
        kind,
        on=on,
        content={"draft": draft.pk, "title": draft.title, "hash": draft.content_hash},
        once_key=f"draft:{kind}:{draft.pk}",
    )
