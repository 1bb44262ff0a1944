"""What really follows for one term, in messages and on pages (JRN-05, JRN-06)."""

from datetime import timedelta

import pytest

from tenure.act.consequences.queries import export_of, exports_of, of_lapsing, why_no_export
from tenure.act.messages.slots import Reader, slots_for
from tenure.act.messages.terms import term_facts
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions.storing import note_stored
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import AT, a_term, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def a_broadband_term(**wanted: object) -> Term:
    version = PlanVersion.objects.get(plan__code="home_100")
    return a_term(plan_version=version, **wanted)  # type: ignore[arg-type]


def test_consequences_come_from_the_policy_that_was_sold() -> None:
    term = a_broadband_term(days_left=3)

    found = of_lapsing(term.pk)

    assert [(one.on, one.effect.en) for one in found] == [
        (day(3), "15 days of grace begin, speed unchanged"),
        (day(18), "speed falls to 2 Mbps"),
        (day(33), "service stops, cloud files are kept for 30 more days"),
    ]


def test_an_older_version_keeps_its_own_policy() -> None:
    term = a_broadband_term(days_left=3)
    effect = {"zh": "断网", "en": "the line is cut"}
    steps = [{"day": 5, "access": "none", "effect": effect}]
    PlanVersion.objects.filter(pk=term.plan_version_id).update(lapse_policy={"steps": steps})

    assert [one.effect.en for one in of_lapsing(term.pk)] == ["the line is cut"]
    facts = term_facts([term.pk], on=day(0), strategy=current())[term.pk]
    reader, asked = Reader("张伟", "en", day(0)), ("lapse_effect", "lapse_steps")
    slots = slots_for(reader, term=facts, strategy=current(), asked=asked)
    assert slots["lapse_effect"] == "the line is cut"
    assert slots["lapse_steps"] == [f"from {day(8)}: the line is cut"]


def test_the_countdown_needs_a_fresh_measurement() -> None:
    term = a_broadband_term(days_left=-20, state=TermState.GRACE)

    assert export_of(term.pk, at=AT) is None
    note_stored(term.subscription_id, 20_000_000_000, on=day(0), at=AT, by="meter")
    found = export_of(term.pk, at=AT)

    assert found is not None
    assert (found.size, found.last_on, found.days_left) == ("20 GB", day(39), 39)
    assert exports_of([term.pk], at=AT) == {term.pk: found}
    stale = why_no_export(term.pk, at=AT + timedelta(days=4))
    assert stale is not None
    assert "not up to date" in str(stale)


def test_an_older_measurement_changes_nothing() -> None:
    term = a_broadband_term()
    note_stored(term.subscription_id, 5, on=day(0), at=AT, by="meter")

    after = note_stored(term.subscription_id, 9, on=day(0), at=AT - timedelta(hours=1), by="meter")

    assert after.attributes["stored_bytes"] == 5


def test_a_renewed_term_counts_nothing_down() -> None:
    term = a_broadband_term(days_left=-20, state=TermState.RENEWED)
    note_stored(term.subscription_id, 20_000_000_000, on=day(0), at=AT, by="meter")

    assert export_of(term.pk, at=AT) is None
