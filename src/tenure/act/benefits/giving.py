"""What a paid order brings beside its term: once, whenever the journal tells of it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tenure.decide.benefits.queries import bundle_for, gifts_promised, instead_of_gone
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period, add_months
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.pricing.bill import Bill, Line, Taken
from tenure.records.gifts.actions import Earned, cancel_for, earn, run_out
from tenure.records.gifts.models import Gift
from tenure.records.gifts.queries import left_of
from tenure.records.gifts.states import GiftState
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import NewBenefit, end_due, give
from tenure.records.subscriptions.batches.models import BatchLine
from tenure.records.subscriptions.batches.states import LineState
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import benefits_of
from tenure.records.subscriptions.benefits.rules import BenefitKind
from tenure.records.subscriptions.models import PeriodKind, Term
from tenure.records.subscriptions.quoting.earned import kind_of
from tenure.records.subscriptions.quoting.values import add_on_of, term_of
from tenure.records.subscriptions.rules import PeriodsOverlap
from tenure.strategy.components import Entitlement

# Orders that bring no new term.
_WITHOUT_TERM: Final = frozenset(
    {
        Purpose.PLAN_CHANGE,
        Purpose.SEATS,
        Purpose.ADD_ON,
        Purpose.CO_TERM,
        Purpose.BATCH,  # given line by line, after the order: `give_with_batches`
        Purpose.OTHER,
    }
)
_REASONS: Final = {
    BenefitKind.STREAK: Sentence(
        zh="连续付费满约定年限，本期已按优惠价收取",
        en="the years were paid in a row; this term was charged at the lower price",
    ),
    BenefitKind.NEWCOMER: Sentence(
        zh="新客户首年续费，本期已按优惠价收取",
        en="a renewal in the first year; this term was charged at the lower price",
    ),
    BenefitKind.COMEBACK: Sentence(
        zh="离开后回来，首年按优惠价收取",
        en="came back after leaving; the first year is charged at the lower price",
    ),
}


@dataclass(frozen=True, slots=True)
class _Sale:
    """One new term, and the line of the bill that it was sold with."""

    term: Term
    line: Line
    on: date
    at: datetime
    by: str
    ordered_on: date


def give_with_orders(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Give what the terms of fulfilled orders bring; told again, nothing twice. How many terms."""
    names = [entry.content["order"] for entry in entries if "order" in entry.content]
    orders = Order.objects.filter(public_id__in=names, reversed_at=None).order_by("pk")
    on_days = {entry.content.get("order"): entry.on for entry in entries}
    count = 0
    for order in orders.exclude(purpose__in=_WITHOUT_TERM):
        for sale in _sales(order, on=on_days[order.public_id], at=at, by=by):
            _give(sale)
            count += 1
    return count


