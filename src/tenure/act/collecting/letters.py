"""Write to the customer about a deduction: one message for each channel that is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tenure.act.channels.registry import carried
from tenure.kernel.clock import instant
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Person
from tenure.records.customers.queries import primary_person, usable_points
from tenure.records.rows import insert_rows
from tenure.strategy.messages import Channel, MessageTemplate
from tenure.strategy.sections import Strategy

JOURNEY = "collecting"
_COLUMNS = (
    "send_key", "account_id", "person_id", "term_id", "journey", "journey_version", "step",
    "template", "message_class", "channel", "language", "address", "state", "planned_at",
    "send_after", "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about: which step of which term, and the last day on which it may go."""

    account_id: int
    term_id: int
    step: str
    last_on: date


def key_of(subject: Subject, channel: str) -> str:
    """The key under which a letter exists once: a step of a term on a channel."""
    return f"{JOURNEY}:{subject.step}:{subject.term_id}:{channel}"


def reachable(account_id: int, wanted: Sequence[Channel]) -> tuple[Person | None, dict[str, str]]:
    """The person whom letters go to, and channel → address of the wanted ones that are carried."""
    person = primary_person(account_id)
    if person is None:
        return None, {}
    points = {one.channel: one.address for one in usable_points(person.pk)}
    here = carried()
    found = {
        str(channel): points[channel]
        for channel in wanted
        if channel in points and channel in here and channel is not Channel.PHONE
    }
    return person, found


def write(
    subject: Subject,
    template: MessageTemplate,
    *,
    ways: Mapping[str, str],
    strategy: Strategy,
    at: datetime,
) -> int:
    """Plan one message for each way (channel → address) that is not planned yet; how many."""
    person = primary_person(subject.account_id)
    if person is None or not ways:
        return 0
    expires_at = instant(subject.last_on + timedelta(days=1), time(0), zone=strategy.business.zone)
    rows = (
        (
            key_of(subject, channel), subject.account_id, person.pk, subject.term_id, JOURNEY,
            strategy.short_hash, subject.step, template.id, template.message_class, channel,
            person.language, address, MessageState.PLANNED, at, at, expires_at,
        )
        for channel, address in ways.items()
        if Channel(channel) in template.renderings
    )  # fmt: skip
    return insert_rows(Message, rows, columns=_COLUMNS)


def letters_of(term_ids: Iterable[int], *, templates: Iterable[str]) -> list[Message]:
    """What was written to the customers of terms with these messages, whoever planned it."""
    found = Message.objects.filter(term_id__in=list(term_ids), template__in=list(templates))
    return list(found.exclude(send_key__contains="~").order_by("pk"))
