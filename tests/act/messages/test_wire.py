"""What goes over the wire says the same as the standard library's own writing (CHN-03)."""

from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.messages import wire


def a_letter(
    *,
    subject: str = "还有 7 天：进阶版 300M 将于 2026-03-20 到期",
    body: str = "您好，\n宽带快到期了。\n",
    to: str = "=?utf-8?b?5p2O5paH6Z2Z?= <lj0000001@mail.example>",
) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email="b+abc@lanjiang.example",
        to=[to],
        headers={
            "From": "=?utf-8?b?5r6c5rGf?= <renewals@lanjiang.example>",
            "Message-ID": "<1@lanjiang.example>",
            "Date": "Sun, 01 Mar 2026 09:00:00 +0000",
            "List-Unsubscribe": "<https://my.lanjiang.example/unsubscribe/x>",
        },
    )
    letter.attach_alternative("<p>宽带快到期了。</p>", "text/html")
    return letter


def read(raw: bytes) -> Parsed:
    return message_from_bytes(raw, policy=policy.default)


def parts(letter: Parsed) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n").rstrip("\n"))
        for part in letter.iter_parts()
    ]


@given(subject=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=120))
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    written = read(wire.bytes_of(a_letter(subject=subject)))

    assert written["Subject"] == subject


def test_letter_says_what_the_long_way_says() -> None:
    letter = a_letter()

    short, long = read(wire.bytes_of(letter)), read(letter.message(policy=policy.SMTP).as_bytes())

    names = ("Subject", "From", "To", "Message-ID", "Date", "List-Unsubscribe")
    assert {name: short[name] for name in names} == {name: long[name] for name in names}
    assert parts(short) == parts(long)
    assert short.get_content_type() == "multipart/alternative"


def test_lines_are_short_ascii_and_end_as_smtp_wants() -> None:
    raw = wire.bytes_of(a_letter(subject="到期提醒" * 30, body="很长的一行" * 400))

    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_same_letter_is_the_same_bytes() -> None:
    assert wire.bytes_of(a_letter()) == wire.bytes_of(a_letter())


@pytest.mark.parametrize("field", ["subject", "to"])
def test_line_break_in_a_header_is_refused(field: str) -> None:
    """Nobody adds a header by writing one into their name."""
    with pytest.raises(ValueError, match="line break"):
        wire.bytes_of(a_letter(**{field: "a\r\nBcc: everybody@mail.example"}))


def test_letter_of_another_shape_takes_the_long_way() -> None:
    letter = EmailMessage("到期", "正文", "a@lanjiang.example", ["b@mail.example"])

    written = read(wire.bytes_of(letter))

    assert written.get_content_type() == "text/plain"
    assert written["Subject"] == "到期"


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("lj1@mail.example", "lj1@mail.example"),
        ("=?utf-8?b?5p2O?= <gone.lj-1@mail.example>", "gone.lj-1@mail.example"),
        ("李 <lj1@邮件.example>", None),
        ("a@b@c.example", None),
        ("", None),
    ],
)
def test_only_plain_addresses_take_the_short_way(address: str, mailbox: str | None) -> None:
    assert wire.plain_address(address) == mailbox
