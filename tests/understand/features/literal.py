"""Literal rows of the warehouse's tables, with defaults for whatever a test does not name."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from tenure.kernel.clock import instant, to_us
from tenure.kernel.periods import date_of, day_number
from tenure.understand.features.moments import Moment, moment
from tenure.warehouse.engines import Engine
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, CONTACTS, PAYMENTS, TERMS, TICKETS
from tests.builders import AS_OF, ZONE

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

TODAY = day_number(AS_OF)
MIDNIGHT_AFTER = datetime(2026, 6, 15, 17, tzinfo=UTC)  # 01:00 of the next day in Shanghai
NOW_US = to_us(MIDNIGHT_AFTER)


def today() -> Moment:
    return moment(AS_OF, at=MIDNIGHT_AFTER, zone=ZONE)


def at_us(days_ago: int, hour: int = 12) -> int:
    """The instant of an hour in Shanghai some days before the day of the tests."""
    return to_us(instant(date_of(TODAY - days_ago), time(hour), zone=ZONE))


def an_event(days_ago: int, name: str, **given: Any) -> dict[str, Any]:
    hour = given.pop("hour", 12)
    happened = at_us(days_ago, hour)
    return {
        "account_id": 1,
        "day": TODAY - days_ago,
        "at_us": happened,
        "known_us": min(happened, NOW_US),
        "source": "test",
        "message_id": "m",
        "name": name,
        **given,
    }


def a_term(days_left: int = 30, **given: Any) -> dict[str, Any]:
    ends = TODAY + days_left
    return {
        "term_id": 100,
        "account_id": 1,
        "subscription_id": 10,
        "subscription_started_day": ends - 365,
        "auto_renew": 0,
        "number": 1,
        "plan_code": "home_100",
        "tier_rank": 1,
        "cycle_months": 12,
        "starts_day": ends - 365,
        "ends_day": ends,
        "price_minor": 58_800,
        "list_price_minor": 58_800,
        "currency": "CNY",
        "state": "running",
        "known_us": at_us(300),
        **given,
    }


def an_account(**given: Any) -> dict[str, Any]:
    defaults = {"account_id": 1, "kind": "household", "has_email": 1, "has_phone": 0}
    return {**defaults, "marketing_consent": 1, "known_us": at_us(300), **given}


def a_ticket(days_ago: int, *, hours: float | None = None, **given: Any) -> dict[str, Any]:
    """A ticket opened at noon; open unless it took some `hours`."""
    opened = at_us(days_ago)
    resolved = None if hours is None else opened + int(hours * 3_600_000_000)
    return {
        "ticket_id": 1,
        "account_id": 1,
        "kind": "fault",
        "opened_us": opened,
        "opened_day": TODAY - days_ago,
        "resolved_us": resolved,
        "sla_missed": 0,
        "known_us": min(opened, NOW_US),
        **given,
    }


def an_answer(days_ago: int, score: int, **given: Any) -> dict[str, Any]:
    known = min(at_us(days_ago), NOW_US)
    defaults = {"answer_id": 1, "account_id": 1, "survey": "nps", "known_us": known}
    return {**defaults, "day": TODAY - days_ago, "score": score, **given}


def a_payment(days_ago: int, **given: Any) -> dict[str, Any]:
    known = min(at_us(days_ago), NOW_US)
    defaults = {"payment_id": 1, "account_id": 1, "amount_minor": 58_800, "known_us": known}
    return {**defaults, "state": "succeeded", "day": TODAY - days_ago, **given}


def a_contact(days_ago: int, **given: Any) -> dict[str, Any]:
    sent = at_us(days_ago)
    return {"message_id": 1, "account_id": 1, "sent_us": sent, "day": TODAY - days_ago, **given}


def frame(engine: Engine, table: Table, *rows: Mapping[str, Any]) -> "Frame":
    """The rows as a frame of the engine; a column that a row does not name is null."""
    names = table.column_names
    for row in rows:
        assert row.keys() <= set(names), f"{table.name} has no {row.keys() - set(names)}"
    values = [[row.get(name) for name in names] for row in rows]
    return engine.literal(values, columns=table.columns)


TABLES = {
    "terms": TERMS,
    "accounts": ACCOUNTS,
    "tickets": TICKETS,
    "answers": ANSWERS,
    "payments": PAYMENTS,
    "contacts": CONTACTS,
    "events": EVENTS,
}
