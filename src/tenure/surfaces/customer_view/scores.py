"""What was computed about the customer: health, risk with its reasons, tags."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from tenure.decide.offers.answers import answers_to
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view.people import Party
from tenure.surfaces.customer_view.shapes import (
    Health,
    HealthPart,
    Risk,
    TagLine,
)
from tenure.understand.churn.board import KIND_NAMES
from tenure.understand.churn.endings import ENDINGS
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.peers import mean_of_plan
from tenure.understand.churn.queries import topics_of
from tenure.understand.churn.reasons import Reason, reasons_of
from tenure.understand.features.registry import FEATURES
from tenure.understand.health import queries as health_queries
from tenure.understand.health.drivers import drivers_of
from tenure.understand.health.queries import HealthReading
from tenure.understand.readings import Book, book_of
from tenure.understand.tags import queries as tag_queries
from tenure.warehouse.tables.understanding import HEALTH, RISK_ENDS, RISKS, TAG_MASKS

HISTORY_DAYS: Final = 180
EVERY_DAYS: Final = 3  # sixty points draw half a year
COMPARED_DAYS: Final = 30
WEEK_DAYS: Final = 7
LEAST_SHARE: Final = 0.005
_TABLES: Final = (HEALTH, RISKS, RISK_ENDS, TAG_MASKS, FEATURES)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the tables of one day say of the term that ends first."""

    health: Health | None
    risk: Risk | None
    tags: tuple[TagLine, ...]


NOTHING: Final = Scores(None, None, ())


def scores(party: Party, *, term_id: int | None, on: date, strategy: Strategy) -> Scores:
    """Read every score of one account on one day: two queries and one look at the files."""
    today = day_number(on)
    past = sorted(
        {*range(today - HISTORY_DAYS, today, EVERY_DAYS), today - COMPARED_DAYS, today - WEEK_DAYS}
    )
    book = book_of(party.account.pk, on=on, tables=_TABLES, before={HEALTH.name: past})
    return Scores(
        health=_health(book, term_id=term_id, strategy=strategy.at(on)),
        risk=_risk(book, term_id=term_id, strategy=strategy.at(on)),
        tags=_tags(book, term_id=term_id, refused=party.refused),
    )


def _health(book: Book, *, term_id: int | None, strategy: Strategy) -> Health | None:
    reading = book.reading(HEALTH)
    told = [] if reading is None else health_queries.told(reading)
    mine = next((one for one in told if one.term_id == term_id), None)
    if mine is None:
        return None
    past = [
        (date_of(day), row)
        for day, row in book.history(HEALTH)
        if row["subscription_id"] == mine.subscription_id and row["score"] is not None
    ]
    earlier = dict(past).get(mine.on - timedelta(days=COMPARED_DAYS))
    week = dict(past).get(mine.on - timedelta(days=WEEK_DAYS))
    row = _of_term(features.rows if (features := book.reading(FEATURES)) else [], term_id)
    return Health(
        on=mine.on,
        score=mine.score,
        before=None if earlier is None else earlier["score"],
        threshold=mine.threshold,
        below_since=mine.below_since,
        parts=_parts(mine, earlier),
        history=tuple((on, row["score"]) for on, row in past),
        week_before=None if week is None else week["score"],
        moves=() if week is None else health_queries.moved(mine, week),
        drivers=drivers_of(row, strategy.health) if row else (),
        name=mine.name,
    )


def _parts(mine: HealthReading, earlier: Mapping[str, Any] | None) -> tuple[HealthPart, ...]:
    before = health_queries.parts_of(earlier) if earlier is not None else {}
    return tuple(HealthPart(one.id, one.name, one.score, before.get(one.id)) for one in mine.parts)


def _tags(book: Book, *, term_id: int | None, refused: Collection[str]) -> tuple[TagLine, ...]:
    reading = book.reading(TAG_MASKS)
    carried = [] if reading is None else tag_queries.told(reading, refused=refused)
    return tuple(
        TagLine(tag.id, tag.name, tag.tone)
        for one in carried
        if one.term_id == term_id
        for tag in one.tags
    )


def _risk(book: Book, *, term_id: int | None, strategy: Strategy) -> Risk | None:
    reading, features = book.reading(RISKS), book.reading(FEATURES)
    row = _of_term(reading.rows if reading else [], term_id)
    found = _of_term(features.rows if features else [], term_id) or {}
    values: Mapping[str, Any] = defaultdict(lambda: None, found)
    if row is None:
        return None
    peers = _peers(book, plan=str(found.get("plan_code", "")))
    band, currency = strategy.churn.bands[row["band"] - 1], strategy.business.currency
    estimator = Estimator.objects.filter(pk=row["estimator_id"] or 0).first()
    topics = topics_of(estimator, values, currency=currency) if estimator and found else []
    reasons = tuple(reasons_of(row, values, currency=currency))
    case = {**found, "p_lapse": row["p_lapse"]}
    return Risk(
        on=book.on,
        p_lapse=row["p_lapse"],
        band=row["band"],
        band_name=band.name,
        peers_mean=peers[0] if peers else None,
        peers=peers[1] if peers else 0,
        reasons=reasons,
        stays=_stays(topics),
        estimator=_named(estimator),
        note=_note(estimator),
        answers={one.feature: answers_to(one.feature, case, strategy=strategy) for one in reasons},
        ends=_ends(book, term_id=term_id),
        is_average=estimator is not None and estimator.kind == Estimator.Kind.BASE_RATE,
    )


def _ends(book: Book, *, term_id: int | None) -> tuple[tuple[str, float], ...]:
    """The risk by the way the term would end, the likeliest first."""
    reading = book.reading(RISK_ENDS)
    row = _of_term(reading.rows if reading else [], term_id)
    if row is None:
        return ()
    return tuple(sorted(((name, row[f"p_{name}"]) for name in ENDINGS), key=lambda one: -one[1]))


def _of_term(rows: Sequence[dict[str, Any]], term_id: int | None) -> dict[str, Any] | None:
    return next((row for row in rows if row["term_id"] == term_id), None)


_NAMED: Final = Sentence(zh="{kind} {day}", en="{kind} {day}")


def _named(estimator: Estimator | None) -> Sentence:
    """The estimator by its kind and the day up to which it knew."""
    if estimator is None:
        return Sentence(zh="", en="")
    return _NAMED.fill(kind=KIND_NAMES[estimator.kind], day=f"{estimator.as_of:%Y.%m.%d}")


def _note(estimator: Estimator | None) -> Sentence | None:
    """What it could not learn, where it stands in for one that could."""
    why = estimator.metrics.get("why", {}).get("sentence") if estimator else None
    return Sentence(zh=why["zh"], en=why["en"]) if why else None


def _stays(topics: Sequence[Reason]) -> Reason | None:
    """What speaks most for staying, where it says anything."""
    strongest = min(topics, key=lambda one: one.share, default=None)
    return strongest if strongest and strongest.share <= -LEAST_SHARE else None


def _peers(book: Book, *, plan: str) -> tuple[float, int] | None:
    """The mean probability of everybody on the same plan that day, and how many they are."""
    today = day_number(book.on)
    risks, features = (book.files.get((table.name, today)) for table in (RISKS, FEATURES))
    if risks is None or features is None:
        return None
    return mean_of_plan(plan, risks=risks, features=features)
