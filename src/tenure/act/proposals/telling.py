"""Tell customers what was approved for them: a message or a call, each once, on its day."""

from datetime import date, datetime, time

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from tenure.act.journeys.due import Due
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.sorting import Opening
from tenure.act.journeys.versions import Version
from tenure.decide.proposals.journeys import journey_of
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.states import ProposalState
from tenure.kernel.clock import instant
from tenure.records.contacts.models import Message
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.states import LIVE
from tenure.records.success.models import ToDo


def tell_plans(*, as_of: date, at: datetime, by: str = "loop") -> Planned:
    """Plan the message or the call of every approved plan whose day has come; each once (AI-01).

    Consent, caps, quiet hours and the holdout hold at the sender, as for everything else.
    """
    on, done = business_day(at), Planned()
    strategy = current().at(on)
    for plan in _untold(on):
        journey = journey_of(plan, strategy=strategy)
        until = instant(plan.term.ends_on, time(0), zone=strategy.business.zone)
        if until <= at:
            continue
        opening = Opening(Due((plan.term_id,), ()), {plan.term.ends_on: until})
        version = Version(journey, strategy, journey.version)
        plan_step(
            version,
            journey.steps[0],
            opening=opening,
            occasion=Occasion(as_of, at, by),
            done=done,
        )
    return done


def _untold(on: date) -> list[Proposal]:
    """Approved plans whose day has come and for which nothing was planned yet."""
    named = Concat(Value("plan-"), Cast(OuterRef("pk"), CharField()))
    messages = Message.objects.filter(term=OuterRef("term"), journey=named)
    calls = ToDo.objects.filter(
        term=OuterRef("term"), once_key__startswith=Concat(Value("call:"), named, Value(":"))
    )
    rows = Proposal.objects.filter(
        ~Exists(messages),
        ~Exists(calls),
        state=ProposalState.APPROVED,
        send_on__lte=on,
        term__state__in=LIVE,
    ).exclude(channel="")
    return list(rows.select_related("term").order_by("pk"))
