"""One letter over an open SMTP connection, in as few turns as its server allows.

`smtplib` waits for an answer after each command: four turns a letter. A server that announces
PIPELINING (RFC 2920), which nearly all do, takes the first three commands at once.
"""

import re
import smtplib
from collections.abc import Iterator
from contextlib import suppress

_DOT = re.compile(rb"(?m)^\.")
_CRLF, _END = b"\r\n", b".\r\n"
_GO_ON = 354
_TAKEN = (250, 251)
_CLOSING = 421


def send_letter(connection: smtplib.SMTP, content: bytes, *, sender: str, reader: str) -> None:
    """Hand a letter to one reader over.

    Raises:
        SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError: what the server said.
        SMTPServerDisconnected, OSError: it is gone.
    """
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("pipelining"):
        connection.sendmail(sender, [reader], content)
        return
    connection.send(_CRLF.join(_commands(connection, content, sender=sender, reader=reader)))
    answers = [_answer(connection) for _ in range(3)]
    refused = _refusal(answers, sender=sender, reader=reader)
    is_open = answers[2][0] == _GO_ON
    if is_open:
        # What nobody is to have ends at once; a letter ends with its last line.
        quoted = _DOT.sub(b"..", content)
        whole = quoted if quoted.endswith(_CRLF) else quoted + _CRLF
        connection.send(_END if refused else whole + _END)
        code, words = _answer(connection)
        if refused is None and code not in _TAKEN:
            refused = smtplib.SMTPDataError(code, words)
    if refused is not None:
        with suppress(smtplib.SMTPServerDisconnected):
            connection.rset()
        raise refused


def _commands(
    connection: smtplib.SMTP, content: bytes, *, sender: str, reader: str
) -> Iterator[bytes]:
    size = f" SIZE={len(content)}" if connection.has_extn("size") else ""
    yield f"MAIL FROM:<{sender}>{size}".encode("ascii")
    yield f"RCPT TO:<{reader}>".encode("ascii")
    yield b"DATA"
    yield b""


def _refusal(
    answers: list[tuple[int, bytes]], *, sender: str, reader: str
) -> smtplib.SMTPException | None:
    """The first thing that the server did not like; what follows only follows from it."""
    (mail, why_mail), (to, why_to), (data, why_data) = answers
    if mail != _TAKEN[0]:
        return smtplib.SMTPSenderRefused(mail, why_mail, sender)
    if to not in _TAKEN:
        return smtplib.SMTPRecipientsRefused({reader: (to, why_to)})
    if data != _GO_ON:
        return smtplib.SMTPDataError(data, why_data)
    return None


def _answer(connection: smtplib.SMTP) -> tuple[int, bytes]:
    """The next answer; a server that closes says so instead, and answers nothing more."""
    code, words = connection.getreply()
    if code == _CLOSING:
        connection.close()
        raise smtplib.SMTPServerDisconnected(words.decode("utf-8", "replace"))
    return code, words
