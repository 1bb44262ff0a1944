"""What a term stands on when something about it is quoted: one reading for one term or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Q

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import GRACE_DAYS_DEFAULT, Period
from tenure.records.among import among
from tenure.records.billing.pricing.basket import Discount, DiscountKind, LineKind
from tenure.records.catalog import queries as catalog
from tenure.records.catalog.models import AddOnVersion, Plan, PlanVersion
from tenure.records.catalog.price_list import PriceList
from tenure.records.catalog.rules import NotOnSaleYet
from tenure.records.subscriptions.benefits.queries import (
    NONE_DECLARED,
    Returning,
    catalog_and_benefits,
    returning,
    served_chains,
)
from tenure.records.subscriptions.benefits.queries import served as as_served
from tenure.records.subscriptions.benefits.rules import Served
from tenure.records.subscriptions.models import (
    Attachment,
    ChangeKind,
    ContractPeriod,
    PeriodKind,
    PlannedChange,
    Term,
    TermLine,
)
from tenure.records.subscriptions.queries import grace_days
from tenure.records.subscriptions.quoting.values import (
    LADDER,
    TERM_GROUP,
    IsPaused,
    NotRunning,
    ref_of,
)
from tenure.records.subscriptions.states import LIVE, SubscriptionState, TermState
from tenure.records.together import read_together, read_with
from tenure.strategy.benefits import Benefits
from tenure.strategy.catalog import Catalog

_LADDER_SAID = Sentence(zh="预付 {months} 个月优惠", en="{months} months paid in advance")
_SEATS_SAID = Sentence(zh="{seats} 个席位的数量优惠", en="{seats} seats together")
_NOTHING_PLANNED: Mapping[str, PlannedChange] = {}
_MONTHS = Sentence(zh="{months} 个月", en="{months} months")
_MONTH = Sentence(zh="1 个月", en="1 month")
# Lines of the plan itself; add-ons stand apart.
PLAN_LINES = frozenset({LineKind.RENEWAL, LineKind.PLAN_REST, LineKind.SEATS, LineKind.CO_TERM})


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something charged that still covers days: a line, or the term itself (`line_id` None)."""

    line_id: int | None
    kind: LineKind
    code: str
    said: Sentence
    period: Period
    paid: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """A term with its plan, on a day, under the catalogue of that day."""

    term: Term
    on: date
    sold: Catalog | None
    price_list: PriceList
    lines: Sequence[TermLine] = ()
    periods: Sequence[ContractPeriod] = ()
    attached: Sequence[Attachment] = ()
    planned: Mapping[str, PlannedChange] = field(default_factory=dict)
    rights: Benefits = NONE_DECLARED
    chain: Sequence[Served] = ()  # the terms so far, of those who are near to a rewarded year
    comes_back: bool = False  # somebody who left, and gets the offer for that
    grace: int = GRACE_DAYS_DEFAULT  # days

    @classmethod
    def of(cls, term: int | Term, *, on: date) -> Standing:
        """How a term stands on a day; one that was read with its subscription is not read again."""
        if isinstance(term, Term):
            return cls._of({term.pk: term}, [term.pk], on=on)[0]
        return cls.every([term], on=on)[0]

    @classmethod
    def every(cls, term_ids: Sequence[int], *, on: date) -> list[Standing]:
        """How several terms stand, in the order asked for; a few queries however many."""
        asked = Term.objects.filter(among("pk", term_ids))
        found = {one.pk: one for one in read_with(asked, "subscription")}
        return cls._of(found, term_ids, on=on)

    @classmethod
    def of_terms(
        cls, terms: Sequence[Term], *, on: date, price_list: PriceList | None = None
    ) -> list[Standing]:
        """How terms stand that were read with their subscriptions, in the order given."""
        found = {one.pk: one for one in terms}
        return cls._of(found, list(found), on=on, price_list=price_list)

    @classmethod
    def _of(
        cls,
        found: Mapping[int, Term],
        term_ids: Sequence[int],
        *,
        on: date,
        price_list: PriceList | None = None,
    ) -> list[Standing]:
        held = _Held.of(found, on=on)
        (sold, rights), price_list = catalog_and_benefits(on), price_list or PriceList.read()
        for term in found.values():
            # Some dozens of versions are in memory: a row is not made an object for each term.
            version = price_list.versions[term.plan_version_id]
            term._state.fields_cache["plan_version"] = version
        gone, grace = _gone(found.values(), rights, on=on), grace_days(on)
        served = _chains(found.values(), rights, sold, known=gone.chains)
        returning = {one for one, verdict in gone.verdicts.items() if verdict.is_given}
        return [
            cls(
                (term := found[one]),
                on,
                sold,
                price_list,
                held.lines.get(one, ()),
                held.periods.get(term.subscription_id, ()),
                held.attached.get(term.subscription_id, ()),
                held.planned.get(term.subscription_id, _NOTHING_PLANNED),
                rights,
                served.get(term.subscription_id, ()),
                _is_over(term, on=on) and term.account_id in returning,
                grace,
            )
            for one in term_ids
        ]

    @property
    def ref(self) -> str:
        return ref_of(self.term.pk)

    @property
    def plan(self) -> Plan:
        return self.term.plan_version.plan

    @property
    def quantity(self) -> int:
        return self.term.subscription.quantity

    @property
    def pauses(self) -> tuple[Period, ...]:
        """Days without service, whose places at the end of the term have moved."""
        return tuple(
            Period(one.starts_on, one.ends_on)
            for one in self.periods
            if one.kind == PeriodKind.PAUSE
        )

    def next_quantity(self) -> int:
        """The seats of the next term: as planned, or as now."""
        change = self.planned.get(ChangeKind.SEATS)
        return self.quantity if change is None or change.quantity is None else change.quantity

    def next_version(self) -> PlanVersion:
        """The plan of the next term, in the version sold today: as planned, or as now."""
        change = self.planned.get(ChangeKind.PLAN)
        if change is None or change.plan_version_id is None:
            return self.version(None)
        planned = self.price_list.versions[change.plan_version_id]
        return self.price_list.newest(planned.plan_id, on=self.on) or planned

    def version(self, plan_code: str | None) -> PlanVersion:
        """The version that is sold today of a plan, or of the term's own.

        Before its first version the one that was sold to the customer counts.
        """
        if plan_code is None:
            sold_id = self.price_list.version_in_force(self.term.plan_version_id, on=self.on)
            return self.price_list.versions[sold_id]
        plan = catalog.plan(plan_code)
        found = self.price_list.newest(plan.pk, on=self.on)
        if found is None:
            raise NotOnSaleYet(plan=plan.code, on=self.on)
        return found

    def unit(self, version: PlanVersion, *, cycle_months: int) -> Money:
        """The price of one for a whole cycle: the list's, or a lower one that is locked."""
        currency = self.term.currency
        if not self.periods:
            return self.price_list.unit((version.id, cycle_months, currency))
        listed = self.price_list.price((version.pk, cycle_months, currency))
        locked = [
            int(one.content["prices"][str(cycle_months)])
            for one in self.periods
            if one.kind == PeriodKind.PRICE_LOCK
            and one.starts_on <= self.on < one.ends_on
            and one.content["plan"] == version.plan.code
            and str(cycle_months) in one.content["prices"]
        ]
        return Money(min([listed, *locked]), currency)

    def tax_share(self, version: PlanVersion) -> Decimal:
        """The tax inside the price of a plan today."""
        plan = self.sold.plans.get(version.plan.code) if self.sold else None
        return plan.tax_share if plan else Decimal(0)

    def reductions(self, ref: str, *, cycle_months: int, quantity: int) -> tuple[Discount, ...]:
        """What the price list itself takes off: the term ladder (OFR-01), and many seats."""
        if self.sold is None:
            return ()
        found = []
        if share := self.sold.ladder.get(cycle_months, Decimal(0)):
            said = _LADDER_SAID.fill(months=cycle_months)
            found.append((LADDER, said, share, f"{TERM_GROUP}:{ref}"))
        if quantity > 1 and (share := self.sold.seats_off(quantity)):
            found.append(("seats", _SEATS_SAID.fill(seats=quantity), share, ""))
        return tuple(
            Discount(
                id=f"{name}:{ref}",
                said=said,
                kind=DiscountKind.PERCENT,
                share=share,
                group=group,
                kinds=PLAN_LINES,
                refs=frozenset({ref}),
            )
            for name, said, share, group in found
        )

    def open_lines(self, *, code: str = "") -> tuple[OpenLine, ...]:
        """What was charged for the plan (or an add-on) and still covers days from today on."""
        found = [
            OpenLine(
                line_id=one.pk,
                kind=LineKind(one.kind),
                code=one.code,
                said=Sentence(one.name_zh, one.name_en),
                period=Period(one.starts_on, one.ends_on),
                paid=Money(one.amount_minor, one.currency),
            )
            for one in self.lines
            if one.code == code
            and one.closed_on is None
            and one.kind != LineKind.CREDIT
            and one.starts_on <= self.on < one.ends_on
        ]
        if code == "" and not any(one.kind == LineKind.RENEWAL for one in self.lines):
            found.insert(0, self._itself())
        return tuple(found)

    def cycle_name(self, months: int) -> Sentence:
        """How people call a cycle."""
        if self.sold is not None and months in self.sold.cycles:
            return self.sold.cycles[months].name
        return months_said(months)

    def check_running(self) -> None:
        """Refuse to change a term that is over or at rest.

        Raises:
            NotRunning: its end has come, or it has not begun.
            IsPaused: the subscription is paused.
        """
        self.check_serving()
        if self.term.subscription.state == SubscriptionState.PAUSED:
            raise IsPaused(resumes_on=self.term.subscription.resumes_on)

    def check_serving(self) -> None:
        """Refuse what can only be done on one of the term's own days, at rest or not.

        Raises:
            NotRunning: its end has come, or it has not begun.
        """
        is_open = self.term.state in (TermState.RUNNING, TermState.CANCELLING, TermState.RENEWED)
        if not is_open or not self.term.starts_on <= self.on < self.term.ends_on:
            raise NotRunning(starts_on=self.term.starts_on, ends_on=self.term.ends_on)

    def _itself(self) -> OpenLine:
        term = self.term
        return OpenLine(
            line_id=None,
            kind=LineKind.RENEWAL,
            code="",
            said=plan_said(term.plan_version),
            period=Period(term.starts_on, term.ends_on),
            paid=Money(term.price_minor, term.currency),
        )


