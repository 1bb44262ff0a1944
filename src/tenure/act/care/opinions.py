"""Queue the terms on which a person and the model are far apart (TOP-08)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import batched
from typing import Final

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.journal.models import Entry
from tenure.records.opinions.rules import disagree
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.journeys import ToDoKind

BATCH_SIZE: Final = 500
_WHY: Final = Sentence(
    zh="客户经理判断续费概率 {ours}%，模型为 {models}%：请核对双方依据，到期后一并评分",
    en="a person gives the renewal {ours} %, the model {models} %: see what either knows; both are "
    "scored once it is decided",
)


def queue_disagreements(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """One piece of work a term, the first time both are far apart; how many were new."""
    strategy = current()
    on = today(strategy.business.zone, at)
    desk = Desk(strategy.at(on), on, at, by)
    return sum(open_todos(_wanted(batch), desk=desk) for batch in batched(entries, BATCH_SIZE))


def _wanted(entries: Sequence[Entry]) -> list[Wanted]:
    told = {one.term_id: one for one in entries if one.term_id is not None}
    live = Term.objects.filter(pk__in=told, state__in=LIVE).values_list("pk", flat=True)
    found = []
    for term_id in sorted(live):
        entry = told[term_id]
        ours, models = _share(entry, "renews"), _share(entry, "model")
        if ours is None or entry.account_id is None or not disagree(ours, models):
            continue
        assert models is not None, "nobody disagrees with a model that said nothing"
        why = _WHY.fill(ours=f"{ours * 100:.0f}", models=f"{models * 100:.0f}")
        found.append(
            Wanted(
                ToDoKind.HEALTH,
                account_id=entry.account_id,
                term_id=term_id,
                once_key=f"opinion.apart:{term_id}",
                why=why,
            )
        )
    return found


def _share(entry: Entry, name: str) -> Decimal | None:
    told = entry.content.get(name)
    return None if told is None else Decimal(told)
