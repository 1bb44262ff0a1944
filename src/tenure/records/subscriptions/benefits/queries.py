"""What the calendar rules need to know, read for one contract or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from operator import itemgetter
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    Max,
    Q,
    Value,
)
from django.db.models.functions import Lower

from tenure.kernel.failures import Sentence
from tenure.kernel.money import rounded
from tenure.records.among import among
from tenure.records.customers.models import ContactPoint
from tenure.records.strategies.queries import NoStrategy, current
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.rules import (
    BenefitKind,
    Gone,
    Served,
    Verdict,
    may_come_back,
    with_make_up,
)
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import grace_days
from tenure.records.subscriptions.states import EndKind, TermState
from tenure.strategy.benefits import Benefits, Comeback
from tenure.strategy.catalog import Catalog

NONE_DECLARED = Benefits()


# With which terms a gap was made up for, once (OFR-06).
_MAKE_UPS = Benefit.objects.filter(kind=BenefitKind.MAKE_UP).exclude(end=Benefit.End.TAKEN_BACK)


class _Had(NamedTuple):
    """What `served` looks at of a term."""

    subscription_id: int
    starts_on: date
    ends_on: date
    closed_on: date | None
    cycle_months: int
    state: str
    end_kind: str
    makes_up: bool


_HAD = _Had._fields[:-1]
_NO_NUMBER = Value(None, output_field=BigIntegerField())
_NO_DAY = Value(None, output_field=DateField())
_NO_TEXT = Value("", output_field=CharField())


@dataclass(frozen=True, slots=True)
class _Past:
    """By account the terms that were had, each chain in its order, and the days on which an offer
    for those who return was given.
    """

    terms: defaultdict[int, list[_Had]] = field(default_factory=lambda: defaultdict(list))
    given: defaultdict[int, list[date]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Returning:
    """By account whether it gets the offer for those who return, and why; by subscription of
    these accounts its terms as they were had, the first one first.
    """

    verdicts: Mapping[int, Verdict]
    chains: Mapping[int, Sequence[Served]]


def benefits_of(on: date) -> Benefits:
    """What the strategy gives beside a term on a day; nothing where none was applied."""
    try:
        return current().at(on).benefits
    except NoStrategy:
        return NONE_DECLARED


def catalog_and_benefits(on: date) -> tuple[Catalog | None, Benefits]:
    """What is sold on a day and what comes with it, by one look at the strategy."""
    try:
        rules = current().at(on)
    except NoStrategy:
        return None, NONE_DECLARED
    return rules.catalog, rules.benefits


def served_chains(subscription_ids: Iterable[int]) -> Mapping[int, Sequence[Served]]:
    """Subscription → its terms as they were had, the first one first."""
    chains = list(subscription_ids)
    if not chains:
        return {}
    rows = Term.objects.filter(among("subscription_id", chains), reversed_on=None)
    # Read once for all of them: asked of each term it takes longer than the terms.
    with_it = _MAKE_UPS.filter(among("subscription_id", chains)).values("term")
    makes_up = ExpressionWrapper(Q(pk__in=with_it), output_field=BooleanField())
    rows = rows.annotate(makes_up=makes_up).order_by("number")
    return _in_chains(map(_Had._make, rows.values_list(*_Had._fields)))


def _in_chains(terms: Iterable[_Had]) -> Mapping[int, Sequence[Served]]:
    """Terms, each chain in its order, as they were had."""
    found: dict[int, list[Served]] = defaultdict(list)
    made_up: dict[int, date] = {}
    for had in terms:
        found[had.subscription_id].append(served(had))
        if had.makes_up:
            made_up.setdefault(had.subscription_id, had.starts_on)
    for chain, until in made_up.items():
        found[chain] = list(with_make_up(found[chain], until=until))
    return found


def served(term: Term | _Had) -> Served:
    """A term as it was had."""
    ends_on, failed = term.ends_on, term.end_kind == EndKind.INVOLUNTARY
    if term.state != TermState.CANCELLED or (term.closed_on or ends_on) >= ends_on:
        return Served(term.starts_on, ends_on, term.cycle_months, False, failed)
    return Served(term.starts_on, min(ends_on, term.closed_on or ends_on), term.cycle_months, True,
                  failed)  # fmt: skip


def comeback_of(account_id: int, *, rules: Comeback, on: date) -> Verdict:
    """Whether an account gets the offer for those who return, and why."""
    return comebacks_of([account_id], rules=rules, on=on)[account_id]


def comebacks_of(
    account_ids: Collection[int], *, rules: Comeback, on: date
) -> Mapping[int, Verdict]:
    """The same for many accounts; a few queries however many."""
    return returning(account_ids, rules=rules, on=on).verdicts


def returning(account_ids: Collection[int], *, rules: Comeback, on: date) -> Returning:
    """Who of some accounts gets the offer for those who return, and what they had before.

    The same person is whoever is reached at the same address or number (WIN-01): a second account
    of a current customer gets no offer for those who left.
    """
    if not account_ids:
        return Returning({}, {})
    persons = _same_person(account_ids)
    past, grace = _past(frozenset[int]().union(*persons.values())), grace_days(on)
    verdicts = {
        account: may_come_back(rules, _gone_by(past, same, on=on, grace=grace), on=on)
        for account, same in persons.items()
    }
    own = (had for account in persons for had in past.terms[account])
    return Returning(verdicts, _in_chains(own))


def _past(accounts: Collection[int]) -> _Past:
    """What some accounts had: their terms, and the offers for those who return, by one question."""
    benefits = Benefit.objects.filter(
        account_id__in=accounts, kind__in=(BenefitKind.COMEBACK, BenefitKind.MAKE_UP)
    ).exclude(end=Benefit.End.TAKEN_BACK)
    terms = Term.objects.filter(account_id__in=accounts, reversed_on=None).values_list(
        Value(""), "account_id", "pk", "number", *_HAD
    )
    # The columns of a benefit stand below those of a term; what it has none of is nothing.
    rows = terms.union(
        benefits.values_list(
            "kind", "account_id", "term_id", _NO_NUMBER, _NO_NUMBER, "given_on",
            _NO_DAY, _NO_DAY, _NO_NUMBER, _NO_TEXT, _NO_TEXT,
        ),
        all=True,
    )  # fmt: skip
    found, makes_up, had = _Past(), set[int](), []
    for kind, account, term, number, *told in rows:
        if not kind:
            had.append((number, account, term, told))
        elif kind == BenefitKind.COMEBACK:
            found.given[account].append(told[1])
        else:
            makes_up.add(term)
    for _, account, term, told in sorted(had, key=itemgetter(0)):
        found.terms[account].append(_Had._make((*told, term in makes_up)))
    return found


def _gone_by(past: _Past, accounts: Collection[int], *, on: date, grace: int) -> Gone:
    """Whether one of the accounts of a person is a customer; else since when none is."""
    terms = [term for one in accounts for term in past.terms[one]]
    given_on = [day for one in accounts for day in past.given[one]]
    ends = [_true_end(term, grace=grace) for term in terms if term.starts_on <= on]
    is_customer = any(end > on for end in ends) or any(one.starts_on > on and
        one.state != TermState.CANCELLED for one in terms)  # fmt: skip
    return Gone(is_customer, max(ends, default=None), max(given_on, default=None))


def _true_end(term: _Had, *, grace: int) -> date:
    """The first day on which the customer was none any more, whatever a night wrote or missed."""
    if term.closed_on is not None:
        return term.closed_on
    if term.state == TermState.RENEWED:
        return term.ends_on
    days = 0 if term.state == TermState.CANCELLING else grace + 1
    return term.ends_on + timedelta(days=days)


def _same_person(account_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Account → the accounts of the same person, itself among them; one query."""
    points = ContactPoint.objects.exclude(address="").annotate(lower=Lower("address"))
    own = points.filter(among("person__account_id", account_ids))
    # What is written in capitals elsewhere is found too, and is another address all the same: the
    # index holds small letters.
    alike = points.filter(channel__in=own.values("channel"), lower__in=own.values("lower"))
    mine: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    reached: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for account, *address in alike.values_list("person__account_id", "channel", "address"):
        mine[account].add((address[0], address[1]))
        reached[address[0], address[1]].add(account)
    return {
        account: frozenset({account}.union(*(reached[one] for one in mine[account])))
        for account in account_ids
    }


