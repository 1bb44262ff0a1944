"""Give a customer money out of goodwill; above a limit another person agrees first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum

from tenure.kernel.money import Money
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.customers.models import Account
from tenure.records.goodwill.models import Goodwill, GoodwillGiver
from tenure.records.goodwill.rules import (
    GOODWILL,
    MONTH_DAYS,
    YEAR_DAYS,
    GoodwillNothing,
    GoodwillSecondPerson,
    GoodwillVerb,
    Limits,
    check,
)
from tenure.records.goodwill.states import COUNTS, GoodwillState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current


@dataclass(frozen=True, slots=True)
class NewGoodwill:
    """What is to be given, to whom and why; the same key is the same credit."""

    account_id: int
    amount: Money
    reason: str
    once_key: str


@transaction.atomic
def give(new: NewGoodwill, *, on: date, at: datetime, by: str) -> Goodwill:
    """Give a credit, or ask another person above the strategy's limit; again, the same one.

    Raises:
        GoodwillNothing, GoodwillTooMuch: nothing is given.
    """
    # Two who give to one customer wait for each other, and so do two windows of one who gives.
    list(Account.objects.select_for_update().filter(pk=new.account_id))
    GoodwillGiver.objects.get_or_create(name=by)
    GoodwillGiver.objects.select_for_update().get(name=by)
    known = Goodwill.objects.filter(once_key=new.once_key).first()
    if known is not None:
        return known
    if not new.reason.strip():
        raise GoodwillNothing()
    limits, amount = limits_on(on), new.amount
    year = Goodwill.objects.filter(
        account=new.account_id, asked_on__gt=on - timedelta(days=YEAR_DAYS)
    )
    month = Goodwill.objects.filter(asked_by=by, asked_on__gt=on - timedelta(days=MONTH_DAYS))
    of_customer, of_agent = (_sum(rows, currency=amount.currency) for rows in (year, month))
    check(amount, of_customer=of_customer, of_agent=of_agent, limits=limits)
    goodwill = Goodwill.objects.create(
        account_id=new.account_id,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=new.reason.strip()[:200],
        state=GOODWILL.start,
        asked_on=on,
        asked_by=by,
        once_key=new.once_key,
        recorded_at=at,
    )
    if amount > limits.alone:
        _tell(goodwill, "goodwill.asked", on=on, at=at, by=by)
        return goodwill
    return _move(goodwill, GoodwillVerb.GIVE, on=on, at=at, by=by)


@transaction.atomic
def approve(goodwill_id: int, *, on: date, at: datetime, by: str) -> Goodwill:
    """Another person agrees, and it is given; told again, nothing changes.

    Raises:
        GoodwillSecondPerson: it is the person who asked.
        IllegalMove: it was rejected.
    """
    goodwill = Goodwill.objects.select_for_update().get(pk=goodwill_id)
    if goodwill.state == GoodwillState.GIVEN:
        return goodwill
    if goodwill.asked_by == by:
        raise GoodwillSecondPerson()
    goodwill.decided_by = by
    goodwill.save(update_fields=["decided_by"])
    return _move(goodwill, GoodwillVerb.GIVE, on=on, at=at, by=by)


@transaction.atomic
def reject(goodwill_id: int, *, on: date, at: datetime, by: str) -> Goodwill:
    """Another person says no; told again, nothing changes.

    Raises:
        IllegalMove: it was given.
    """
    goodwill = Goodwill.objects.select_for_update().get(pk=goodwill_id)
    if goodwill.state == GoodwillState.REJECTED:
        return goodwill
    return _move(goodwill, GoodwillVerb.REJECT, on=on, at=at, by=by)


def limits_on(on: date) -> Limits:
    """What the strategy allows on a day."""
    lines = current().at(on).guardrails
    return Limits(lines.goodwill_per_year, lines.goodwill_per_agent, lines.goodwill_alone)


def _sum(rows: QuerySet[Goodwill], *, currency: str) -> Money:
    counted = rows.filter(state__in=COUNTS, currency=currency)
    return Money(counted.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def _move(goodwill: Goodwill, verb: GoodwillVerb, *, on: date, at: datetime, by: str) -> Goodwill:
    """The only writer of a credit's state; what is given stands in the balance at once."""
    goodwill.state = GOODWILL.after(GoodwillState(goodwill.state), verb)
    goodwill.save(update_fields=["state"])
    if verb is GoodwillVerb.GIVE:
        amount = Money(goodwill.amount_minor, goodwill.currency)
        movement = Movement(goodwill.account_id, amount, "goodwill", on, f"goodwill:{goodwill.pk}")
        move_balance(movement, at=at, by=by)
    _tell(goodwill, f"goodwill.{goodwill.state}", on=on, at=at, by=by)
    return goodwill


def _tell(goodwill: Goodwill, kind: str, *, on: date, at: datetime, by: str) -> None:
    content = {
        "goodwill": goodwill.pk, "amount_minor": goodwill.amount_minor,
        "currency": goodwill.currency, "reason": goodwill.reason,
    }  # fmt: skip
    append(Fact(kind, on=on, account_id=goodwill.account_id, content=content), at=at, by=by)
