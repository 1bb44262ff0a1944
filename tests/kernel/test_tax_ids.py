"""The unified social credit code and its check digit (GB 32100-2015)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tenure.kernel.tax_ids import check_sign, is_credit_code, normalised

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", ["9144030071526726XG", "91330108MA2TENR01U"])
def test_real_codes_are_taken(code: str) -> None:
    """R-I-006."""
    assert is_credit_code(code)


@pytest.mark.parametrize("code", ["", "9144030071526726XH", "9144030071526726X", "O" * 18])
def test_wrong_codes_are_not(code: str) -> None:
    assert not is_credit_code(code)


@given(
    some.text(ALPHABET, min_size=17, max_size=17), some.integers(0, 16), some.sampled_from(ALPHABET)
)
def test_one_wrong_sign_is_always_found(body: str, place: int, sign: str) -> None:
    code = body + check_sign(body)
    wrong = code[:place] + sign + code[place + 1 :]

    assert is_credit_code(code)
    assert is_credit_code(wrong) == (wrong == code)


def test_spaces_and_small_letters_are_forgiven() -> None:
    assert normalised(" 9144 0300 7152 6726 xg ") == "9144030071526726XG"
