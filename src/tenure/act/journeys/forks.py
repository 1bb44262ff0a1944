"""Who goes which way where a lot parts them: drawn once for each customer, and kept."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Count

from tenure.act.journeys.models import Passage
from tenure.records.among import among
from tenure.records.rows import insert_rows, select_rows
from tenure.records.subscriptions.models import Term
from tenure.strategy.forks import Fork
from tenure.strategy.journeys import Journey, Step

_SQL = Path(__file__).parent / "sql"
_COLUMNS = ("account_id", "term_id", "journey", "fork", "branch", "version", "passed_at")


@dataclass(frozen=True, slots=True)
class Draw:
    """What a lot said of the terms for which a step is due.

    `kept` leaves out whom another branch was recorded for; `elsewhere` are those of them whom the
    lot sends another way now; `fresh` names the branch of everybody who is not recorded yet.
    """

    fork: str
    kept: tuple[int, ...]
    elsewhere: tuple[int, ...]
    fresh: Mapping[int, str]


def draw(journey: Journey, step: Step, *, terms: Collection[int]) -> Draw | None:
    """Draw for the terms of a step; None where it stands on no branch of a lot.

    The branch hangs on the customer, so that their next term goes the same way. Nothing is written.
    """
    return draws([(journey, step, terms)])[0]


def draws(asked: Sequence[tuple[Journey, Step, Collection[int]]]) -> list[Draw | None]:
    """The same for many steps, in their order; two questions for all that stand behind a lot."""
    lots = [journey.lot_of(step) for journey, step, _ in asked]
    everybody = {
        term for lot, (_, _, terms) in zip(lots, asked, strict=True) if lot for term in terms
    }
    if not everybody:
        return [None if lot is None else Draw(lot.id, (), (), {}) for lot in lots]
    passed = Passage.objects.filter(among("term_id", everybody))
    known: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for journey, fork, term, branch in passed.values_list("journey", "fork", "term_id", "branch"):
        known[journey, fork][term] = branch
    named = Term.objects.filter(among("pk", everybody))
    accounts = dict(named.values_list("pk", "account_id"))
    return [
        None if lot is None else _drawn(lot, step, known=known[journey.id, lot.id], lots={
            term: lot.drawn(journey.id, accounts[term]) for term in sorted(terms)
            if term in accounts
        })
        for lot, (journey, step, terms) in zip(lots, asked, strict=True)
    ]  # fmt: skip


def _drawn(fork: Fork, step: Step, *, known: Mapping[int, str], lots: Mapping[int, str]) -> Draw:
    """What the lots of the terms mean for a step; `known` holds the branches recorded for them."""
    fresh = {term: branch for term, branch in lots.items() if term not in known}
    kept = [term for term in lots if known.get(term, step.branch) == step.branch]
    elsewhere = [term for term in kept if fresh.get(term, step.branch) != step.branch]
    return Draw(fork.id, tuple(kept), tuple(elsewhere), fresh)


def is_on_branch(journey: Journey, step: Step, *, account_id: int) -> bool:
    """Whether a customer meets a step, as far as a lot decides it."""
    fork = journey.lot_of(step)
    return fork is None or fork.drawn(journey.id, account_id) == step.branch


def record(journey: Journey, drawn: Draw, *, at: datetime) -> int:
    """Write down which way everybody went who was sorted last and could have gone any; how many."""
    reached = select_rows(_SQL / "passed_due.sql", {})
    rows = (
        (account, term, journey.id, drawn.fork, drawn.fresh[term], journey.version, at)
        for account, term in reached
        if term in drawn.fresh
    )
    return insert_rows(Passage, rows, columns=_COLUMNS)


def passed(journey: str, fork: Fork) -> Mapping[str, int]:
    """Branch → the terms that went that way."""
    found = Passage.objects.filter(journey=journey, fork=fork.id).values("branch")
    return dict(found.annotate(n=Count("pk")).values_list("branch", "n"))
