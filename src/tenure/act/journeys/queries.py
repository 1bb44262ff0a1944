"""What comes next for one customer, and why it would not (TOP-09)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from tenure.act.channels.registry import carried
from tenure.act.journeys.due import named_for
from tenure.act.journeys.forks import is_on_branch
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.moments import Under, leaves_on
from tenure.act.journeys.rules import channels_of, send_key
from tenure.act.journeys.versions import journey_of
from tenure.act.messages.reasons import REASONS, told
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Clock, Journey, Step
from tenure.strategy.messages import MessageClass, MessageTemplate
from tenure.strategy.rules import features_of, holds
from tenure.strategy.sections import Strategy
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step that lies ahead of a term, or is open now; `why_not` says what stands against it."""

    term_id: int
    journey: Sentence
    step: Sentence
    on: date
    template: str
    message: Message | None
    why_not: Sentence | None


@dataclass(frozen=True, slots=True)
class _Reader:
    """What decides whether a step reaches somebody."""

    is_held_out: bool
    is_minor: bool
    channels: frozenset[str]
    allows_marketing: bool


def next_steps(account_id: int, *, as_of: date) -> list[NextStep]:
    """The steps ahead of an account's live terms, in the order of time, as known on a day."""
    strategy = current().at(as_of)
    terms = list(
        Term.objects.select_related("account", "subscription").filter(
            account_id=account_id, state__in=("running", "cancelling"), ends_on__gt=as_of
        )
    )
    rows = features_of_terms({term.pk for term in terms}, as_of=as_of)
    reader = _reader(account_id, strategy=strategy)
    kept = kept_by({term.pk for term in terms})
    found = [
        step
        for term in terms
        for under in journeys_of(term, strategy=strategy, row=rows.get(term.pk), kept=kept[term.pk])
        for step in _ahead(term, under, reader=reader, strategy=strategy, as_of=as_of)
    ]
    return sorted(found, key=lambda one: (one.on, one.term_id))


type Kept = Mapping[tuple[str, str], str]  # journey and entry → version


def kept_by(terms: Collection[int]) -> Mapping[int, Kept]:
    """Term → the journeys that it is in, each by its entry, with the version that it keeps."""
    found: dict[int, dict[tuple[str, str], str]] = {term: {} for term in terms}
    rows = Enrolment.objects.filter(term__in=terms, left_at__isnull=True)
    for term, journey, entry, version in rows.order_by("entry").values_list(
        "term_id", "journey", "entry", "version"
    ):
        found[term][journey, entry] = version
    return found


def journeys_of(
    term: Term, *, strategy: Strategy, row: Mapping[str, Any] | None, kept: Kept
) -> Iterator[Under]:
    """The journeys that mean a term, each in the version that the term keeps.

    One that a tag or an event starts means those who are in it.
    """
    for journey in strategy.journeys.values():
        if journey.clock is Clock.ENTRY:
            yield from _entered(journey, strategy=strategy, kept=kept)
            continue
        version = kept.get((journey.id, ""), journey.version)
        own = journey_of(strategy, journey.id, version=version) or journey
        # What this row does not hold (scores, tags, events) is read when the day comes.
        if row is None or features_of(own.applies) - row.keys() or holds(own.applies, row):
            yield Under(own)


def _entered(journey: Journey, *, strategy: Strategy, kept: Kept) -> Iterator[Under]:
    for (name, entry), version in kept.items():
        if name == journey.id:
            yield Under(journey_of(strategy, name, version=version) or journey, entry)


def _ahead(
    term: Term, under: Under, *, reader: _Reader, strategy: Strategy, as_of: date
) -> Iterator[NextStep]:
    journey = under.journey
    for step in journey.steps:
        on = _due_on(under, step, term=term, as_of=as_of)
        if on is None or not is_on_branch(journey, step, account_id=term.account_id):
            continue
        named = named_for(step, on=on, entry=under.entry)
        key = send_key(journey.id, step=named.id, term_id=term.pk)
        message = Message.objects.filter(send_key=key).first()
        template = strategy.messages.get(message.template if message else step.message)
        why_not = _why_not(term, step, template=template, reader=reader)
        if message is not None:
            why_not = told(message.reason, strategy=strategy) if message.reason else None
        yield NextStep(
            term_id=term.pk,
            journey=journey.name,
            step=step.name,
            on=on,
            template=template.id if template else step.message or step.webhook,
            message=message,
            why_not=why_not,
        )


def _due_on(under: Under, step: Step, *, term: Term, as_of: date) -> date | None:
    """The first day on which a step is due; None where its window is over."""
    if under.journey.clock is not Clock.END:
        leaves = leaves_on(under, step, term=term, on=as_of)
        return None if leaves is None else leaves - timedelta(days=1)
    if step.days_before - step.valid_days >= (term.ends_on - as_of).days:
        return None
    return term.ends_on - timedelta(days=step.days_before)


def _why_not(
    term: Term, step: Step, *, template: MessageTemplate | None, reader: _Reader
) -> Sentence | None:
    """What would keep the step's own message back today."""
    if term.state == "cancelling":
        return REASONS["cancelling"]
    if step.webhook:
        return REASONS["holdout"] if reader.is_held_out else None
    if template is None:
        return REASONS["no_template"]
    if not template.reaches_holdout and reader.is_held_out:
        return REASONS["holdout"]
    if not template.reaches_holdout and reader.is_minor:
        return REASONS["minor"]
    if not reader.channels.intersection(channels_of(step, template, carried=carried())):
        return REASONS["no_address"]
    if template.message_class is MessageClass.MARKETING and not reader.allows_marketing:
        return REASONS["no_consent"]
    return None


def _reader(account_id: int, *, strategy: Strategy) -> _Reader:
    person = (
        Person.objects.select_related("account")
        .filter(account_id=account_id, is_primary=True)
        .order_by("pk")
        .first()
    )
    if person is None:
        return _Reader(False, False, frozenset(), False)
    points = ContactPoint.objects.filter(person=person, bounced_at__isnull=True)
    allowed = Consent.objects.filter(person=person, purpose="marketing", withdrawn_at__isnull=True)
    return _Reader(
        is_held_out=person.account.holdout_bucket < strategy.experiments.holdout_below,
        is_minor=person.is_minor,
        channels=frozenset(points.values_list("channel", flat=True)),
        allows_marketing=allowed.exists(),
    )


def features_of_terms(terms: set[int], *, as_of: date) -> Mapping[int, Mapping[str, Any]]:
    """Term → its features of the last filled day."""
    import narwhals.stable.v2 as nw

    if not terms:
        return {}
    with open_engine(settings.TENURE_ENGINE) as engine:
        features = current_store().read_latest(
            FEATURES, on_or_before=day_number(as_of), engine=engine
        )
        rows = engine.collect(features.filter(nw.col("term_id").is_in(sorted(terms))))
    return {row["term_id"]: row for row in rows.to_pylist()}