def give_with_batches(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Write down what the terms of a company's batch were reduced for, line by line.

    Bundles and presents are for people who renew by themselves.
    """
    names = [entry.content["batch"] for entry in entries if "batch" in entry.content]
    lines = BatchLine.objects.filter(batch__public_id__in=names, state=LineState.GIVEN)
    count, on = 0, entries[-1].on
    for one in lines.select_related("added__subscription", "added__plan_version__plan"):
        if one.added is not None and one.bill.get("lines"):
            sale = _Sale(one.added, Bill.read(one.bill).lines[0], on, at, by, ordered_on=on)
            _give_reductions(sale)
            count += 1
    return count


def _sales(order: Order, *, on: date, at: datetime, by: str) -> Iterator[_Sale]:
    """The terms that an order added, each with its line of the bill."""
    if not order.bill.get("lines"):
        return
    for line in Bill.read(order.bill).lines:
        if line.kind != "renewal" or add_on_of(line.ref):
            continue
        old = Term.objects.filter(pk=term_of(line.ref)).first()
        if old is None:
            continue
        after = Term.objects.filter(
            subscription_id=old.subscription_id, number=old.number + 1, reversed_on=None
        )
        new = after.select_related("subscription", "plan_version__plan").first()
        if new is not None and (new.closed_on is None or new.closed_on > on):
            yield _Sale(new, line, on, at, by, ordered_on=order.placed_on)


def _give_reductions(sale: _Sale) -> None:
    for taken in sale.line.taken:
        kind = kind_of(taken.id)
        if kind is not None:
            _note_reduction(sale, kind, taken)


def _give(sale: _Sale) -> None:
    _give_reductions(sale)
    _give_bundle(sale)
    _give_choice(sale)


def _give_choice(sale: _Sale) -> None:
    """The presents that were listed with the order; where they ran out since, others instead."""
    term = sale.term
    plan, months = term.plan_version.plan.code, term.cycle_months
    rules = gifts_promised(plan=plan, cycle_months=months, on=sale.on, since=sale.ordered_on)
    earned = Earned(term.account_id, term.pk, sale.on, f"gift:term:{term.pk}")
    gift = earn(earned, rules, at=sale.at, by=sale.by)
    if gift is not None and not any(left_of(one) for one in rules):
        others = instead_of_gone(gift.choices, plan=plan, on=sale.on)
        run_out(gift.public_id, others, on=sale.on, at=sale.at, by=sale.by)


def replace_gone(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Somebody took the last one: who waits to choose it is told, and given others. How many."""
    on, count = entries[-1].on, 0
    rules = benefits_of(on).gifts
    taken = {entry.content.get("chosen") for entry in entries}
    gone = {one.id for one in rules.values() if one.id in taken and not left_of(one)}
    if not gone:
        return 0
    waiting = Gift.objects.filter(state=GiftState.OPEN, rule_id="", choose_until__gte=on)
    for gift in waiting.select_related("term__plan_version__plan").order_by("pk"):
        if not gone & set(gift.choices):
            continue
        if any(left_of(rules[one]) for one in gift.choices if one in rules):
            continue
        plan = gift.term.plan_version.plan.code
        others = instead_of_gone(gift.choices, plan=plan, on=on)
        run_out(gift.public_id, others, on=on, at=at, by=by)
        count += 1
    return count


def _note_reduction(sale: _Sale, kind: BenefitKind, taken: Taken) -> None:
    """The price was lower because of it: write that down, and until when it holds."""
    term, back = sale.term, benefits_of(sale.on).comeback
    if kind is BenefitKind.COMEBACK and _is_back_already(term):
        return
    ends_on, content = term.ends_on, {}
    is_return = kind is BenefitKind.COMEBACK and back is not None
    if is_return and back is not None:
        ends_on = add_months(term.starts_on, back.months)
        content = {"off": str(back.off)}
    new = NewBenefit(
        term=term,
        kind=kind,
        rule_id=str(kind),
        name=taken.said,
        reason=_REASONS[kind],
        period=Period(term.starts_on, ends_on),
        on=sale.on,
        once_key=f"{kind}:term:{term.pk}",
        worth_minor=taken.amount.amount_minor,
        holds=PeriodKind.COMEBACK if is_return else None,
        content=content,
    )
    give(new, at=sale.at, by=sale.by)


def _is_back_already(term: Term) -> bool:
    """Whether the term continues the first year of somebody who came back before."""
    before = Benefit.objects.filter(
        subscription_id=term.subscription_id, kind=BenefitKind.COMEBACK, ended_on=None
    )
    return before.filter(starts_on__lt=term.starts_on, ends_on__gt=term.starts_on).exists()


def _give_bundle(sale: _Sale) -> None:
    term = sale.term
    plan, months = term.plan_version.plan.code, term.cycle_months
    key = f"bundle:term:{term.pk}"
    if Benefit.objects.filter(once_key=key).exists():
        return
    bundle = bundle_for(term, plan=plan, cycle_months=months, on=sale.on)
    if bundle is None:
        return
    new = NewBenefit(
        term=term,
        kind=BenefitKind.BUNDLE,
        rule_id=bundle.id,
        name=bundle.name,
        reason=bundle.reason,
        period=Period(term.starts_on, term.ends_on),
        on=sale.on,
        once_key=key,
        worth_minor=(bundle.monthly_cost * months).amount_minor,
        holds=PeriodKind.PROMO,
        gives=[given_row(one) for one in bundle.gives],
    )
    try:
        give(new, at=sale.at, by=sale.by)
    except PeriodsOverlap as refusal:
        _withheld(new, refusal, at=sale.at, by=sale.by)


def _withheld(new: NewBenefit, why: PeriodsOverlap, *, at: datetime, by: str) -> None:
    """Something else holds on these days: say why it was not given, and go on."""
    fact = Fact(
        "benefit.withheld",
        on=new.on,
        account_id=new.term.account_id,
        term_id=new.term.pk,
        content={"benefit": new.once_key, "rule": new.rule_id, "problem": why.as_problem()},
        once_key=f"benefit.withheld:{new.once_key}",
    )
    append(fact, at=at, by=by)


def given_row(one: Entitlement) -> dict[str, Any]:
    """An entitlement as a contract holds it for a while."""
    name = {"zh": one.name.zh, "en": one.name.en}
    return {"code": one.code, "name": name, "quantity": one.quantity, "unit": one.unit}


def take_back_with_terms(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Terms are over: what came with them ends, and what is not on its way is not sent.

    An entry about a renewal that was undone names the term that it had brought as `undone`.
    """
    named = ((entry.content.get("undone", entry.term_id), entry.on) for entry in entries)
    terms = {term_id: on for term_id, on in named if term_id is not None}
    count = 0
    for on in sorted(set(terms.values())):
        ids = [one for one, day in terms.items() if day == on]
        cut = Term.objects.filter(pk__in=ids, state="cancelled", closed_on__lte=on)
        count += cancel_for(cut.values_list("pk", flat=True), on=on, at=at, by=by)
        count += end_due(as_of=on, at=at, by=by, term_ids=ids)
    return count