def benefits_of_account(account_id: int) -> list[Benefit]:
    """Everything that an account was given, the newest first."""
    rows = Benefit.objects.filter(account_id=account_id).select_related("term")
    return list(rows.order_by("-given_on", "-pk"))


@dataclass(frozen=True, slots=True)
class TrialFigures:
    """What became of one trial: begun, bought after it, not bought, not to be counted yet."""

    rule_id: str
    name: Sentence
    begun: int
    won: int
    lost: int

    @property
    def open(self) -> int:
        return self.begun - self.won - self.lost

    @property
    def won_percent(self) -> int | None:
        """Of those that are counted the part that bought; None where none is counted yet."""
        counted = self.won + self.lost
        return rounded(Fraction(100 * self.won, counted)) if counted else None


def trial_figures() -> list[TrialFigures]:
    """How many of each trial's customers bought what it was for (OFR-17)."""
    rows = (
        Benefit.objects.filter(kind=BenefitKind.TRIAL)
        .values("rule_id")
        .annotate(
            zh=Max("name_zh"),
            en=Max("name_en"),
            begun=Count("pk"),
            won=Count("pk", filter=Q(converted_on__isnull=False)),
            lost=Count("pk", filter=Q(settled_on__isnull=False, converted_on=None)),
        )
    )
    return [
        TrialFigures(
            one["rule_id"], Sentence(one["zh"], one["en"]), one["begun"], one["won"], one["lost"]
        )
        for one in rows.order_by("rule_id")
    ]


def kind_counts(*, on: date) -> dict[str, int]:
    """Kind → how many have it on a day."""
    rows = Benefit.objects.filter(ended_on=None, starts_on__lte=on, ends_on__gt=on)
    return dict(rows.values_list("kind").annotate(n=Count("pk")).order_by("kind"))


def held(subscription_id: int, *, on: date) -> list[Benefit]:
    """What a contract has on a day, or has coming."""
    rows = Benefit.objects.filter(subscription_id=subscription_id, ended_on=None, ends_on__gt=on)
    return list(rows.order_by("starts_on", "pk"))


def codes_held(account_ids: Collection[int], *, on: date) -> set[tuple[int, str]]:
    """Account and code of every right that was given beside a plan and is not over on a day."""
    rows = Benefit.objects.filter(
        account_id__in=account_ids, ended_on=None, ends_on__gt=on, period__isnull=False
    )
    return {
        (account, row["code"])
        for account, content in rows.values_list("account_id", "period__content")
        for row in content.get("gives", [])
    }
