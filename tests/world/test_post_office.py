"""The post office of a rehearsal behaves like a real one."""

import smtplib
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tenure.act.messages.smtp import send_letter
from tenure.world import post_office
from tenure.world.post_office import NotInProduction, PostOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with post_office.opened(tmp_path / "mail", environment="development") as opened:
        yield opened


@pytest.fixture
def line(office: PostOffice) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", office.port, timeout=5) as connection:
        yield connection


def a_letter(
    *, to: str = "lj0000001@mail.example", number: int = 1, body: str = "正文"
) -> EmailMessage:
    letter = EmailMessage()
    letter["Message-ID"] = f"<{number}@lanjiang.example>"
    letter["From"] = "renewals@lanjiang.example"
    letter["To"] = to
    letter["Subject"] = f"提醒 {number}"
    letter.set_content(body)
    return letter


def test_letter_is_kept_with_its_reader(office: PostOffice, line: smtplib.SMTP) -> None:
    line.send_message(a_letter())

    [kept] = office.received()
    assert (kept["message_id"], kept["to"]) == ("<1@lanjiang.example>", "lj0000001@mail.example")
    mailbox = (office.folder / "received.mbox").read_text()
    assert mailbox.startswith("From renewals@lanjiang.example\n")


def test_same_message_id_is_kept_once(office: PostOffice, line: smtplib.SMTP) -> None:
    line.send_message(a_letter())
    line.send_message(a_letter())
    line.send_message(a_letter(number=2))

    assert [one["message_id"] for one in office.received()] == [
        "<1@lanjiang.example>",
        "<2@lanjiang.example>",
    ]


def test_address_that_is_gone_is_refused_for_ever(office: PostOffice, line: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.send_message(a_letter(to="gone.lj0000002@mail.example"))

    assert refused.value.recipients["gone.lj0000002@mail.example"][0] == 550
    assert office.received() == []


def test_full_mailbox_takes_the_second_attempt(office: PostOffice, line: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.send_message(a_letter(to="busy.lj0000003@mail.example"))
    line.send_message(a_letter(to="busy.lj0000003@mail.example"))

    assert refused.value.recipients["busy.lj0000003@mail.example"][0] == 451
    assert len(office.received()) == 1


def test_letter_above_the_limit_is_refused(office: PostOffice, line: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        line.send_message(a_letter(body="x" * 300_000))

    assert refused.value.smtp_code == 552
    assert office.received() == []


def test_mail_is_known_again_after_the_office_was_closed(tmp_path: Path) -> None:
    for _ in range(2):
        with (
            post_office.opened(tmp_path, environment="development") as office,
            smtplib.SMTP("127.0.0.1", office.port, timeout=5) as line,
        ):
            line.send_message(a_letter())

    assert len(office.received()) == 1


def test_office_ends_with_whoever_opened_it(tmp_path: Path) -> None:
    with post_office.opened(tmp_path, environment="development") as office:
        port = office.port

    time.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", port, timeout=1)


def test_office_does_not_open_in_production(tmp_path: Path) -> None:
    with (
        pytest.raises(NotInProduction, match="TENURE_SMTP_HOST"),
        post_office.opened(tmp_path / "mail", environment="production"),
    ):
        pass

    assert not (tmp_path / "mail").exists()


def test_letters_in_two_turns_mean_what_letters_in_four_do(
    office: PostOffice, line: smtplib.SMTP
) -> None:
    """PIPELINING (CHN-03): a refusal of one reader leaves the connection good for the next."""

    def say(to: str, number: int, body: str = "first\r\n.second\r\n") -> None:
        content = a_letter(to=to, number=number, body=body).as_bytes().replace(b"\n", b"\r\n")
        send_letter(line, content, sender="renewals@lanjiang.example", reader=to)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as gone:
        say("gone.lj1@mail.example", 1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as busy:
        say("busy.lj2@mail.example", 2)
    with pytest.raises(smtplib.SMTPSenderRefused) as large:
        say("lj3@mail.example", 3, "x" * 300_000)
    say("busy.lj2@mail.example", 2)
    say("lj4@mail.example", 4)

    assert line.has_extn("pipelining")
    assert gone.value.recipients["gone.lj1@mail.example"][0] == 550
    assert busy.value.recipients["busy.lj2@mail.example"][0] == 451
    assert large.value.smtp_code == 552
    assert [one["to"] for one in office.received()] == [
        "busy.lj2@mail.example",
        "lj4@mail.example",
    ]
    mailbox = (office.folder / "received.mbox").read_text()
    assert mailbox.count("\n.second\n") == 2
