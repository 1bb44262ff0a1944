"""A decision about a term, as the log holds it."""

from datetime import date
from typing import Any

from tenure.decide.decisions.models import Decision
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, AT


def a_decision(
    *,
    term: Term,
    action: str = "term_1y",
    journey: str = "annual_renewal",
    step: str = "t30",
    outcome: str = Decision.Outcome.CHOSEN,
    reason: str = "best",
    price_minor: int | None = 96_228,
    list_price_minor: int | None = 106_920,
    valid_until: date | None = None,
    **changes: Any,
) -> Decision:
    """An offer of a year at 10 % off, unless another action is named; withheld gives nothing."""
    strategy = current().at(AS_OF)
    withheld = outcome == Decision.Outcome.WITHHELD
    chosen = "nothing" if withheld else action
    return Decision.objects.create(
        account_id=term.account_id,
        term=term,
        journey=journey,
        step=step,
        as_of=AS_OF,
        outcome=outcome,
        action=chosen,
        kind=strategy.offers[chosen].kind,
        reason=reason,
        propensity=0.9,
        currency=term.currency,
        list_price_minor=None if withheld else list_price_minor,
        price_minor=None if withheld else price_minor,
        months=term.cycle_months,
        valid_until=valid_until or term.ends_on,
        strategy_hash=strategy.hash,
        decided_at=AT,
        **changes,
    )
