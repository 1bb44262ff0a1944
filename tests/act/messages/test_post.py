"""CHN-03: real letters to a real server on loopback, and what its answers mean."""

from collections.abc import Iterator

import pytest
from django.core.mail import EmailMultiAlternatives

from tenure.act.messages.envelope import Letter, Sender, compose
from tenure.act.messages.post import Handover, MailServerDown, open_post
from tenure.act.messages.rendering import Rendered
from tests.act.servers import MailServer, read
from tests.builders import AT

SENDER = Sender("澜江宽带", "renewals@lanjiang.example", "https://my.lanjiang.example")


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with MailServer() as running:
        running.use(settings)
        yield running


def a_letter(to: str = "li@example.com", *, key: str = "renewal:t7:1") -> EmailMultiAlternatives:
    letter = Letter(
        message_id=7,
        send_key=key,
        to_address=to,
        to_name="李文静",
        language="zh-Hans",
        is_marketing=True,
        text=Rendered("还有 7 天到期", "您好，李文静：\n\n续费：https://my.lanjiang.example/renew"),
        at=AT,
    )
    return compose(letter, sender=SENDER)


def test_a_letter_arrives_as_it_was_composed(server: MailServer) -> None:
    with open_post() as post:
        assert post is not None
        assert post.hand_over(a_letter()) == (Handover.ACCEPTED, "250")

    envelope = server.received[0]
    mail = read(envelope)
    assert str(envelope.mail_from).startswith("b+7u")
    assert envelope.rcpt_tos == ["li@example.com"]
    assert mail["Subject"] == "还有 7 天到期"
    assert mail["From"].addresses[0].addr_spec == "renewals@lanjiang.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, page = (str(part.get_content()) for part in mail.iter_parts())
    assert "您好，李文静" in plain
    assert 'href="https://my.lanjiang.example/renew"' in page
    assert "src=" not in page


def test_the_same_message_is_the_same_letter(server: MailServer) -> None:
    """A copy that goes out twice around a death carries one Message-ID, and one Date."""
    with open_post() as post:
        assert post is not None
        post.hand_over(a_letter())
        post.hand_over(a_letter())

    first, second = server.letters()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"] == "Mon, 15 Jun 2026 15:30:00 +0000"


def test_one_connection_carries_a_whole_round(server: MailServer) -> None:
    with open_post() as post:
        assert post is not None
        for number in range(5):
            post.hand_over(a_letter(key=f"renewal:t7:{number}"))

    assert len(server.received) == 5
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("550 5.1.1 no such user", (Handover.DEAD, "550 5.1.1")),
        ("550 mailbox unavailable", (Handover.DEAD, "550")),
        ("554 5.7.1 blocked by policy", (Handover.REFUSED, "554 5.7.1")),
        ("451 4.7.1 greylisted", (Handover.LATER, "451 4.7.1")),
        ("452 4.2.2 mailbox full", (Handover.LATER, "452 4.2.2")),
    ],
)
def test_an_answer_about_one_reader_is_no_trouble_for_the_next(
    server: MailServer, answer: str, said: tuple[Handover, str]
) -> None:
    server.answers["gone@example.com"] = answer

    with open_post() as post:
        assert post is not None
        assert post.hand_over(a_letter("gone@example.com")) == said
        assert post.hand_over(a_letter()) == (Handover.ACCEPTED, "250")

    assert [one.rcpt_tos for one in server.received] == [["li@example.com"]]


def test_a_lost_connection_is_made_again(server: MailServer) -> None:
    with open_post() as post:
        assert post is not None
        post.hand_over(a_letter())
        server.restart()
        assert post.hand_over(a_letter(key="renewal:t3:1"))[0] is Handover.ACCEPTED


def test_a_dead_server_is_an_outage_in_both_languages(server: MailServer) -> None:
    server.stop()

    with open_post() as post:
        assert post is not None
        with pytest.raises(MailServerDown) as told:
            post.hand_over(a_letter())

    assert "127.0.0.1" in told.value.sentence("en")
    assert "邮件服务器 127.0.0.1 连不上" in told.value.sentence("zh-Hans")


@pytest.mark.parametrize("address", ["not an address", "a@b@c", "li@example.com\nBcc: x@y.z"])
def test_a_broken_address_never_reaches_the_server(server: MailServer, address: str) -> None:
    with open_post() as post:
        assert post is not None
        with pytest.raises(ValueError, match=r"address|newline|header|Invalid|@"):
            post.hand_over(a_letter(address))

    assert server.received == []


def test_without_a_host_there_is_no_post() -> None:
    with open_post() as post:
        assert post is None
