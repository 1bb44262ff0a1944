"""R-P-010: what may not be kept never reaches the disk."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.observe.intake.privacy import card_numbers, luhn_holds, masked, without_denied

# Published test numbers of the card schemes.
CARDS = [
    "4111111111111111", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005",
    "6011111111111117", "3530111333300000", "30569309025904", "6200000000000005",
    "2223003122003222", "4222222222222",
]  # fmt: skip


@pytest.mark.parametrize("number", CARDS)
def test_card_numbers_are_found_and_masked(number: str) -> None:
    """R-P-010: card numbers by their check digit."""
    raw = json.dumps({"note": f"card {number}."}).encode()

    assert list(card_numbers(raw)) == [number.encode()]
    assert number not in masked(raw).decode()
    assert len(masked(raw)) == len(raw)


@pytest.mark.parametrize(
    "harmless",
    [
        "1780308000000",  # milliseconds of an instant
        "1780308000000000",  # microseconds
        "4111111111111112",  # a wrong check digit
        "2026-06-01 09:59:58.123456",
        "13812345678",
        "3.14159265358979323846",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "91110000600037341L",
        "41111111111111111111111",  # longer than any card
    ],
)
def test_other_numbers_are_left_alone(harmless: str) -> None:
    raw = json.dumps({"value": harmless}).encode()

    assert list(card_numbers(raw)) == []
    assert masked(raw) == raw


@given(st.text("0123456789", min_size=1, max_size=18))
def test_exactly_one_check_digit_fits(digits: str) -> None:
    assert sum(luhn_holds(digits + last) for last in "0123456789") == 1


def test_denied_fields_are_dropped_at_any_depth() -> None:
    """R-P-010: what is on the list of denied fields is not kept."""
    raw = json.dumps(
        {
            "userId": "u1",
            "writeKey": "secret",
            "properties": {
                "plan": "gold",
                "ID-Card": "440301199001011234",
                "身份证号": "440301199001011234",
                "places": [{"city": "深圳", "Latitude": 22.5, "lng": 114.1}],
            },
            "context": {"location": {"city": "深圳", "longitude": 114.1}},
        }
    ).encode()

    assert json.loads(without_denied(raw)) == {
        "userId": "u1",
        "properties": {"plan": "gold", "places": [{"city": "深圳"}]},
        "context": {"location": {"city": "深圳"}},
    }


def test_a_message_without_denied_fields_is_left_as_it_came() -> None:
    raw = b'{"userId" : "u1",  "properties": {"lat\\u0069tude_of_mind": [1, {"b": null}]}}'

    assert without_denied(raw) is raw
    assert without_denied(raw) is raw
