"""Who is who: what identify, alias and group messages say, kept as links that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from tenure.kernel.clock import to_us, today
from tenure.kernel.identifiers import stable_id
from tenure.observe.intake.messages import contents_of, message_of
from tenure.observe.intake.models import IdentityLink, InboxEvent, Source
from tenure.observe.intake.rules import IDENTITY_LENGTH, links_of
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, select_rows, update_rows

_LINK: Final = Path(__file__).with_name("link_identities.sql")
_LINK_COLUMNS: Final = ("source_id", "known_as", "belongs_to", "made_at")
_ABOUT_IDENTITY: Final = ("identify", "alias", "group")
_AT_ONCE: Final = 2_000


def link_waiting(*, at: datetime) -> int:
    """Learn who is who from what waits in the inbox, and give each event its account.

    The first link of an identity stays until it is undone. Each link is entered in the journal.
    Returns:
        How many events found their account.
    """
    until_us = to_us(at)
    saying = InboxEvent.objects.filter(
        kind__in=_ABOUT_IDENTITY, sealed_at__isnull=True, known_us__lte=until_us
    ).order_by("at_us", "id")
    for rows in _batches(saying.values_list("source_id", "kind", "raw").iterator(_AT_ONCE)):
        with transaction.atomic():
            _keep_links(rows, at=at)
    return update_rows(
        InboxEvent, select_rows(_LINK, {"until_us": until_us}), columns=("account_id",)
    )


def apply_traits(*, at: datetime) -> int:
    """Bring what identify messages say of an account into its attributes; how many changed."""
    said = InboxEvent.objects.filter(
        kind="identify",
        account__isnull=False,
        sealed_at__isnull=True,
        known_us__lte=to_us(at),
    ).order_by("at_us", "id")
    changed = 0
    rows = said.values_list("account_id", "raw", "source__zone")
    for batch in _batches(rows.iterator(_AT_ONCE)):
        with transaction.atomic():
            changed += _merge_traits(batch, at=at)
    return changed


def _keep_links(rows: list[tuple[Any, ...]], *, at: datetime) -> None:
    sources = Source.objects.in_bulk({source_id for source_id, _, _ in rows})
    found = {
        (source_id, known_as): belongs_to
        for source_id, kind, raw in reversed(rows)
        for known_as, belongs_to in links_of(message_of(raw.encode()), kind=kind)
        if max(len(known_as), len(belongs_to)) <= IDENTITY_LENGTH
    }
    live = set(
        IdentityLink.objects.filter(
            undone_at__isnull=True, known_as__in={known_as for _, known_as in found}
        ).values_list("source_id", "known_as")
    )
    fresh = [(*key, belongs_to) for key, belongs_to in found.items() if key not in live]
    insert_rows(IdentityLink, ((*one, at) for one in fresh), columns=_LINK_COLUMNS)
    facts = (
        Fact(
            "identity.linked",
            on=today(sources[source_id].zone, at),
            content={
                "source": sources[source_id].name,
                "known_as": known_as,
                "belongs_to": belongs_to,
            },
            once_key=stable_id("idl", source_id, known_as, belongs_to, to_us(at)),
        )
        for source_id, known_as, belongs_to in fresh
    )
    append_many(facts, at=at, by="intake")


def _merge_traits(rows: list[tuple[Any, ...]], *, at: datetime) -> int:
    """Later messages win, field by field."""
    said: dict[int, dict[str, Any]] = {}
    zones: dict[int, str] = {}
    for account_id, raw, zone in rows:
        said.setdefault(account_id, {}).update(contents_of(raw).traits or {})
        zones[account_id] = zone
    changed = []
    for account in Account.objects.select_for_update().filter(pk__in=said):
        merged = {**account.attributes, **said[account.pk]}
        if merged != account.attributes:
            names = [name for name in merged if merged[name] != account.attributes.get(name)]
            changed.append((account.pk, merged, names))
    update_rows(Account, ((merged, pk) for pk, merged, _ in changed), columns=("attributes",))
    facts = (
        Fact(
            "account.traits_changed",
            on=today(zones[pk], at),
            account_id=pk,
            content={"names": sorted(names)},
        )
        for pk, _, names in changed
    )
    append_many(facts, at=at, by="intake")
    return len(changed)


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
