"""Tell the customers of a campaign what was chosen for them: messages and calls, each once."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef

from tenure.act.journeys.due import Due
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.sorting import Opening
from tenure.act.journeys.versions import Version
from tenure.decide.campaigns.journeys import STEP, journey_of
from tenure.decide.decisions.models import Decision
from tenure.kernel.clock import instant
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import running
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.contacts.models import Message
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy


def tell_due(*, as_of: date, at: datetime, by: str = "loop") -> Planned:
    """Plan the message or the call of every choice of a running campaign; each once (TOP-04).

    Consent, caps, quiet hours and the holdout hold at the sender, as for everything else.
    """
    strategy, done = current().at(business_day(at)), Planned()
    for campaign in running():
        _tell(campaign, strategy, occasion=Occasion(as_of, at, by), done=done)
    return done


def _tell(campaign: Campaign, strategy: Strategy, *, occasion: Occasion, done: Planned) -> None:
    ids = [one.offer_id for one in campaign.lines.all() if one.offer_id]
    offers = [strategy.offers[one] for one in ids if one in strategy.offers]
    terms = _untold(campaign) if any(one.message for one in offers) else []
    if not terms:
        return
    journey = journey_of(campaign, offers, strategy=strategy)
    expires = _expires(campaign, terms, zone=strategy.business.zone, at=occasion.at)
    if not expires:
        return
    opening = Opening(Due(tuple(terms), ()), expires)
    version = Version(journey, strategy, journey.version)
    plan_step(version, journey.steps[0], opening=opening, occasion=occasion, done=done)


def _untold(campaign: Campaign) -> list[int]:
    """The terms for which something was chosen and nothing planned yet."""
    journey = name_in_journal(campaign.key)
    told = Message.objects.filter(term=OuterRef("term"), journey=journey)
    chosen = Decision.objects.filter(
        ~Exists(told), journey=journey, step=STEP, outcome=Decision.Outcome.CHOSEN
    ).exclude(kind="nothing")
    return list(chosen.order_by("term_id").values_list("term_id", flat=True))


def _expires(
    campaign: Campaign, terms: list[int], *, zone: str, at: datetime
) -> dict[date, datetime]:
    """For each end of a term until when it may be told: its own last day, or the campaign's."""
    over = campaign.ends_on + timedelta(days=1)
    ends = Term.objects.filter(pk__in=terms).values_list("ends_on", flat=True).distinct()
    found = {end: instant(min(over, end), time(0), zone=zone) for end in ends}
    return {end: until for end, until in found.items() if until > at}
