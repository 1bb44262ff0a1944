"""Real SMTP to the rehearsal's post office."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail.backends.smtp import EmailBackend

from tenure.act.messages.post import SmtpPost
from tenure.world.post_office import PostOffice
from tenure.world.smtp_desk import HOST

_TIMEOUT_S = 15


class LoopbackPost(SmtpPost):
    """A line to a post office that keeps one copy of each Message-ID.

    A letter handed over twice arrives once, so the sender may write down what it did batch by
    batch; towards a server that is really somewhere else it does so letter by letter.
    """

    is_remote = False


@contextmanager
def line_to(office: PostOffice) -> Iterator[LoopbackPost]:
    """An open line for as long as the block runs."""
    mailer = EmailBackend(host=HOST, port=office.port, timeout=_TIMEOUT_S, alias="default")
    try:
        yield LoopbackPost(mailer, host=HOST)
    finally:
        mailer.close()
