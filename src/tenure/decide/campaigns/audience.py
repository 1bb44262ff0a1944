"""Whom a campaign means: segments, less those who belong to somebody else, in two arms by lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Final

import numpy as np

from tenure.kernel.buckets import BUCKETS, bucket
from tenure.kernel.failures import Sentence
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import busy
from tenure.records.campaigns.rules import Meant
from tenure.records.campaigns.states import Arm
from tenure.records.experiments.models import Assignment
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.sections import Strategy
from tenure.understand.segments.queries import Members, members
from tenure.understand.segments.rules import Wholes

_BATCH: Final = 5_000
HOLDOUT: Final = "holdout"
IN_CAMPAIGN: Final = "in_campaign"
IN_EXPERIMENT: Final = "in_experiment"
NOT_LIVE: Final = "not_live"
WHY_LEFT_OUT: Final = {
    HOLDOUT: Sentence(zh="长期对照组", en="the permanent holdout"),
    IN_CAMPAIGN: Sentence(zh="已在另一个进行中的活动里", en="in another campaign that runs"),
    IN_EXPERIMENT: Sentence(zh="已在一个未结束的实验里", en="in an experiment that is not over"),
    NOT_LIVE: Sentence(zh="算人数之后已到期或退订", en="over or leaving since they were counted"),
}


@dataclass(frozen=True, slots=True)
class OneAudience:
    """One segment among the audiences of a campaign, in customers.

    `size` is all of the segment, `shared` how many of them each audience before it holds, too, and
    `brought` how many take part because of it. `at_stake_minor` is what the running terms of those
    cost, which is what is lost if none of them renews.
    """

    segment: str
    size: int
    shared: Mapping[str, int]
    brought: int = 0
    at_stake_minor: int = 0


@dataclass(slots=True)
class Audience:
    """The people of all audiences on their last counted day; `size` is None where one was not.

    `people` are those who take part, `left_out` counts the others, and `campaigns` with whom of
    those the audience overlaps; `each` are the audiences in their order.
    """

    everyone: int = 0
    size: int | None = None
    counted_on: date | None = None
    people: list[Meant] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    campaigns: Counter[str] = field(default_factory=Counter)
    each: tuple[OneAudience, ...] = ()

    def of_arm(self, arm: Arm) -> list[int]:
        """The terms of an arm."""
        return [one.term_id for one in self.people if one.arm == arm]


@dataclass(frozen=True, slots=True)
class _Running:
    """The running term of an account that ends first, its price and the account's bucket."""

    term_id: int
    price_minor: int
    holdout_bucket: int


def audience_of(campaign: Campaign, *, strategy: Strategy, on: date) -> Audience:
    """Read who is meant, as of the last counted day (CMP-03).

    Whom several audiences hold, the first of them brings. One customer is in one campaign and in
    one experiment at a time; whoever is in another one, and the permanent holdout, is left out and
    counted.
    """
    filled, names = members(on), list(campaign.audiences)
    if filled is None or not names or set(names) - set(filled.segments):
        return Audience()
    customers = {one: filled.customers(one) for one in names}
    everybody = np.unique(np.concatenate(list(customers.values())))
    found = Audience(len(filled.people.mask), len(everybody), filled.on)
    terms, brought_by = _terms(filled, names)
    below = strategy.experiments.holdout_below
    for part in batched(terms.items(), _BATCH):
        _sort(dict(part), campaign, found, held_out_below=below)
    found.left_out[NOT_LIVE] += len(everybody) - len(terms)
    found.people = sorted(one._replace(audience=brought_by[one.account_id]) for one in found.people)
    found.each = _each(customers, found.people, terms)
    return found


def arm_of(campaign: Campaign, account_id: int) -> Arm:
    """What the lot gives a customer: always the same, and independent of every other lot."""
    drawn = bucket(f"campaign-{campaign.key}", str(account_id), buckets=BUCKETS)
    return Arm.CONTROL if drawn < campaign.control_share else Arm.TREATED


def _terms(filled: Members, names: Sequence[str]) -> tuple[dict[int, _Running], dict[int, str]]:
    """Account → its running term that ends first, and the audience that brings the account.

    The term is one of the first audience that holds the account: who is meant because a term ends
    soon is spoken to about that term.
    """
    terms: dict[int, _Running] = {}
    brought_by: dict[int, str] = {}
    for name in names:
        for account, running in _running(int(one) for one in filled.terms(name)):
            if brought_by.setdefault(account, name) == name:
                terms.setdefault(account, running)
    return terms, brought_by


def _running(ids: Iterable[int]) -> Iterator[tuple[int, _Running]]:
    """Account and running term, of each account the term that ends first before the others."""
    columns = ("account_id", "ends_on", "pk", "price_minor", "account__holdout_bucket")
    rows: list[tuple[int, date, int, int, int]] = []
    for part in batched(ids, _BATCH):
        live = Term.objects.filter(pk__in=part, state=TermState.RUNNING)
        rows += live.values_list(*columns)
    for account, _, term, price, holdout_bucket in sorted(rows):
        yield account, _Running(term, price, holdout_bucket)


def _each(
    customers: Mapping[str, Wholes], people: Sequence[Meant], terms: Mapping[int, _Running]
) -> tuple[OneAudience, ...]:
    brought: Counter[str] = Counter()
    at_stake: Counter[str] = Counter()
    for one in people:
        brought[one.audience] += 1
        at_stake[one.audience] += terms[one.account_id].price_minor
    names = list(customers)
    return tuple(
        OneAudience(
            segment=name,
            size=len(customers[name]),
            shared={
                other: len(np.intersect1d(customers[name], customers[other]))
                for other in names[:place]
            },
            brought=brought[name],
            at_stake_minor=at_stake[name],
        )
        for place, name in enumerate(names)
    )


def _sort(
    part: dict[int, _Running],
    campaign: Campaign,
    found: Audience,
    *,
    held_out_below: int,
) -> None:
    elsewhere = {account: key for account, key in busy(list(part)).items() if key != campaign.key}
    tried = set(
        Assignment.objects.filter(
            account_id__in=list(part),
            experiment__kind="arms",
            experiment__ended_on=None,
            term__state=TermState.RUNNING,
        ).values_list("account_id", flat=True)
    )
    for account, running in part.items():
        if running.holdout_bucket < held_out_below:
            found.left_out[HOLDOUT] += 1
        elif account in elsewhere:
            found.left_out[IN_CAMPAIGN] += 1
            found.campaigns[elsewhere[account]] += 1
        elif account in tried:
            found.left_out[IN_EXPERIMENT] += 1
        else:
            found.people.append(Meant(account, running.term_id, arm_of(campaign, account)))
