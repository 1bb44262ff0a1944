"""OFR-02: codes are unique, typed without mistakes, and nobody guesses one."""

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.offers.coupons import coupon_code


def test_a_code_is_three_groups_of_four_letters_without_look_alikes() -> None:
    code = coupon_code(hashlib.sha256(b"one term").digest())

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    assert coupon_code(hashlib.sha256(b"one term").digest()) == code


@given(st.sets(st.integers(0, 2**60 - 1), min_size=2, max_size=50))
def test_different_digests_have_different_codes(numbers: set[int]) -> None:
    codes = {coupon_code(number.to_bytes(8)) for number in numbers}

    assert len(codes) == len(numbers)
