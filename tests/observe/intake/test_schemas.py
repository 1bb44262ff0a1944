"""R-E-008: each event of the catalogue has a versioned JSON Schema; what does not fit is warned."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.observe.intake.schemas import SCHEMAS, violations
from tests.observe.intake.sendings import a_source, a_track, send

DOMAIN = {
    "Subscription Started", "Subscription Renewed", "Subscription Cancelled",
    "Subscription Paused", "Subscription Resumed", "Payment Failed", "Payment Recovered",
    "Reminder Sent", "Reminder Delivered", "Reminder Opened", "Reminder Clicked", "Feature Used",
    "Login", "Ticket Opened", "Ticket Resolved", "Speed Test", "Outage",
}  # fmt: skip
VALUES = st.one_of(st.text(max_size=3), st.booleans(), st.integers(-2, 20), st.floats(-2, 20))
NAMES = sorted({one.name for schema in SCHEMAS.values() for one in schema.properties})


def test_r_e_008_the_renewal_domain_is_in_the_catalogue_with_versions() -> None:
    assert set(SCHEMAS) >= DOMAIN
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema.as_json())
        assert schema.as_json()["$id"] == f"urn:tenure:event:{schema.key}:{schema.version}"


@given(st.sampled_from(sorted(SCHEMAS)), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_r_e_008_what_is_warned_of_is_what_another_validator_finds(
    event: str, properties: dict[str, Any]
) -> None:
    validator = Draft202012Validator(SCHEMAS[event].as_json())

    assert bool(violations(event, properties)) == (not validator.is_valid(properties))


@pytest.mark.django_db
def test_r_e_008_an_event_that_does_not_fit_is_kept_and_warned_of() -> None:
    source = a_source()

    accepted = send(
        a_track("Speed Test", properties={"ratio": "fast"}, messageId="odd"),
        a_track("Speed Test", properties={"ratio": 0.9}),
        a_track("Basket Filled", properties={"ratio": "fast"}),
        source=source,
    )

    assert (accepted.stored, accepted.rejected, accepted.corrected) == (3, 0, 1)
    assert InboxEvent.objects.count() == 3
    warned = Quarantine.objects.get()
    assert (warned.reason, warned.place, warned.kept) == ("schema", "odd ratio", True)
