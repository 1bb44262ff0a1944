"""Whom a platform could be told of, who is left out and why, and what is to be taken back."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef

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
from tenure.records.among import among
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.strategies.queries import current
from tenure.understand.segments.queries import NoSuchSegment, members

_BATCH: Final = 50_000


class _Person(NamedTuple):
    """What is read of a person and the account."""

    pk: int
    account_id: int
    account__country: str
    account__holdout_bucket: int
    is_minor: bool
    personalised: bool
    has_consent: bool


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
    return audiences(segment, [platform], as_of=as_of)[0]


def audiences(segment: str, platforms: Sequence[Platform], *, as_of: date) -> list[Audience]:
    """The same for several platforms: everybody is read once, in a few queries.

    Raises:
        NoSuchSegment: nobody was ever counted under this name.
    """
    found = members(as_of)
    if found is None or segment not in found.segments:
        raise NoSuchSegment(name=segment, nearest="")
    made = [Audience(segment, one, found.on) for one in platforms]
    below = current().at(as_of).experiments.holdout_below
    accounts = sorted(int(one) for one in found.customers(segment))
    for some in batched(accounts, _BATCH):
        for person_id, standing in _standings(some, below=below):
            for one in made:
                _place(person_id, standing, made=one)
    shared = SharedIdentifier.objects.filter(segment=segment, removed_at__isnull=True)
    told = list(shared.filter(platform__in=platforms).order_by("pk"))
    for audience_ in made:
        held = {one for person in audience_.named for one in person.digests.values()}
        mine = (one for one in told if one.platform == audience_.platform)
        audience_.to_remove = [one for one in mine if one.digest not in held]
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
    """The person of each account who is written to, with what may be told of them.

    Two queries, however many there are.
    """
    agreed = Consent.objects.filter(purpose=PURPOSE, withdrawn_at__isnull=True)
    people = Person.objects.filter(among("account", accounts), is_primary=True)
    anything = Exists(agreed.filter(person=OuterRef("pk")))
    rows = people.annotate(has_consent=anything).order_by("account", "-pk")
    # The one that was added first is written to: a later row of the same account takes its place.
    named = {row.account_id: row for row in map(_Person._make, rows.values_list(*_Person._fields))}
    told = ContactPoint.objects.filter(
        Exists(agreed.filter(person=OuterRef("person"), channel=OuterRef("channel"))),
        among("person", [one.pk for one in named.values()]),
        bounced_at__isnull=True,
        channel__in=KINDS,
    ).order_by("-pk")
    points: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for person_id, channel, address in told.values_list("person_id", "channel", "address"):
        points[person_id][KINDS[channel]] = address
    for one in named.values():
        yield (
            one.pk,
            Standing(
                country=one.account__country,
                is_minor=one.is_minor,
                is_in_holdout=one.account__holdout_bucket < below,
                is_personalised=one.personalised,
                has_consent=one.has_consent,
                allowed=tuple(sorted(points[one.pk].items())),
            ),
        )
