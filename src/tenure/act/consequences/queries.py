"""What really follows for one term when nobody renews it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from tenure.act.consequences.rules import (
    Consequence,
    Export,
    Step,
    Stored,
    Untrue,
    consequences,
    export_countdown,
    steps_of,
)
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import following
from tenure.records.subscriptions.states import TermState
from tenure.strategy.catalog import Plan

_RENEWED = Sentence(zh="该周期已续费", en="the term is renewed")


def of_lapsing(term_id: int, *, until_on: date | None = None) -> tuple[Consequence, ...]:
    """What happens on which day if a term is not renewed, from the policy it was sold under."""
    term = Term.objects.select_related("plan_version__plan").get(pk=term_id)
    return consequences(steps_for(term), term.ends_on, until_on=until_on)


def export_of(term_id: int, *, at: datetime) -> Export | None:
    """The countdown to the end of exporting, or None where it would not be true (JRN-06)."""
    term = Term.objects.select_related("subscription", "plan_version__plan").get(pk=term_id)
    try:
        return _export(term, at=at)
    except Untrue:
        return None


def exports_of(term_ids: Collection[int], *, at: datetime) -> Mapping[int, Export]:
    """Term → countdown, for those of many terms for which it is true."""
    found = {}
    terms = Term.objects.filter(pk__in=term_ids)
    with one_reading():
        for term in terms.select_related("subscription", "plan_version__plan"):
            try:
                found[term.pk] = _export(term, at=at)
            except Untrue:
                continue
    return found


def why_no_export(term_id: int, *, at: datetime) -> Untrue | None:
    """Why no countdown is shown, for the operator; None where there is one."""
    term = Term.objects.select_related("subscription", "plan_version__plan").get(pk=term_id)
    try:
        _export(term, at=at)
    except Untrue as untrue:
        return untrue
    return None


def _export(term: Term, *, at: datetime) -> Export:
    on = today(current().business.zone, at)
    stored = stored_of(term.subscription)
    found = export_countdown(steps_for(term), stored, ends_on=term.ends_on, at=at, on=on)
    # Asked last, and only about the few for whom everything else is true.
    if term.state == TermState.RENEWED or following(term) is not None:
        raise Untrue(why=_RENEWED)
    return found


def steps_for(term: Term) -> tuple[Step, ...]:
    """The policy that the term was sold under; the catalogue's where the version holds none."""
    known = steps_of(term.plan_version.lapse_policy)
    if known:
        return known
    return catalog_steps(current().catalog.plans.get(term.plan_version.plan.code))


def catalog_steps(plan: Plan | None) -> tuple[Step, ...]:
    """The policy of a plan of the catalogue; nothing where there is no such plan."""
    lapse = plan.lapse if plan else ()
    return tuple(Step(one.day, one.access, one.effect, one.data_kept_days) for one in lapse)


def stored_of(subscription: Subscription) -> Stored | None:
    """What a customer has stored, as the operator's system measured it last."""
    kept = subscription.attributes
    if "stored_bytes" not in kept or "stored_at" not in kept:
        return None
    return Stored(int(kept["stored_bytes"]), datetime.fromisoformat(kept["stored_at"]))
