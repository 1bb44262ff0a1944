"""The page of the day and of a customer ask both databases alike."""

from pathlib import Path
from typing import Any

from tenure.records.strategies.queries import current
from tenure.surfaces.console.briefing import Ended, briefing
from tenure.surfaces.console.shell import standing
from tenure.surfaces.customer_view.gather import Standpoint, customer
from tests.builders import AS_OF, a_node, a_payment, a_ticket, a_todo, an_incident
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.days import MORNING, finish_day, signed_in
from tests.understand.warehouses import with_strategy


def test_both_pages_are_read_from_either_database(
    either_database: str, now: None, settings: Any, tmp_path: Path
) -> None:
    settings.TENURE_HOME = tmp_path
    warehouse = with_strategy("broadband")
    one = a_customer(p_lapse=0.4)
    a_payment(term=one.term)
    a_ticket(account=one.term.account)
    an_incident(node=a_node(serves=one.term.subscription))
    a_todo(term=one.term)
    finish_day(warehouse, one)

    stands = standing()
    day = briefing(AS_OF, strategy=current(), at=MORNING)
    view = customer(one.term.account_id, Standpoint(current(), AS_OF, MORNING))
    page = signed_in("owner").get(f"/customers/{one.term.account_id}")

    assert (stands.as_of, stands.waiting) == (AS_OF, 1)
    assert day.ended == Ended(0, 0, 0)
    assert [(fault.lines, fault.ending_soon) for fault in day.faults] == [(1, 1)]
    assert [person.p_lapse for person in day.people] == [0.4]
    assert (view.worth.payments, len(view.open_tickets), len(view.faults)) == (1, 1, 1)
    assert view.risk is not None
    assert page.status_code == 200