def _with_add_ons(attached: Sequence[Attachment]) -> Sequence[Attachment]:
    """Each with what it is and costs: one query, and none where nothing is attached."""
    if attached:
        named = AddOnVersion.objects.select_related("add_on")
        versions = named.in_bulk({one.add_on_version_id for one in attached})
        for one in attached:
            one.add_on_version = versions[one.add_on_version_id]
            one.add_on = one.add_on_version.add_on
    return attached


@dataclass(frozen=True, slots=True)
class _Held:
    """What hangs on terms, by term, and on their contracts, by subscription."""

    lines: Mapping[int, list[TermLine]] = field(default_factory=lambda: defaultdict(list))
    periods: Mapping[int, list[ContractPeriod]] = field(default_factory=lambda: defaultdict(list))
    attached: Mapping[int, list[Attachment]] = field(default_factory=lambda: defaultdict(list))
    planned: Mapping[int, dict[str, PlannedChange]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    @classmethod
    def of(cls, terms: Mapping[int, Term], *, on: date) -> _Held:
        """All of it for some terms by one question, add-ons only as far as they go on."""
        found, chains = cls(), [one.subscription_id for one in terms.values()]
        lines, periods, changes, attached = read_together(
            TermLine.objects.filter(among("term_id", list(terms))),
            ContractPeriod.objects.filter(among("subscription_id", chains)),
            PlannedChange.objects.filter(
                among("subscription_id", chains), applied_on=None, withdrawn_on=None
            ),
            Attachment.objects.filter(
                Q(until_on=None) | Q(until_on__gt=on), among("subscription_id", chains)
            ),
        )
        for line in lines:
            found.lines[line.term_id].append(line)
        for period in periods:
            found.periods[period.subscription_id].append(period)
        for change in changes:
            found.planned[change.subscription_id][change.kind] = change
        for one in _with_add_ons(attached):
            found.attached[one.subscription_id].append(one)
        return found


def _chains(
    terms: Iterable[Term],
    rights: Benefits,
    sold: Catalog | None,
    *,
    known: Mapping[int, Sequence[Served]],
) -> dict[int, Sequence[Served]]:
    """Subscription → its terms so far, where the next one can depend on all that was before.

    Nobody else is read: fewer months come before the year that is rewarded.
    """
    if rights.streak is None:
        return {}
    longest = max(sold.cycles, default=12) if sold else 12
    least = max(rights.streak.years * 12 - longest + 1, 0)
    long = [
        one.subscription_id
        for one in terms
        if one.number > 1 and (one.ends_on - one.subscription.started_on).days >= 28 * least
    ]
    first = [one for one in terms if one.number == 1 and one.cycle_months >= least]
    return {
        **{one: known[one] for one in long if one in known},
        **served_chains(one for one in long if one not in known),
        **{one.subscription_id: [as_served(one)] for one in first},
    }


def _gone(terms: Iterable[Term], rights: Benefits, *, on: date) -> Returning:
    """Of the accounts whose service is over, who gets the offer for those who return (WIN-01)."""
    if rights.comeback is None:
        return Returning({}, {})
    over = {one.account_id for one in terms if _is_over(one, on=on)}
    return returning(over, rules=rights.comeback, on=on)


def _is_over(term: Term, *, on: date) -> bool:
    return term.state in (TermState.LAPSED, TermState.CANCELLED) or (
        term.state in LIVE and term.ends_on < on
    )


def plan_said(version: PlanVersion) -> Sentence:
    """The name of a version's plan."""
    return Sentence(zh=version.plan.name_zh, en=version.plan.name_en)


@lru_cache(maxsize=64)
def months_said(months: int) -> Sentence:
    """A number of months in words."""
    return _MONTH if months == 1 else _MONTHS.fill(months=months)
