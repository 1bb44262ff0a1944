"""What a rehearsed strategy did, read from the records of its rehearsal as anybody could."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Sum

from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.kernel.clock import instant
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tenure.strategy.contact import Cap, CapScope
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.sections import Strategy
from tenure.world.rehearsal.plan import Plan

# Terms whose renewal the days that were lived could change: they end in them, or soon after.
AHEAD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that went out."""

    person: int
    channel: str
    template: str
    message_class: str
    at: datetime


def findings(plan: Plan, strategy: Strategy) -> dict[str, Any]:
    """Everything that a report tells of one strategy, as plain values.

    `accounts` holds for each account with a term at stake what it brought, so that two strategies
    can be compared customer by customer. `bites` holds for each line how often it refused, and the
    first that it refused.
    """
    at_stake = _at_stake(plan)
    given = _given(plan, at_stake)
    sent = _sent(plan, strategy.business.zone)
    return {
        "hash": strategy.hash,
        "currency": strategy.business.currency,
        "terms": len(at_stake),
        "renewed": sum(one["renewed"] for one in given.values()),
        "margin_minor": sum(one["margin_minor"] for one in given.values()),
        "accounts": given,
        **_of_messages(sent, strategy),
        "over_caps": over_caps(sent, strategy),
        "outside_hours": outside_hours(sent, strategy),
        **_troubles(plan, strategy.business.zone),
        **_choices(plan, strategy),
    }  # fmt: skip


def _at_stake(plan: Plan) -> list[dict[str, Any]]:
    """Terms that end while the days are lived or soon after, one row each."""
    terms = Term.objects.filter(
        ends_on__gte=plan.first_day, ends_on__lte=plan.until + AHEAD, reversed_on=None
    ).exclude(renewed_on__lt=plan.first_day)
    names = ("pk", "account__external_id", "subscription_id", "number", "renewed_on")
    return [dict(row) for row in terms.values(*names)]


def _given(plan: Plan, terms: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Per account: terms renewed, and the margin of what was bought less what contact cost."""
    terms = list(terms)
    bought = {
        (row["subscription_id"], row["number"]): row
        for row in Term.objects.filter(
            reversed_on=None, starts_on__gte=plan.first_day - AHEAD
        ).values(
            "subscription_id", "number", "price_minor", "cycle_months",
            "plan_version__cost_minor_per_month",
        )
    }  # fmt: skip
    contact = dict(
        Decision.objects.order_by()
        .values_list("term")
        .annotate(Sum("contact_cost_minor"))
        .values_list("term", "contact_cost_minor__sum")
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"renewed": 0, "margin_minor": 0})
    for term in terms:
        one = found[term["account__external_id"]]
        one["margin_minor"] -= contact.get(term["pk"], 0)
        next_term = bought.get((term["subscription_id"], term["number"] + 1))
        if term["renewed_on"] is None or term["renewed_on"] > plan.until or next_term is None:
            continue
        one["renewed"] += 1
        cost = next_term["plan_version__cost_minor_per_month"] * next_term["cycle_months"]
        one["margin_minor"] += next_term["price_minor"] - cost
    return dict(found)


def _sent(plan: Plan, zone: str) -> list[Sent]:
    since = instant(plan.first_day, time(0), zone=zone)
    rows = Message.objects.filter(sent_at__gte=since).order_by("person_id", "sent_at")
    names = ("person_id", "channel", "template", "message_class", "sent_at")
    return [Sent(*row) for row in rows.values_list(*names)]


def _of_messages(sent: list[Sent], strategy: Strategy) -> dict[str, Any]:
    held = Message.objects.filter(sent_at=None).exclude(reason="").values_list("reason", flat=True)
    return {
        "sent": dict(Counter(one.message_class for one in sent)),
        "held_back": dict(Counter(held)),
    }


def over_caps(sent: list[Sent], strategy: Strategy) -> dict[str, int]:
    """For each cap, how often somebody got more than it allows."""
    return {cap.id: _over(cap, sent, strategy) for cap in strategy.contact.caps}


def _over(cap: Cap, sent: list[Sent], strategy: Strategy) -> int:
    """How often somebody got more than a cap allows, in civil days of the business's zone."""
    zone = ZoneInfo(strategy.business.zone)
    groups: dict[tuple[int, str], list[date]] = defaultdict(list)
    for one in sent:
        template = strategy.messages.get(one.template)
        if template is None or not cap.counts(template.message_class, template.purpose):
            continue
        channel = one.channel if cap.scope is CapScope.PERSON_CHANNEL else ""
        groups[one.person, channel].append(one.at.astimezone(zone).date())
    span = timedelta(days=cap.days)
    return sum(
        days[place] - days[place - cap.at_most] < span
        for days in groups.values()
        for place in range(cap.at_most, len(days))
    )


def outside_hours(sent: list[Sent], strategy: Strategy) -> dict[str, int]:
    """Messages that went out when their window was shut: never but where a deadline forced it."""
    zone, country = ZoneInfo(strategy.business.zone), strategy.business.country
    found = Counter({"forced": 0, "not_allowed": 0})
    for one in sent:
        window = strategy.contact.window_for(
            MessageClass(one.message_class), country=country, channel=Channel(one.channel)
        )
        if not window.window.is_open(one.at.astimezone(zone)):
            found["forced" if window.yields_to_deadline else "not_allowed"] += 1
    return dict(found)


def _troubles(plan: Plan, zone: str) -> dict[str, int]:
    since = instant(plan.first_day, time(0), zone=zone)
    complaints = Ticket.objects.filter(kind="complaint", opened_at__gte=since)
    withdrawn = Consent.objects.filter(purpose="marketing", withdrawn_at__gte=since)
    return {"complaints": complaints.count(), "opt_outs": withdrawn.count()}


def _choices(plan: Plan, strategy: Strategy) -> dict[str, Any]:
    chosen: Counter[str] = Counter()
    bites: dict[str, dict[str, Any]] = {}
    for row in Decision.objects.filter(as_of__gte=plan.first_day).values(
        "action", "outcome", "reason", "alternatives"
    ):
        chosen[row["action"] if row["outcome"] == "chosen" else "withheld"] += 1
        for one in row["alternatives"]:
            if not one["eligible"]:
                example = {"action": one["action"], "value": one["refused_value"], "count": 0}
                bites.setdefault(one["refused_by"], example)["count"] += 1
    budgets = BudgetEntry.objects.order_by().values_list("month_on").annotate(Sum("amount_minor"))
    return {
        "decisions": dict(chosen),
        "bites": bites,
        "budget_minor": strategy.guardrails.monthly_budget.amount_minor,
        "used_minor": {
            month.isoformat(): used
            for month, used in budgets.values_list("month_on", "amount_minor__sum")
        },
    }
