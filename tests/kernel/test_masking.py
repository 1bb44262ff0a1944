"""Who somebody is does not stay in what they write (science.md I4, PIPL article 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.masking import without_identifiers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13800138000，请回电", "我的电话[number]，请回电"),
        ("call +86 138-0013-8000 now", "call [number] now"),
        ("(415) 555-0132", "[number]"),
        ("身份证11010519491231002X", "身份证[id]"),
        ("卡号 4111 1111 1111 1111", "卡号 [card]"),
        ("mail me: jane.doe+x@mail.example.com.", "mail me: [email]."),
        ("见 https://example.com/a?b=1。", "见 [link]。"),
        ("微信号：wang_2026", "微信号：[account]"),
        ("１３８００１３８０００", "[number]"),
        (
            "每月 199.00 元，用了 300GB，2026-03-31 到期",
            "每月 199.00 元，用了 300GB，2026-03-31 到期",
        ),
        ("owes me $65 for 24 months", "owes me $65 for 24 months"),
        ("", ""),
    ],
)
def test_numbers_and_addresses_of_people_are_masked(text: str, masked: str) -> None:
    assert without_identifiers(text) == masked


@given(st.text())
def test_masked_again_nothing_changes(text: str) -> None:
    once = without_identifiers(text)

    assert without_identifiers(once) == once
