"""CHN-03, R-C-032: what comes back by mail, from servers that follow the RFCs and from others."""

import pytest

from tenure.act.messages.bounces import Return, Returned, read
from tenure.act.messages.envelope import return_path
from tenure.act.messages.tokens import message_of, token_of

DOMAIN = "lanjiang.example"


def to_us(message_id: int = 7) -> str:
    return return_path(message_id, domain=DOMAIN)


def a_report(status: str, *, action: str = "failed", diagnostic: str = "", text: str = "") -> bytes:
    """A delivery status notification as RFC 3464 asks for it."""
    return f"""\
From: MAILER-DAEMON@mx.example.com
To: {to_us()}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{text or "This is the mail system."}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; gone@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b--
""".encode()


def a_note(text: str, *, charset: str = "utf-8", sender: str = "postmaster@qq.com") -> bytes:
    """A plain text from a server that knows no report."""
    head = f"""\
From: {sender}
To: {to_us()}
Subject: returned
MIME-Version: 1.0
Content-Type: text/plain; charset={charset}
Content-Transfer-Encoding: 8bit

""".encode()
    return head + text.encode(charset)


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (a_report("5.1.1", diagnostic="550 5.1.1 user unknown"), Return.HARD, "5.1.1"),
        (a_report("5.1.10", diagnostic="550 5.1.10 RESOLVER.ADR"), Return.HARD, "5.1.10"),
        (a_report("5.1.2", diagnostic="host not found"), Return.HARD, "5.1.2"),
        (a_report("5.2.1", diagnostic="550 mailbox disabled"), Return.HARD, "5.2.1"),
        (a_report("5.7.1", diagnostic="550 blocked"), Return.REFUSED, "5.7.1"),
        (a_report("5.2.2", diagnostic="552 mailbox full"), Return.SOFT, "5.2.2"),
        (a_report("4.2.2", diagnostic="452 over quota"), Return.SOFT, "4.2.2"),
        (a_report("4.4.1", action="delayed"), Return.SOFT, "4.4.1"),
        (a_report("4.7.0", action="delayed", diagnostic="421 try later"), Return.SOFT, "4.7.0"),
        (a_note("550 5.1.1 <gone@gmail.com>: user does not exist"), Return.HARD, "5.1.1"),
        (a_note("host mx.qq.com said: 550 Mailbox not found"), Return.HARD, "5.0.0"),
        (a_note("收件人 gone@qq.com 不存在，邮件无法送达。"), Return.HARD, "5.1.1"),
        (a_note("该邮箱地址无效", sender="postmaster@163.com"), Return.HARD, "5.1.1"),
        (a_note("用户已注销", charset="gbk", sender="postmaster@163.com"), Return.HARD, "5.1.1"),
        (a_note("对方邮箱容量不足", sender="postmaster@163.com"), Return.SOFT, "4.2.2"),
        (a_note("收件箱空间已满", charset="gb18030"), Return.SOFT, "4.2.2"),
        (a_note("554 5.7.1 spam discarded", sender="x@aliyun.com"), Return.REFUSED, "5.7.1"),
        (a_note("421 service not available", sender="x@aliyun.com"), Return.SOFT, "4.0.0"),
        (a_note("remote said: 450 4.2.0 greylisted"), Return.SOFT, "4.2.0"),
        (a_note("账号被禁用", sender="x@aliyun.com"), Return.HARD, "5.1.1"),
    ],
)
def test_what_came_back_is_understood(raw: bytes, kind: Return, code: str) -> None:
    assert read(raw) == Returned(7, kind, code)


def test_a_complaint_is_read_with_its_message() -> None:
    """RFC 5965: the reader pressed “this is spam”."""
    raw = f"""\
From: feedback@isp.example
To: abuse@{DOMAIN}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A user complained.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Mail-From: <{to_us(9)}>

--b
Content-Type: message/rfc822

Return-Path: <{to_us(9)}>
Subject: hello

text

--b--
""".encode()

    assert read(raw) == Returned(9, Return.COMPLAINT, "complaint")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"To: b+77777uffffffffffffffff@lanjiang.example\r\n\r\n550 5.1.1 gone",
        b"To: someone@lanjiang.example\r\n\r\n550 5.1.1 gone",
        a_note("Thank you, I will renew tomorrow."),
    ],
)
def test_what_says_nothing_about_our_messages_is_left_alone(raw: bytes) -> None:
    assert read(raw) is None


def test_a_token_names_one_message_for_one_purpose() -> None:
    token = token_of(7, purpose="bounce")

    assert message_of(token, purpose="bounce") == 7
    assert message_of(token.upper(), purpose="bounce") == 7
    assert message_of(token, purpose="unsubscribe") is None
    assert message_of(token_of(8, purpose="bounce")[:1] + token[1:], purpose="bounce") is None
    assert message_of("", purpose="bounce") is None
    assert message_of("u", purpose="bounce") is None


def test_a_report_of_delivery_is_the_receipt_of_a_mail() -> None:
    """R-A-013: delivered is proof; relayed and expanded are not."""
    assert read(a_report("2.0.0", action="delivered")) == Returned(7, Return.DELIVERED, "delivered")
    assert read(a_report("2.0.0", action="relayed")) is None
    assert read(a_report("2.0.0", action="expanded")) is None
