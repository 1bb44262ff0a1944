"""What the events of the renewal domain mean to the warehouse."""

from typing import Any

import pytest

from tenure.observe.intake.catalogue import name_of, read_contents
from tenure.observe.intake.messages import Contents


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("Login", {}, (None, None)),
        ("Login", {"minutes": 12}, (None, 12.0)),
        ("Feature Used", {"feature": "reports", "minutes": 3.5}, ("reports", 3.5)),
        ("Usage Recorded", {"gb": 12.5}, ("gb", 12.5)),
        ("Usage Recorded", {"minutes": 30}, ("minutes", 30.0)),
        ("Usage Recorded", {"meter": "calls", "quantity": 7}, ("calls", 7.0)),
        ("Usage Recorded", {"feature": "gb", "amount": 3}, ("gb", 3.0)),
        ("Speed Test", {"ratio": 0.82}, (None, 0.82)),
        ("Speed Test", {"amount": 0.82}, (None, 0.82)),
        ("Outage", {"node": "olt-1", "minutes": 45}, ("olt-1", 45.0)),
        ("Page Viewed", {"path": "/compare", "value": 3}, ("/compare", None)),
        ("Data Exported", {"kind": "invoices", "rows": 120}, ("invoices", 120.0)),
        ("Integration Used", {"integration": "slack", "calls": 12}, ("slack", 12.0)),
        ("Basket Filled", {"value": 9, "feature": "shop"}, ("shop", 9.0)),
        ("Feature Used", {"feature": 7, "minutes": "long"}, (None, None)),
        ("Login", {"minutes": True}, (None, None)),
        ("Login", {"minutes": 10**400}, (None, None)),
    ],
)
def test_properties_become_feature_and_amount(
    name: str, properties: dict[str, Any], expected: tuple[str | None, float | None]
) -> None:
    assert read_contents(name, Contents(properties=properties)) == expected


def test_a_page_is_known_by_its_name_first() -> None:
    contents = Contents(name="Compare", properties={"path": "/compare"})

    assert read_contents("Page Viewed", contents) == ("Compare", None)
    assert read_contents("Login", Contents()) == (None, None)


def test_pages_and_screens_are_one_event_and_messages_about_identity_are_none() -> None:
    assert name_of("page", None) == name_of("screen", "x") == "Page Viewed"
    assert name_of("track", "Login") == "Login"
    assert {name_of(kind, "x") for kind in ("identify", "group", "alias")} == {""}
