"""Whom a platform could be told of, who is left out and why, and what is to be taken back."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Final

from tenure.act.audiences.models import AudienceExport, SharedIdentifier
from tenure.act.audiences.rules import (
    KINDS,
    PURPOSE,
    Left,
    Platform,
    Standing,
    digest,
    left_out,
    written,
)
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.strategies.queries import current
from tenure.understand.segments.queries import NoSuchSegment, members

_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Named:
    """One person as a platform is told: kind of identifier → hash."""

    person_id: int
    digests: Mapping[str, str]


@dataclass(slots=True)
class Audience:
    """A segment for a platform on a day, before anything leaves."""

    segment: str
    platform: Platform
    on: date
    named: list[Named] = field(default_factory=list)
    left: Counter[Left] = field(default_factory=Counter)
    to_remove: Sequence[SharedIdentifier] = ()

    @property
    def total(self) -> int:
        return len(self.named) + self.left.total()


def audience(segment: str, platform: Platform, *, as_of: date) -> Audience:
    """Everybody of a segment is named, or left out with a reason; nothing is written.

    Raises:
        NoSuchSegment: nobody was ever counted under this name.
    """
    found = members(as_of)
    if found is None or segment not in found.segments:
        raise NoSuchSegment(name=segment, nearest="")
    made = Audience(segment, platform, found.on)
    below = current().at(as_of).experiments.holdout_below
    accounts = sorted(int(one) for one in found.customers(segment))
    for some in batched(accounts, _BATCH):
        for person_id, standing in _standings(some, below=below):
            _place(person_id, standing, made=made)
    held = {one for person in made.named for one in person.digests.values()}
    shared = SharedIdentifier.objects.filter(
        segment=segment, platform=platform, removed_at__isnull=True
    ).order_by("pk")
    made.to_remove = [one for one in shared if one.digest not in held]
    return made


def exports(segment: str, *, limit: int = 20) -> Sequence[AudienceExport]:
    """The newest files of a segment."""
    return list(AudienceExport.objects.filter(segment=segment).order_by("-pk")[:limit])


def _place(person_id: int, standing: Standing, *, made: Audience) -> None:
    reason = left_out(standing, platform=made.platform)
    kinds = {kind for _, kind in made.platform.columns}
    digests = {
        kind: digest(plain)
        for kind, address in standing.allowed
        if kind in kinds and (plain := written(address, kind, platform=made.platform))
    }
    if reason is None and not digests:
        reason = Left.NO_IDENTIFIER
    if reason is not None:
        made.left[reason] += 1
    else:
        made.named.append(Named(person_id, digests))


def _standings(accounts: Collection[int], *, below: int) -> Iterator[tuple[int, Standing]]:
    """The person of each account who is written to, with what may be told of them."""
    rows = Person.objects.filter(account__in=accounts, is_primary=True).order_by("account", "-pk")
    people = {one.account_id: one for one in rows.select_related("account")}
    ids = [one.pk for one in people.values()]
    given: defaultdict[int, set[str]] = defaultdict(set)
    live = Consent.objects.filter(person__in=ids, purpose=PURPOSE, withdrawn_at__isnull=True)
    for person_id, channel in live.values_list("person_id", "channel"):
        given[person_id].add(channel)
    points: defaultdict[int, dict[str, str]] = defaultdict(dict)
    usable = ContactPoint.objects.filter(person__in=ids, bounced_at__isnull=True)
    for person_id, channel, address in usable.order_by("-pk").values_list(
        "person_id", "channel", "address"
    ):
        if channel in KINDS and channel in given[person_id]:
            points[person_id][KINDS[channel]] = address
    for one in people.values():
        yield (
            one.pk,
            Standing(
                country=one.account.country,
                is_minor=one.is_minor,
                is_in_holdout=one.account.holdout_bucket < below,
                is_personalised=one.personalised,
                has_consent=bool(given[one.pk]),
                allowed=tuple(sorted(points[one.pk].items())),
            ),
        )
