"""Subscriptions, their chains of terms, and the payments for them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tenure.records.billing.models import Payment
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.world.chance import Wholes
from tenure.world.market.chains import RETRY_DAYS, Ending
from tenure.world.market.market import Market
from tenure.world.market.rows.columns import at_hour, dates, instants, rows, texts
from tenure.world.market.rows.people import SOURCE, external_ids

BILLING: Final = "billing"
METHODS: Final = ("wechat", "alipay", "unionpay")
OWNERS: Final = ("何静", "陈立", "林一", "苏河")
STATES: Final = {
    Ending.RUNNING: TermState.RUNNING,
    Ending.CANCELLING: TermState.CANCELLING,
    Ending.GRACE: TermState.GRACE,
    Ending.RENEWED: TermState.RENEWED,
    Ending.LAPSED: TermState.LAPSED,
    Ending.CANCELLED: TermState.CANCELLED,
}
_OVER = (Ending.LAPSED, Ending.CANCELLED)
VOLUNTARY, INVOLUNTARY, LAPSE = "voluntary", "involuntary", "lapse"


@dataclass(frozen=True, slots=True)
class Bases:
    """What is added to a place to get an id."""

    account: int  # also of its person and its subscription
    term: int


def write_subscriptions(market: Market, *, base: int) -> int:
    """One subscription for each customer, with an owner where one is worth it."""
    population, recipe = market.population, market.recipe
    ended, end_kind = _endings(market)
    states = [SubscriptionState.ACTIVE if one is None else SubscriptionState.ENDED for one in ended]
    ids = (population.who + base).tolist()
    started = dates(population.started)
    return insert_rows(
        Subscription,
        rows(
            ids,
            ids,
            [SOURCE] * len(ids),
            external_ids(market),
            market.catalogue.version_ids[population.version].tolist(),
            population.cycle_months.tolist(),
            population.seats.tolist(),
            started,
            population.auto_renews.tolist(),
            states,
            started,
            ended,
            end_kind,
            owners(market),
            instants(at_hour(population.started, 9.6), zone=recipe.zone),
        ),
        columns=(
            "id",
            "account_id",
            "source",
            "external_id",
            "plan_version_id",
            "cycle_months",
            "quantity",
            "anchor_on",
            "auto_renew",
            "state",
            "started_on",
            "ended_on",
            "end_kind",
            "owner_name",
            "recorded_at",
        ),
    )


def _endings(market: Market) -> tuple[list[Any], list[str]]:
    """The last day of each subscription that is over, and how it ended."""
    terms, count = market.terms, len(market.population)
    over = np.isin(terms.ending, _OVER)
    closed = np.full(count, -1)
    closed[terms.who[over]] = terms.closed[over]
    kinds = np.full(count, "", dtype=object)
    kinds[terms.who[over]] = np.array(_end_kinds(market), dtype=object)[over]
    return dates(closed), kinds.tolist()


def _end_kinds(market: Market) -> list[str]:
    terms = market.terms
    kind = np.select(
        [terms.ending == Ending.CANCELLED, terms.involuntary, terms.ending == Ending.LAPSED],
        [1, 2, 3],
        default=0,
    )
    return texts(("", VOLUNTARY, INVOLUNTARY, LAPSE), kind)


def owners(market: Market) -> list[str]:
    """A person in charge for companies and for whoever pays most."""
    population = market.population
    owned = population.is_business | (population.fee_ratio > 1.8)
    place = np.where(owned, population.who % len(OWNERS) + 1, 0)
    return texts(("", *OWNERS), place)


def write_terms(market: Market, *, bases: Bases) -> int:
    """Every term, in the state in which the history left it."""
    terms, population = market.terms, market.population
    ids = np.arange(len(terms)) + bases.term
    accounts = (terms.who + bases.account).tolist()
    people = population.of(terms.who)
    states = {int(ending): state for ending, state in STATES.items()}
    return insert_rows(
        Term,
        rows(
            ids.tolist(),
            accounts,
            accounts,
            market.catalogue.version_ids[people.version].tolist(),
            terms.number.tolist(),
            people.cycle_months.tolist(),
            dates(terms.starts),
            dates(terms.ends),
            terms.price_minor.tolist(),
            terms.list_minor.tolist(),
            [market.recipe.currency] * len(ids),
            [states[ending] for ending in terms.ending.tolist()],
            dates(terms.renewed),
            dates(terms.closed),
            dates(terms.cancel_asked),
            _end_kinds(market),
            instants(at_hour(terms.sold, 10), zone=market.recipe.zone),
        ),
        columns=(
            "id",
            "account_id",
            "subscription_id",
            "plan_version_id",
            "number",
            "cycle_months",
            "starts_on",
            "ends_on",
            "price_minor",
            "list_price_minor",
            "currency",
            "state",
            "renewed_on",
            "closed_on",
            "cancel_asked_on",
            "end_kind",
            "recorded_at",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Attempts:
    """One row per attempt to pay."""

    row: Wholes  # place of the term that was running, or that was bought
    day: Wholes
    amount: Wholes
    succeeded: Wholes
    number: Wholes


def write_payments(market: Market, *, bases: Bases) -> int:
    """What was paid for each term, and the attempts that failed before it or instead of it."""
    attempts = _attempts(market)
    who = market.terms.who[attempts.row]
    method = market.recipe.chance.choice("method", who, weights=np.array([0.52, 0.36, 0.12]))
    states = (Payment.State.FAILED, Payment.State.SUCCEEDED)
    external = zip(who.tolist(), attempts.number.tolist(), strict=True)
    count = len(attempts.row)
    return insert_rows(
        Payment,
        rows(
            (who + bases.account).tolist(),
            (attempts.row + bases.term).tolist(),
            [BILLING] * count,
            [f"P{customer}-{number}" for customer, number in external],
            attempts.amount.tolist(),
            [market.recipe.currency] * count,
            texts(METHODS, method),
            [states[one] for one in attempts.succeeded.tolist()],
            dates(attempts.day),
            instants(at_hour(attempts.day, 10), zone=market.recipe.zone),
        ),
        columns=(
            "account_id",
            "term_id",
            "source",
            "external_id",
            "amount_minor",
            "currency",
            "method",
            "state",
            "paid_on",
            "recorded_at",
        ),
    )


def _attempts(market: Market) -> _Attempts:
    """A payment numbered 10 × term paid the term; 10 × term + 1 to 4 failed before it."""
    terms = market.terms
    every = np.arange(len(terms))
    day, row, amount, number = [terms.sold], [every], [terms.price_minor], [terms.number * 10]
    succeeded = [np.ones(len(terms), dtype=np.int64)]
    # A failed attempt belongs to the term that was to be renewed: the one before.
    before = _row_before(market)
    for attempt in range(3):
        failed = np.flatnonzero((terms.failed > attempt) & (before >= 0))
        retried = RETRY_DAYS[terms.failed[failed]] - RETRY_DAYS[attempt]
        day.append(terms.sold[failed] - retried)
        row.append(before[failed])
        amount.append(terms.price_minor[failed])
        number.append(terms.number[failed] * 10 + attempt + 1)
        succeeded.append(np.zeros(len(failed), dtype=np.int64))
    broke = np.flatnonzero(terms.involuntary)
    for attempt, delay in enumerate(RETRY_DAYS.tolist()):
        day.append(terms.ends[broke] + delay)
        row.append(broke)
        amount.append(terms.list_minor[broke])
        number.append((terms.number[broke] + 1) * 10 + attempt + 1)
        succeeded.append(np.zeros(len(broke), dtype=np.int64))
    return _Attempts(
        row=np.concatenate(row),
        day=np.concatenate(day),
        amount=np.concatenate(amount),
        succeeded=np.concatenate(succeeded),
        number=np.concatenate(number),
    )


def _row_before(market: Market) -> Wholes:
    """The place of each term's predecessor; −1 where the history holds none."""
    terms = market.terms
    key = terms.who * 10_000 + terms.number
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], key - 1)
    found = order[np.minimum(place, len(order) - 1)]
    return np.where(key[found] == key - 1, found, -1)
