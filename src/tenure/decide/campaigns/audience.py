"""Whom a campaign means: a segment, less those who belong to somebody else, in two arms by lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Final

from tenure.kernel.buckets import BUCKETS, bucket
from tenure.kernel.failures import Sentence
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.queries import busy
from tenure.records.campaigns.states import Arm
from tenure.records.experiments.models import Assignment
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.sections import Strategy
from tenure.understand.segments.queries import members

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


@dataclass(slots=True)
class Audience:
    """The people of a segment on its last counted day; `size` is None where none was counted.

    `people` holds account, term and arm of those who take part, `left_out` counts the others, and
    `campaigns` with whom of those the audience overlaps.
    """

    everyone: int = 0
    size: int | None = None
    counted_on: date | None = None
    people: list[tuple[int, int, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    campaigns: Counter[str] = field(default_factory=Counter)

    def of_arm(self, arm: Arm) -> list[int]:
        """The terms of an arm."""
        return [term for _, term, one in self.people if one == arm]


def audience_of(campaign: Campaign, *, strategy: Strategy, on: date) -> Audience:
    """Read who is meant, as of the last counted day (CMP-03).

    One customer is in one campaign and in one experiment at a time; whoever is in another one, and
    the permanent holdout, is left out and counted.
    """
    filled = members(on)
    if filled is None or campaign.segment not in filled.segments:
        return Audience()
    found = Audience(
        everyone=len(filled.people.mask),
        size=len(filled.customers(campaign.segment)),
        counted_on=filled.on,
    )
    below = strategy.experiments.holdout_below
    terms = _terms(int(one) for one in filled.terms(campaign.segment))
    for part in batched(terms.items(), _BATCH):
        _sort(dict(part), campaign, found, held_out_below=below)
    found.left_out[NOT_LIVE] += (found.size or 0) - len(terms)
    found.people.sort()
    return found


def arm_of(campaign: Campaign, account_id: int) -> Arm:
    """What the lot gives a customer: always the same, and independent of every other lot."""
    drawn = bucket(f"campaign-{campaign.key}", str(account_id), buckets=BUCKETS)
    return Arm.CONTROL if drawn < campaign.control_share else Arm.TREATED


def _terms(ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Account → its running term that ends first, and its bucket of the holdout."""
    found: dict[int, tuple[int, int]] = {}
    for row in _running(ids):
        account, term, holdout_bucket = row
        found.setdefault(account, (term, holdout_bucket))
    return found


def _running(ids: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    columns = ("account_id", "pk", "account__holdout_bucket", "ends_on")
    rows: list[tuple[int, int, int, date]] = []
    for part in batched(ids, _BATCH):
        live = Term.objects.filter(pk__in=part, state=TermState.RUNNING)
        rows += live.values_list(*columns)
    for account, term, holdout_bucket, _ in sorted(rows, key=lambda row: (row[0], row[3], row[1])):
        yield account, term, holdout_bucket


def _sort(
    part: dict[int, tuple[int, int]],
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
    for account, (term, holdout_bucket) in part.items():
        if holdout_bucket < held_out_below:
            found.left_out[HOLDOUT] += 1
        elif account in elsewhere:
            found.left_out[IN_CAMPAIGN] += 1
            found.campaigns[elsewhere[account]] += 1
        elif account in tried:
            found.left_out[IN_EXPERIMENT] += 1
        else:
            found.people.append((account, term, arm_of(campaign, account)))
