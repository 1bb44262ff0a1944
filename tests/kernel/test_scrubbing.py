"""R-Y-048: no card number, key or signature reaches a log. The cards are the networks' samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.scrubbing import HIDDEN, is_card_number, scrubbed, scrubbed_value

SAMPLES = [
    "4242424242424242",  # Visa, 16
    "4000056655665556",
    "4222222222222",  # Visa, 13
    "5555555555554444",  # Mastercard
    "2223003122003222",
    "378282246310005",  # American Express, 15
    "6011111111111117",
    "3056930009020004",
    "3566002020360505",
    "6200000000000005",  # UnionPay
    "6205500000000000004",  # UnionPay, 19
]


@pytest.mark.parametrize("card", SAMPLES)
def test_a_card_number_is_hidden_but_for_its_last_four(card: str) -> None:
    spaced = " ".join(card[start : start + 4] for start in range(0, len(card), 4))
    dashed = spaced.replace(" ", "-")

    assert is_card_number(card)
    for written in (card, spaced, dashed):
        text = scrubbed(f"paid with {written}, thanks")
        assert text == f"paid with {HIDDEN} {card[-4:]}, thanks"


@given(st.sampled_from(SAMPLES), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_is_no_card(card: str, place: int, step: int) -> None:
    place %= len(card)
    wrong = card[:place] + str((int(card[place]) + step) % 10) + card[place + 1 :]

    assert not is_card_number(wrong)


@pytest.mark.parametrize(
    "text",
    ["R20261127ABCDEFGHIJKLMNOPQR27", "order 1234567890123", "2026-11-27 12:00:00", "4200000001"],
)
def test_numbers_that_are_no_cards_stay(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ('WECHATPAY2-SHA256-RSA2048 mchid="1",signature="c2ln",serial_no="2"', "c2ln"),
        ("GET /gateway.do?app_id=1&sign=AbC%2Bd%3D%3D&sign_type=RSA2", "AbC%2Bd%3D%3D"),
        ("key sk_live_51ABCDEFGHIJ used", "sk_live_51ABCDEFGHIJ"),
        ("Stripe-Signature: t=1,v1=ff00", "t=1"),
        ("'Wechatpay-Signature': 'c2lnbmF0dXJl'", "c2lnbmF0dXJl"),
        ('{"cvc": "123", "amount": 1}', "123"),
    ],
)
def test_signatures_and_keys_are_hidden(text: str, secret: str) -> None:
    assert secret not in scrubbed(text)
    assert HIDDEN in scrubbed(text)


def test_a_key_in_a_log_is_hidden_whole() -> None:
    pem = "-----BEGIN " + "PRIVATE KEY-----\nMIIEv\nQIBADAN\n-----END " + "PRIVATE KEY-----"

    assert scrubbed(f"loaded {pem} twice") == f"loaded {HIDDEN} twice"


def test_values_are_scrubbed_all_the_way_down() -> None:
    event = {"told": [{"private_key": "x", "note": b"card 4242 4242 4242 4242"}], "tries": 3}

    assert {name: scrubbed_value(name, value) for name, value in event.items()} == {
        "told": [{"private_key": HIDDEN, "note": f"card {HIDDEN} 4242"}],
        "tries": 3,
    }
