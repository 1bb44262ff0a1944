"""What was decided about the customer, why, and what became of the offers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.queries import of_account, why
from tenure.decide.proposals.journeys import PLAN_NAME
from tenure.decide.proposals.rules import STEP
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view.people import Sent
from tenure.surfaces.customer_view.shapes import Choice, OfferLine

SHOWN = 12


def decisions_read(account_id: int, *, today: date) -> list[Decision]:
    """The newest decisions of an account: one query."""
    return of_account(account_id, as_of=today, limit=SHOWN)


def choices(decisions: Iterable[Decision], *, strategy: Strategy) -> tuple[Choice, ...]:
    """Each decision in sentences, the newest first."""
    return tuple(_choice(one, strategy) for one in decisions)


def _choice(one: Decision, strategy: Strategy) -> Choice:
    journey = strategy.journeys.get(one.journey)
    steps = {step.id: step.name for step in journey.steps} if journey else {}
    return Choice(
        decision_id=one.pk,
        term_id=one.term_id,
        on=one.as_of,
        journey=journey.name if journey else _other(one.journey),
        step=steps.get(one.step, _other(one.journey if one.step == STEP else one.step)),
        is_chosen=one.outcome == Decision.Outcome.CHOSEN,
        was_explored=one.explored,
        propensity=one.propensity,
        price=_money(one.price_minor, one.currency),
        list_price=_money(one.list_price_minor, one.currency),
        valid_until=one.valid_until,
        why=why(one),
    )


def offers(
    decisions: Sequence[Decision], *, sent: Iterable[Sent], terms: Iterable[Term]
) -> tuple[OfferLine, ...]:
    """What the customer was given: whether a message told of it, and whether it was used."""
    told = {one.decision_id for one in sent if one.decision_id is not None}
    chain = {(term.subscription_id, term.number): term for term in terms}
    by_id = {term.pk: term for term in chain.values()}
    return tuple(
        _offer(one, was_seen=one.pk in told, was_used=_was_used(one, by_id, chain=chain))
        for one in decisions
        if one.outcome == Decision.Outcome.CHOSEN and _gives(one)
    )


def _gives(one: Decision) -> bool:
    return one.discount_minor > 0 or one.extension_days > 0


def _was_used(
    one: Decision, by_id: Mapping[int, Term], *, chain: Mapping[tuple[int, int], Term]
) -> bool:
    """The term after was bought at the offered price, or the end was moved by the offered days."""
    term = by_id.get(one.term_id)
    if term is None:
        return False
    if one.extension_days:
        return term.extended_days == one.extension_days
    bought = chain.get((term.subscription_id, term.number + 1))
    return bought is not None and bought.price_minor == one.price_minor


def _offer(one: Decision, *, was_seen: bool, was_used: bool) -> OfferLine:
    told = why(one)
    return OfferLine(
        action=one.action,
        name=told.name,
        on=one.as_of,
        valid_until=one.valid_until,
        price=_money(one.price_minor, one.currency),
        list_price=_money(one.list_price_minor, one.currency),
        was_seen=was_seen,
        was_used=was_used,
    )


def _money(amount_minor: int | None, currency: str) -> Money | None:
    return None if amount_minor is None else Money(amount_minor, currency)


def _other(name: str) -> Sentence:
    """What is called by no strategy: a personal plan by that, everything else as it stands."""
    return PLAN_NAME if name.startswith("plan-") else _plain(name)


def _plain(text: str) -> Sentence:
    return Sentence(zh=text, en=text)
