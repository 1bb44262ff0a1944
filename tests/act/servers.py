"""A mail server on loopback that keeps what it receives."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.postgres import free_port

MAILER = "django.core.mail.backends.smtp.EmailBackend"


def read(envelope: Envelope) -> EmailMessage:
    """The mail inside an envelope."""
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, policy=policy.default)


class _Counting(Controller):
    """Counts connections."""

    connections = 0

    def factory(self) -> SMTP:
        self.connections += 1
        return SMTP(self.handler, hostname="mx.test", enable_SMTPUTF8=True)


class MailServer:
    """Receives on loopback; says to some readers what `answers` holds."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.after_letters: tuple[int, Callable[[], None]] | None = None
        self._controller = self._made(free_port())

    def _made(self, port: int) -> _Counting:
        return _Counting(self, hostname="127.0.0.1", port=port)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        if self.after_letters is not None and len(self.received) == self.after_letters[0]:
            self.after_letters[1]()
        return "250 OK"

    @property
    def connections(self) -> int:
        """How many there were, without the one with which the server tries itself out."""
        return self._controller.connections - 1

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def use(self, settings: Any) -> None:
        """Make it the configured mail server."""
        settings.TENURE_SMTP_HOST = "127.0.0.1"
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        settings.MAILERS = {"default": {"BACKEND": MAILER, "OPTIONS": options}}

    def restart(self) -> None:
        """Go away, with every connection, and come back on the same port."""
        port = self.port
        self.stop()
        self._controller = self._made(port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller.server is not None:
            self._controller.stop()

    def letters(self) -> list[EmailMessage]:
        """Every mail that was received, in order."""
        return [read(one) for one in self.received]

    def letters_to(self, address: str) -> list[EmailMessage]:
        """The mails that a reader got, in order."""
        return [read(one) for one in self.received if address in one.rcpt_tos]

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
