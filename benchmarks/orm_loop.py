"""The alternative to planning set at a time: one customer after the other through the ORM.

It does for each term what a lifecycle tool's worker does: enrol, look which step is due, look
whether it was sent, whom to tell, what they allowed, what was decided, and save one message.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from tenure.act.journeys.models import Enrolment
from tenure.decide.decisions.models import Decision
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import Journey, Step
from tenure.strategy.sections import Strategy

HORIZON_DAYS = 181


def plan(strategy: Strategy, *, as_of: date, at: datetime, one_in: int = 1) -> dict[str, object]:
    """Plan the day for every running term of the base, or for one term in so many.

    Each term is a transaction of its own and costs the same whoever else is planned, so the time
    of a sample tells the time of all.
    """
    planned = seen = 0
    running = Term.objects.filter(state=TermState.RUNNING)
    for term in running.annotate(place=F("pk") % one_in).filter(place=0).iterator(chunk_size=2_000):
        seen += 1
        for journey in strategy.journeys.values():
            with transaction.atomic():
                planned += _plan_one(term, journey, strategy=strategy, as_of=as_of, at=at)
    return {"terms": seen, "of": running.count(), "messages": planned}


def _plan_one(
    term: Term, journey: Journey, *, strategy: Strategy, as_of: date, at: datetime
) -> int:
    days_left = (term.ends_on - as_of).days
    if days_left >= HORIZON_DAYS:
        return 0
    Enrolment.objects.get_or_create(
        journey=journey.id,
        term=term,
        defaults={
            "account_id": term.account_id,
            "version": journey.version,
            "strategy_hash": strategy.hash,
            "ends_on": term.ends_on,
            "enrolled_at": at,
        },
    )
    planned = 0
    for step in journey.steps:
        if step.days_before - step.valid_days < days_left <= step.days_before:
            planned += _plan_step(term, step, journey=journey, strategy=strategy, at=at)
    return planned


def _plan_step(
    term: Term, step: Step, *, journey: Journey, strategy: Strategy, at: datetime
) -> int:
    key = f"{journey.id}:{step.id}:{term.pk}"
    if Message.objects.filter(send_key=key).exists():
        return 0
    person = Person.objects.filter(account_id=term.account_id, is_primary=True).first()
    if person is None:
        return 0
    point = ContactPoint.objects.filter(
        person=person, channel="email", bounced_at__isnull=True
    ).first()
    allowed = Consent.objects.filter(
        person=person, channel="email", withdrawn_at__isnull=True
    ).exists()
    decision = Decision.objects.filter(term=term, step=step.id).first() if step.decides else None
    if point is None or not allowed:
        return 0
    template = strategy.messages[step.message]
    Message(
        send_key=key,
        account_id=term.account_id,
        person=person,
        term=term,
        journey=journey.id,
        journey_version=journey.version,
        step=step.id,
        template=template.id,
        message_class=template.message_class,
        channel="email",
        language=person.language,
        address=point.address,
        decision_id=None if decision is None else decision.pk,
        planned_at=at,
        send_after=at,
        expires_at=at + timedelta(days=step.valid_days),
    ).save()
    return 1
