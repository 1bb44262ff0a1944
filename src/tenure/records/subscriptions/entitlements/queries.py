"""What a subscription gives on a day."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q

from tenure.kernel.failures import Sentence
from tenure.records.billing.instalments.queries import schedule_of
from tenure.records.catalog.models import AddOnEntitlement, Entitlement
from tenure.records.subscriptions.entitlements.rules import InForce, together
from tenure.records.subscriptions.models import Attachment, ContractPeriod, PeriodKind, Term
from tenure.records.subscriptions.queries import grace_days, serving_term
from tenure.strategy.catalog import Access


def in_force(subscription_id: int, *, on: date) -> tuple[InForce, ...]:
    """What a customer may use on a day (CAT-01, CAT-03): plan, add-ons, trials and presents.

    Empty while the subscription rests, after the grace days of a term that nobody renewed, and
    while instalments are so late that nothing may be used (OFR-07).
    """
    term = _term(subscription_id, on=on)
    holding = list(
        ContractPeriod.objects.filter(
            subscription_id=subscription_id, starts_on__lte=on, ends_on__gt=on
        ).order_by("pk")
    )
    if term is None or any(one.kind == PeriodKind.PAUSE for one in holding):
        return ()
    instalments = schedule_of(term.pk, on=on)
    if instalments is not None and instalments.access is Access.NONE:
        return ()
    found = together([*_of_plan(term), *_of_add_ons(term, on=on), *_granted(holding)])
    return _with_what_is_readable(found, holding)


def _term(subscription_id: int, *, on: date) -> Term | None:
    """The term that serves a day, or the last one within its grace days."""
    term = serving_term(subscription_id, on=on)
    if term is not None:
        return term
    begun = Term.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on),
        subscription_id=subscription_id,
        starts_on__lte=on,
        ends_on__gt=on - timedelta(days=grace_days(on)),
    )
    return begun.order_by("-number").first()


def _of_plan(term: Term) -> Iterator[InForce]:
    given = Entitlement.objects.filter(plan_version_id=term.plan_version_id).order_by("pk")
    for one in given:
        name = Sentence(one.name_zh, one.name_en)
        yield InForce(one.code, name, one.unit, one.quantity, ("plan",))


def _of_add_ons(term: Term, *, on: date) -> Iterator[InForce]:
    attached = Attachment.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on),
        subscription_id=term.subscription_id,
        from_on__lte=on,
    ).select_related("add_on")
    times = {one.add_on_version_id: (one.add_on.code, one.quantity) for one in attached}
    given = AddOnEntitlement.objects.filter(add_on_version_id__in=times).order_by("pk")
    for one in given:
        code, quantity = times[one.add_on_version_id]
        name = Sentence(one.name_zh, one.name_en)
        total = None if one.quantity is None else one.quantity * quantity
        yield InForce(one.code, name, one.unit, total, (code,))


def _granted(holding: list[ContractPeriod]) -> Iterator[InForce]:
    for period in holding:
        for one in period.content.get("gives", []):
            name = Sentence(zh=one["name"]["zh"], en=one["name"]["en"])
            sources = (str(period.kind),)
            yield InForce(one["code"], name, one.get("unit", ""), one["quantity"], sources)


def _with_what_is_readable(
    found: tuple[InForce, ...], holding: list[ContractPeriod]
) -> tuple[InForce, ...]:
    """What a smaller plan took away is still there to be read (BIL-06)."""
    lost = {
        row["code"]: (period.ends_on, row["before"], row.get("name"))
        for period in holding
        if period.kind == PeriodKind.READ_ONLY
        for row in period.content["lost"]
    }
    marked = [
        InForce(
            one.code, one.name, one.unit, one.quantity, one.sources,
            lost[one.code][0] if one.code in lost else None,
            lost[one.code][1] if one.code in lost else None,
        )
        for one in found
    ]  # fmt: skip
    gone = lost.keys() - {one.code for one in found}
    for code in sorted(gone):
        until, before, name = lost[code]
        said = Sentence(zh=name["zh"], en=name["en"])
        marked.append(InForce(code, said, "", 0, (), until, before))
    return tuple(marked)
