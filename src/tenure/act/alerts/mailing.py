"""Notices by e-mail, to whoever of the business asked for it (R-U-045)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from typing import Final

from django.core.mail import EmailMessage

from tenure.act.alerts.rules import FORGETS, digest
from tenure.act.channels.models import StaffNotice
from tenure.act.messages.envelope import identity
from tenure.act.messages.post import Handover, MailServerDown, Post
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import current
from tenure.strategy.business import Business

MAIL: Final = "email"
NO_SERVER: Final = "no_mail_server"
#: Whoever was written to is written to again after so long: what came meanwhile is one mail.
PAUSE: Final = timedelta(minutes=15)
_OUTCOMES: Final = {
    Handover.ACCEPTED: StaffNotice.Outcome.SENT,
    Handover.REFUSED: StaffNotice.Outcome.FAILED,
    Handover.DEAD: StaffNotice.Outcome.FAILED,
    Handover.LATER: StaffNotice.Outcome.WAITING,
}
_SEVERAL: Final = Sentence(zh="{count} 条提醒", en="{count} alerts")
_WHY: Final = Sentence(
    zh="您在控制台的“通知”页登记了这个地址；在那里可以关闭。",
    en="Somebody entered this address under Notices in the console; it is taken away there.",
)


def mail_due(*, post: Post | None, at: datetime) -> int:
    """Write to everybody for whom something waits, one mail each; how many notices were said.

    The mark stands before a mail leaves; what is in doubt is not written again. Where nobody
    takes mails they wait, for a day at most.
    """
    due = StaffNotice.objects.filter(
        channel=MAIL, outcome=StaffNotice.Outcome.WAITING, send_after__lte=at
    )
    due.filter(written_at__lte=at - FORGETS).update(
        outcome=StaffNotice.Outcome.FAILED, code="too_late"
    )
    if post is None:
        due.update(send_after=at + PAUSE, code=NO_SERVER)
        return 0
    waiting: dict[str, list[StaffNotice]] = {}
    for one in due.order_by("pk")[:500]:
        waiting.setdefault(one.address, []).append(one)
    said = StaffNotice.objects.filter(channel=MAIL, address__in=waiting, sent_at__gt=at - PAUSE)
    rest = dict(said.order_by("sent_at").values_list("address", "sent_at"))
    for address, sent_at in rest.items():
        assert sent_at is not None, "it was asked for those that were sent"
        due.filter(address=address).update(send_after=sent_at + PAUSE)
    written = (batch for address, batch in waiting.items() if address not in rest)
    return sum(_written(batch, post=post, at=at) for batch in written)


def _written(batch: Sequence[StaffNotice], *, post: Post, at: datetime) -> int:
    rows = StaffNotice.objects.filter(pk__in=[one.pk for one in batch])
    rows.update(outcome=StaffNotice.Outcome.SENDING)
    try:
        said, code = post.hand_over(_mail(batch, business=current().business, at=at))
    except MailServerDown:
        rows.update(
            outcome=StaffNotice.Outcome.WAITING, code=MailServerDown.code, send_after=at + PAUSE
        )
        return 0
    except ValueError:
        rows.update(outcome=StaffNotice.Outcome.FAILED, code="bad_address")
        return 0
    rows.update(outcome=_OUTCOMES[said], code=code[:80])
    if said is Handover.LATER:
        rows.update(send_after=at + PAUSE)
    elif said is Handover.ACCEPTED:
        rows.update(sent_at=at)
    return len(batch) if said is Handover.ACCEPTED else 0


def _mail(batch: Sequence[StaffNotice], *, business: Business, at: datetime) -> EmailMessage:
    """One mail of one or many notices, the same each time it is composed."""
    language, texts = business.language, [one.text for one in batch]
    name, (_, _, domain) = business.name.say(language), business.sender_email.rpartition("@")
    several = f"{name} · {_SEVERAL.fill(count=len(texts)).say(language)}"
    body = texts[0] if len(texts) == 1 else digest(texts, language=language)
    key = ",".join(one.once_key for one in batch)
    return EmailMessage(
        subject=texts[0] if len(texts) == 1 else several,
        body=f"{body}\n\n{_WHY.say(language)}\n",
        from_email=business.sender_email,
        to=[batch[0].address],
        headers={
            "From": formataddr((name, business.sender_email)),
            "Message-ID": identity(f"{batch[0].address}:{key}", domain=domain),
            "Date": format_datetime(at),
            "Content-Language": language,
            "Auto-Submitted": "auto-generated",
        },
    )
