"""What the guardrails look at, on a few literal rows."""

from typing import Any

from tenure.decide.guardrails.expressions import (
    DAY_US,
    with_cap_room,
    with_discounts,
    with_troubles,
)
from tenure.strategy.loading import preset
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.tables.declaration import Column, Table
from tenure.warehouse.tables.facts import CONTACTS, INCIDENTS, TERMS, TICKETS

AT_US = 20_000 * DAY_US
DAY = 19_999


def rows_of(engine: Engine, table: Table, *rows: dict[str, Any]) -> Frame:
    """Rows of a declared table, null where nothing is given."""
    values = [[row.get(name) for name in table.column_names] for row in rows]
    return engine.literal(values, columns=table.columns)


def points_of(engine: Engine, *rows: tuple[int, int | None]) -> Frame:
    return engine.literal(rows, columns=[Column("account_id", "int64"), Column("node_id", "int64")])


def by_account(engine: Engine, frame: Frame, *columns: str) -> dict[int, tuple[Any, ...]]:
    found = engine.collect(frame.sort("account_id")).to_pydict()
    return {
        account: tuple(found[column][place] for column in columns)
        for place, account in enumerate(found["account_id"])
    }


def a_ticket(account: int, kind: str, *, opened: float, resolved: float | None) -> dict[str, Any]:
    """A ticket opened and resolved so many days before the instant of the tests."""
    return {
        "ticket_id": account * 100 + int(opened),
        "account_id": account,
        "kind": kind,
        "opened_us": AT_US - int(opened * DAY_US),
        "known_us": AT_US - int(opened * DAY_US),
        "resolved_us": None if resolved is None else AT_US - int(resolved * DAY_US),
    }


def test_open_faults_and_complaints_and_how_long_they_are_over() -> None:
    """R-N-020, GRD-01: tickets of the account and incidents of its node."""
    with open_engine("duckdb", threads=1) as engine:
        tickets = rows_of(
            engine,
            TICKETS,
            a_ticket(1, "fault", opened=2, resolved=None),
            a_ticket(2, "complaint", opened=20, resolved=6.5),
            a_ticket(2, "complaint", opened=90, resolved=80),
            a_ticket(3, "question", opened=1, resolved=None),
            a_ticket(4, "complaint", opened=-1, resolved=None),
        )
        incidents = rows_of(
            engine,
            INCIDENTS,
            {"incident_id": 1, "node_id": 7, "started_us": AT_US - DAY_US},
            {
                "incident_id": 2,
                "node_id": 8,
                "started_us": AT_US - 5 * DAY_US,
                "ended_us": AT_US - 3 * DAY_US,
            },
        )
        points = points_of(engine, (1, None), (2, 8), (3, None), (4, None), (5, 7), (6, 9))

        found = by_account(
            engine,
            with_troubles(points, tickets=tickets, incidents=incidents, at_us=AT_US),
            "open_fault",
            "days_since_complaint",
        )

    assert found == {
        1: (1, None),
        2: (0, 3),
        3: (0, None),
        4: (0, None),
        5: (1, None),
        6: (0, None),
    }


def test_room_left_by_the_caps_tomorrow() -> None:
    """3 in 7 days and 8 in 30, of which tomorrow's window holds six and 29 days of the past."""
    caps = preset("broadband").contact.caps
    days = {1: [], 2: [DAY], 3: [DAY, DAY - 1, DAY - 5], 4: [DAY - 6] * 3, 5: [DAY - 20] * 8}
    sent = [
        {"message_id": n, "account_id": account, "message_class": "marketing", "day": day}
        for n, (account, day) in enumerate(
            (account, day) for account, each in days.items() for day in each
        )
    ]
    sent.append({"message_id": 99, "account_id": 1, "message_class": "transactional", "day": DAY})
    with open_engine("duckdb", threads=1) as engine:
        points = points_of(engine, *((account, None) for account in days))
        contacts = rows_of(engine, CONTACTS, *sent)

        found = by_account(
            engine, with_cap_room(points, contacts=contacts, caps=caps, day=DAY), "cap_room"
        )
        without = by_account(
            engine, with_cap_room(points, contacts=contacts, caps=(), day=DAY), "cap_room"
        )

    # The daily cap of one always leaves one for tomorrow.
    assert found == {1: (1,), 2: (1,), 3: (0,), 4: (1,), 5: (0,)}
    assert set(without.values()) == {(None,)}


def test_discounts_within_a_year() -> None:
    terms = [
        {"term_id": 1, "account_id": 1, "starts_day": DAY - 364, "price": 74_520},
        {"term_id": 2, "account_id": 1, "starts_day": DAY + 5, "price": 80_000},
        {"term_id": 3, "account_id": 2, "starts_day": DAY - 365, "price": 74_520},
        {"term_id": 4, "account_id": 3, "starts_day": DAY, "price": 82_800},
    ]
    rows = [{**one, "price_minor": one["price"], "list_price_minor": 82_800} for one in terms]
    with open_engine("duckdb", threads=1) as engine:
        points = points_of(engine, (1, None), (2, None), (3, None))

        found = by_account(
            engine,
            with_discounts(points, terms=rows_of(engine, TERMS, *rows), day=DAY),
            "discounts_in_year",
            "discounted_minor",
        )

    assert found == {1: (2, 11_080), 2: (0, 0), 3: (0, 0)}
