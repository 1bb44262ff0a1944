"""Give the free months of an anniversary, once, on its day (OFR-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef

from tenure.kernel.failures import Sentence
from tenure.kernel.money import rounded
from tenure.kernel.periods import add_months
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import BATCH_ROWS, insert_rows, update_rows
from tenure.records.subscriptions.actions.benefiting import given_fact
from tenure.records.subscriptions.actions.lines import COLUMNS, itself
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import benefits_of
from tenure.records.subscriptions.benefits.rules import BenefitKind, anniversary_on, free_days
from tenure.records.subscriptions.models import Subscription, Term, TermLine
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.strategy.benefits import Anniversary

_REASON = Sentence(
    zh="{on} 满 {years} 年，自动赠送", en="{years} years together on {on}; given automatically"
)
_REASON_ONE = Sentence(
    zh="{on} 满一年，自动赠送", en="a year together on {on}; given automatically"
)
_GIVEN = (
    "account_id", "subscription_id", "term_id", "kind", "rule_id", "name_zh", "name_en",
    "reason_zh", "reason_en", "starts_on", "ends_on", "worth_minor", "currency", "given_on",
    "once_key", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Present:
    """Free months for one term: the days that they add, and what those would have cost."""

    term: Term
    anniversary_on: date
    days: int

    @property
    def ends_on(self) -> date:
        return self.term.ends_on + timedelta(days=self.days)

    @property
    def worth_minor(self) -> int:
        length = (self.term.ends_on - self.term.starts_on).days
        return rounded(Fraction(self.term.list_price_minor * self.days, length))


def give_anniversaries(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Move the end of the running term of everybody whose anniversary it is; how many.

    Killed anywhere and run again, nobody gets it twice. Whoever is in grace, at rest or leaving on
    the day gets it once a paid term runs, within the days that the strategy allows.
    """
    rules = benefits_of(as_of).anniversary
    if rules is None:
        return 0
    chosen = _due(rules, as_of)
    return sum(_give(batch, rules, on=as_of, at=at, by=by) for batch in batched(chosen, BATCH_ROWS))


def _key(subscription_id: int, years: int) -> str:
    return f"anniversary:{subscription_id}:{years}"


def _due(rules: Anniversary, as_of: date) -> list[int]:
    """The contracts whose anniversary was on this day or within the days before it."""
    months = 12 * rules.years
    first = add_months(as_of - timedelta(days=rules.within_days), -months) - timedelta(days=3)
    last = add_months(as_of, -months) + timedelta(days=3)
    had = Benefit.objects.filter(
        subscription=OuterRef("pk"), kind=BenefitKind.ANNIVERSARY, given_on__gte=first
    )
    candidates = Subscription.objects.filter(
        ~Exists(had),
        state=SubscriptionState.ACTIVE,
        started_on__gte=first,
        started_on__lte=last,
    )
    rows = candidates.order_by("pk").values_list("pk", "started_on")
    return [
        pk
        for pk, started_on in rows
        if 0 <= (as_of - anniversary_on(started_on, years=rules.years)).days <= rules.within_days
    ]


@transaction.atomic
def _give(chains: Sequence[int], rules: Anniversary, *, on: date, at: datetime, by: str) -> int:
    locked = Subscription.objects.filter(pk__in=chains).select_for_update().order_by("pk")
    list(locked.values_list("pk"))
    presents = list(_presents(chains, rules, on=on))
    lines = [itself(one.term, at=at) for one in presents]
    insert_rows(TermLine, lines, columns=COLUMNS)
    _move_lines(presents)
    update_rows(
        Term,
        [
            (one.ends_on, one.term.free_days + one.days, one.term.gift_minor + one.worth_minor,
             one.term.pk)
            for one in presents
        ],
        columns=("ends_on", "free_days", "gift_minor"),
    )  # fmt: skip
    benefits = [_benefit(one, rules, on=on, at=at) for one in presents]
    insert_rows(
        Benefit, [[getattr(one, name) for name in _GIVEN] for one in benefits], columns=_GIVEN
    )
    append_many((_extended(one, rules, on=on) for one in presents), at=at, by=by)
    append_many(map(given_fact, benefits), at=at, by=by)
    return len(presents)


def _presents(chains: Sequence[int], rules: Anniversary, *, on: date) -> Iterator[_Present]:
    keys = [_key(one, rules.years) for one in chains]
    had = set(Benefit.objects.filter(once_key__in=keys).values_list("subscription_id", flat=True))
    running = Term.objects.filter(
        subscription_id__in=set(chains) - had, state=TermState.RUNNING, ends_on__gt=on
    ).select_related("subscription", "plan_version__plan")
    for term in running.order_by("pk"):
        day = anniversary_on(term.subscription.started_on, years=rules.years)
        anchor = term.subscription.anchor_on
        yield _Present(
            term, day, free_days(term.ends_on, anchor_on=anchor, months=rules.free_months)
        )


def _move_lines(presents: Sequence[_Present]) -> None:
    moved = {one.term.pk: one for one in presents}
    lines = TermLine.objects.filter(term_id__in=moved, closed_on=None)
    rows = [
        (moved[one.term_id].ends_on, one.pk)
        for one in lines
        if one.ends_on == moved[one.term_id].term.ends_on
    ]
    update_rows(TermLine, rows, columns=("ends_on",))


def _benefit(one: _Present, rules: Anniversary, *, on: date, at: datetime) -> Benefit:
    term = one.term
    told = _REASON_ONE if rules.years == 1 else _REASON
    values = {"years": rules.years, "on": one.anniversary_on}
    reason = told.fill(**{slot: values[slot] for slot in told.slots})
    return Benefit(
        account_id=term.account_id,
        subscription_id=term.subscription_id,
        term_id=term.pk,
        kind=str(BenefitKind.ANNIVERSARY),
        rule_id="anniversary",
        name_zh=rules.name.zh,
        name_en=rules.name.en,
        reason_zh=reason.zh,
        reason_en=reason.en,
        starts_on=term.ends_on,
        ends_on=one.ends_on,
        worth_minor=one.worth_minor,
        currency=term.currency,
        given_on=on,
        once_key=_key(term.subscription_id, rules.years),
        recorded_at=at,
    )


def _extended(one: _Present, rules: Anniversary, *, on: date) -> Fact:
    """The end moved: revenue and everything planned follow this entry, as for any extension."""
    return Fact(
        "term.extended",
        on=on,
        account_id=one.term.account_id,
        term_id=one.term.pk,
        content={"days": one.days, "from": str(one.term.ends_on), "to": str(one.ends_on),
                 "reason": "anniversary"},
        once_key=f"term.extended:{_key(one.term.subscription_id, rules.years)}",
    )  # fmt: skip
