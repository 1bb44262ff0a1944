"""Handing an e-mail over: to a mail server, or to a drawer when a day is only rehearsed."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend

from tenure.act.messages.dkim import Signer, signed, signer_of
from tenure.act.messages.smtp import send_letter
from tenure.act.messages.wire import bytes_of, plain_address
from tenure.kernel.failures import Outage, Sentence

_DEAD_ADDRESS = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b|\b5\.2\.1\b")
_TRIES = 2


class Handover(StrEnum):
    """What a mail server said."""

    ACCEPTED = "accepted"
    LATER = "later"  # not now, for this recipient: 4xx
    REFUSED = "refused"  # never, for this message: 5xx
    DEAD = "dead"  # never again, for this address: 5.1.x


class MailServerDown(Outage):
    """Nobody took the mail."""

    code = "mail_server_down"
    said = Sentence(
        zh="邮件服务器 {host} 连不上（{why}）；未发出的邮件仍在等待，稍后自动重试。",
        en="The mail server {host} cannot be reached ({why}); what was not sent waits and is "
        "tried again.",
    )


class Post(Protocol):
    """Whoever carries e-mails away."""

    is_remote: bool

    def hand_over(self, email: EmailMessage) -> tuple[Handover, str]:
        """Give one e-mail away; what was said, and the server's code.

        Raises:
            MailServerDown: no connection, also not on a second attempt.
            ValueError: the e-mail cannot be written, for example to a broken address.
        """
        ...


class Drawer:
    """Takes everything and keeps nothing: for a rehearsal, where nobody is really written to."""

    is_remote = False

    def hand_over(self, email: EmailMessage) -> tuple[Handover, str]:
        assert email.to, "an e-mail has a reader"
        return Handover.ACCEPTED, "250"


class SmtpPost:
    """One connection to the mail server for as long as it lasts."""

    is_remote = True

    def __init__(self, mailer: EmailBackend, *, host: str) -> None:
        self._mailer = mailer
        self._host = host

    def hand_over(self, email: EmailMessage) -> tuple[Handover, str]:
        for last in [False] * (_TRIES - 1) + [True]:
            try:
                return self._once(email)
            except (OSError, smtplib.SMTPServerDisconnected) as error:
                # SMTPException is an OSError too; answers of a living server were read in _once.
                self._forget_connection()
                if last:
                    raise MailServerDown(host=self._host, why=str(error)) from error
        raise AssertionError("the last attempt returns or raises")

    def _once(self, email: EmailMessage) -> tuple[Handover, str]:
        try:
            self._mailer.open()
            connection = self._mailer.connection
            assert connection is not None, "it was just opened"
            sender = self._mailbox(email.from_email)
            (reader,) = map(self._mailbox, email.recipients())
            send_letter(connection, _sealed(email), sender=sender, reader=reader)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return _said(code, words)
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 421 or isinstance(error, smtplib.SMTPConnectError):
                raise smtplib.SMTPServerDisconnected(str(error)) from error
            return _said(error.smtp_code, error.smtp_error)
        return Handover.ACCEPTED, "250"

    def _mailbox(self, address: str) -> str:
        return plain_address(address) or str(self._mailer.prep_address(address))

    def _forget_connection(self) -> None:
        """Close what is left of a connection; a dead one may fail at that too."""
        try:
            self._mailer.close()
        except (OSError, smtplib.SMTPException):
            self._mailer.connection = None


@contextmanager
def open_post() -> Iterator[Post | None]:
    """The configured mail server for one round of sending, or None where there is none."""
    if not settings.TENURE_SMTP_HOST:
        yield None
        return
    mailer = mailers["default"]
    assert isinstance(mailer, EmailBackend), "the default mailer speaks SMTP"
    post = SmtpPost(mailer, host=settings.TENURE_SMTP_HOST)
    try:
        yield post
    finally:
        post._forget_connection()


def own_signer(domain: str) -> Signer | None:
    """Who signs the letters of a domain here; None where no key is configured.

    Raises:
        BadSigningKey: what is configured is no key.
    """
    if not settings.TENURE_DKIM_KEY:
        return None
    selector = settings.TENURE_DKIM_SELECTOR
    return signer_of(settings.TENURE_DKIM_KEY, selector=selector, domain=domain)


def _sealed(email: EmailMessage) -> bytes:
    """A letter with our signature, where a key is configured (DKIM)."""
    whole = bytes_of(email)
    if not settings.TENURE_DKIM_KEY:
        return whole
    author = str(email.extra_headers.get("From", email.from_email))
    signer = own_signer(parseaddr(author)[1].rpartition("@")[2])
    return whole if signer is None else signed(whole, signer=signer)


def _said(code: int, words: bytes | str) -> tuple[Handover, str]:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    enhanced = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", text)
    shown = f"{code} {enhanced.group()}" if enhanced else str(code)
    if 400 <= code < 500:
        return Handover.LATER, shown
    return (Handover.DEAD if _is_dead(code, text) else Handover.REFUSED), shown


def _is_dead(code: int, text: str) -> bool:
    """Whether the address itself is gone; a bare 550 to a recipient means so by RFC 5321."""
    if re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", text):
        return bool(_DEAD_ADDRESS.search(text))
    return code in (550, 551, 553)
