"""From the view of a customer to the answer of the API."""

from dataclasses import asdict, is_dataclass
from typing import Any

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.surfaces.customer_view.shapes import (
    Choice,
    Contract,
    CustomerView,
    Health,
    NextRenewal,
    Risk,
    TermLine,
    TicketLine,
    Timeline,
)
from tenure.understand.churn.reasons import Reason


def customer(view: CustomerView) -> dict[str, Any]:
    """The whole answer."""
    return {
        "id": view.profile.public_id,
        "as_of": {
            "read_at": view.moment.read_at,
            "counted_until": view.moment.as_of,
            "strategy": view.moment.strategy_hash,
        },
        "profile": _profile(view),
        "subscriptions": [_subscription(one) for one in view.contracts],
        "next_renewal": _next(view.next_renewal),
        "paid_in_all": _plain(view.worth.paid),
        "health": _health(view.health),
        "risk": _risk(view.risk),
        "tags": _plain(view.tags),
        "decisions": [_decision(one) for one in view.choices],
        "offers": _plain(view.offers),
        "channels": _only(view.channels, without="marketing_since"),
        "caps": _plain(view.caps),
        "open_tickets": [_ticket(one) for one in view.open_tickets],
        "open_faults": _plain(view.faults),
        "timeline": timeline(view.timeline),
    }


def timeline(found: Timeline) -> dict[str, Any]:
    """A part of the timeline, with the cursor of the next."""
    return {
        "items": [
            {
                "cursor": one.mark,
                "at": one.at,
                "has_time": one.has_time,
                "group": one.group,
                "title": _plain(one.title),
                "detail": _plain(one.detail),
            }
            for one in found.entries
        ],
        "next_cursor": found.next_mark or None,
    }


def _plain(value: Any) -> Any:
    """Sentences, money and plain records as JSON has them."""
    if isinstance(value, Sentence):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Money):
        return {"amount": value.amount_minor, "currency": value.currency}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        names = value.__dataclass_fields__
        return {name: _plain(getattr(value, name)) for name in names}
    return value


def _only(rows: tuple[Any, ...], *, without: str) -> list[dict[str, Any]]:
    return [{k: _plain(v) for k, v in asdict(row).items() if k != without} for row in rows]


def _profile(view: CustomerView) -> dict[str, Any]:
    profile = view.profile
    names = (
        "source", "external_id", "name", "kind", "country", "region", "zone", "language",
        "sales_channel", "started_on", "in_holdout", "is_masked",
    )  # fmt: skip
    found = {name: getattr(profile, name) for name in names}
    return {**found, "contact_points": _plain(profile.contact_points)}


def _subscription(one: Contract) -> dict[str, Any]:
    names = ("source", "external_id", "state", "quantity", "auto_renew", "owner_name")
    return {
        "id": f"sub_{one.subscription_id}",
        **{name: getattr(one, name) for name in names},
        "started_on": one.started_on,
        "ended_on": one.ended_on,
        "terms": [_term(term) for term in one.terms],
    }


def _term(term: TermLine) -> dict[str, Any]:
    names = (
        "number", "cycle_months", "starts_on", "ends_on", "price", "list_price", "state",
        "renewed_on", "closed_on", "reversed_on", "extended_days", "plan_name",
    )  # fmt: skip
    return {
        "id": f"trm_{term.term_id}",
        "plan": term.plan_code,
        **{name: _plain(getattr(term, name)) for name in names},
    }


def _next(comes: NextRenewal | None) -> dict[str, Any] | None:
    if comes is None:
        return None
    names = ("ends_on", "days_left", "state", "auto_renew", "cycle_months", "price")
    return {
        "subscription": f"sub_{comes.subscription_id}",
        "term": f"trm_{comes.term_id}",
        **{name: _plain(getattr(comes, name)) for name in names},
    }


def _health(health: Health | None) -> dict[str, Any] | None:
    if health is None:
        return None
    return {
        "on": health.on,
        "score": health.score,
        "score_30_days_ago": health.before,
        "threshold": health.threshold,
        "below_since": health.below_since,
        "parts": [
            {
                "id": part.id,
                "name": _plain(part.name),
                "score": part.score,
                "score_30_days_ago": part.before,
            }
            for part in health.parts
        ],
    }


def _risk(risk: Risk | None) -> dict[str, Any] | None:
    if risk is None:
        return None
    return {
        "on": risk.on,
        "probability": risk.p_lapse,
        "band": risk.band,
        "band_name": _plain(risk.band_name),
        "peers_mean": risk.peers_mean,
        "estimator": _plain(risk.estimator),
        "ends": dict(risk.ends),
        "reasons": [
            _reason(one) | {"could_offer": [_plain(it) for it in risk.answers.get(one.feature, ())]}
            for one in risk.reasons
        ],
        "stays": _reason(risk.stays) if risk.stays else None,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "feature": reason.feature,
        "sentence": _plain(reason.sentence),
        "share": reason.share,
    }


def _decision(choice: Choice) -> dict[str, Any]:
    why = choice.why
    return {
        "id": f"dec_{choice.decision_id}",
        "term": f"trm_{choice.term_id}",
        "on": choice.on,
        "step": _plain(choice.step),
        "action": why.action,
        "name": _plain(why.name),
        "is_chosen": choice.is_chosen,
        "why": _plain(why.reason),
        "propensity": choice.propensity,
        "strategy": why.strategy_hash,
        "stake": _plain(why.stake.told) if why.stake else None,
        "alternatives": [
            {
                "action": one.action,
                "name": _plain(one.name),
                "is_chosen": one.is_chosen,
                "effect": one.effect,
                "cost": _amount(one.cost_minor, why.currency),
                "margin": _amount(one.margin_minor, why.currency),
                "margin_of_term": _amount(one.term_margin_minor, why.currency),
                "why_not": _plain(one.why_not),
            }
            for one in why.alternatives
        ],
    }


def _amount(amount_minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if amount_minor is None else {"amount": amount_minor, "currency": currency}


def _ticket(ticket: TicketLine) -> dict[str, Any]:
    found: dict[str, Any] = _plain(ticket)
    return {"id": f"tic_{found.pop('ticket_id')}", **found}
