"""A text as one real customer would read it today, under a strategy that is not in force yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tenure.act.journeys.foresight import UNWRITTEN
from tenure.act.messages.batches import Round, written
from tenure.act.messages.facts import candidates_of
from tenure.act.messages.reasons import told
from tenure.act.messages.rendering import Rendered
from tenure.act.messages.usage import usage_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import Person
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Journey
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

_OPEN = timedelta(days=1)


class NobodyToPreview(Refusal):
    """A customer that is not there, or has no term or person."""

    code = "nobody_to_preview"
    said = Sentence(
        zh="没有编号为“{number}”、有进行中周期和联系人的客户；请换一个编号。",
        en="No customer “{number}” has a running term and somebody to write to; choose another.",
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """One step as a customer would read it, or why it would not be written."""

    step: str
    channel: str
    text: Rendered
    why_not: Sentence | None


def previews(
    journey: Journey, number: str, *, strategy: Strategy, on: date, at: datetime
) -> list[Preview]:
    """Every step of a journey on its first channel, for a real customer.

    Args:
        number: the customer's number in the source system; the first customer when empty.
    Raises:
        NobodyToPreview
    """
    term, person = _reader(number)
    steps = [(step, step.channels[0]) for step in journey.steps if step.channels]
    written_steps = [(step, one) for step, one in steps if one is not Channel.PHONE]
    rows = [
        _row(term, person, at=at)
        | {
            "pk": UNWRITTEN + place,
            "send_key": f"{journey.id}:{step.id}:{term.pk}",
            "journey": journey.id,
            "step": step.id,
            "template": step.message,
            "message_class": str(step.message_class),
            "channel": str(channel),
        }
        for place, (step, channel) in enumerate(written_steps)
    ]
    strategy = strategy.at(on)
    round_ = Round(strategy, at, on, usage_of([term.account_id], on=on))
    texts = written(candidates_of(rows, strategy=strategy, at=at), round_=round_)
    return [
        Preview(step.id, channel, text, told(why, strategy=strategy) if why else None)
        for (step, channel), (text, why, _) in zip(written_steps, texts, strict=True)
    ]


def _reader(number: str) -> tuple[Term, Person]:
    terms = Term.objects.filter(state="running").select_related("account", "subscription")
    if number:
        terms = terms.filter(account__external_id=number)
    term = terms.order_by("ends_on", "pk").first()
    persons = Person.objects.filter(account=term.account_id if term else None, is_primary=True)
    person = persons.order_by("pk").first()
    if term is None or person is None:
        raise NobodyToPreview(number=number)
    return term, person


def _row(term: Term, person: Person, *, at: datetime) -> dict[str, Any]:
    account = term.account
    return {
        "person_id": person.pk,
        "account_id": account.pk,
        "term_id": term.pk,
        "language": person.language,
        "address": "",
        "decision_id": None,
        "attempts": 0,
        "planned_at": at,
        "send_after": at,
        "expires_at": at + _OPEN,
        "person__name": person.name,
        "person__zone": person.zone,
        "person__is_minor": person.is_minor,
        "person__preferred_from": person.preferred_from,
        "person__preferred_until": person.preferred_until,
        "account__zone": account.zone,
        "account__country": account.country,
        "account__holdout_bucket": account.holdout_bucket,
        "term__state": term.state,
        "term__subscription_id": term.subscription_id,
    }
