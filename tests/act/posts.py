"""Somebody who carries letters and remembers them."""

from collections.abc import Callable

from django.core.mail import EmailMessage

from tenure.act.messages.post import Handover, MailServerDown

ACCEPTED = (Handover.ACCEPTED, "250")


class Postbag:
    """Takes every letter, or says to some readers what `answers` holds."""

    is_remote = True

    def __init__(self, answers: dict[str, tuple[Handover, str]] | None = None) -> None:
        self.letters: list[EmailMessage] = []
        self.answers = answers or {}
        self.dies_after: int | None = None
        self.before_each: Callable[[], None] | None = None

    def hand_over(self, email: EmailMessage) -> tuple[Handover, str]:
        email.message().as_bytes()
        if self.dies_after is not None and len(self.letters) >= self.dies_after:
            raise MailServerDown(host="mail.test", why="gone")
        if self.before_each is not None:
            self.before_each()
        for address, answer in self.answers.items():
            if address in email.to[0]:
                return answer
        self.letters.append(email)
        return ACCEPTED

    @property
    def readers(self) -> list[str]:
        """Whom a letter went to, in order."""
        return [email.to[0].split("<")[-1].rstrip(">") for email in self.letters]
