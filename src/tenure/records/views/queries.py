"""Whose views somebody may open."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from tenure.records.views.models import ChosenColumns, MutedNotice, NoticeMail, SavedView


def views_for(owner: str) -> list[SavedView]:
    """One's own and those that others share, by name: one query."""
    rows = SavedView.objects.filter(Q(owner=owner) | Q(is_shared=True))
    return list(rows.order_by("name", "pk"))


def muted_by(owner: str) -> frozenset[str]:
    """The kinds of notices that somebody does not want to see: one query."""
    rows = MutedNotice.objects.filter(owner=owner)
    return frozenset(rows.values_list("kind", flat=True))


def columns_for(owner: str, *, table: str) -> tuple[str, ...] | None:
    """The columns of a list that somebody chose; None where they chose none: one query."""
    rows = ChosenColumns.objects.filter(owner=owner, table=table)
    found = rows.values_list("columns", flat=True).first()
    return None if found is None else tuple(found)


@dataclass(frozen=True, slots=True)
class MailReader:
    """Somebody who is told of notices by e-mail, and the kinds that they do not want."""

    owner: str
    address: str
    muted: frozenset[str]


def mail_readers() -> list[MailReader]:
    """Everybody who asked for notices by e-mail: two queries, one where nobody did."""
    asked = dict(NoticeMail.objects.order_by("pk").values_list("owner", "address"))
    muted: defaultdict[str, set[str]] = defaultdict(set)
    if asked:
        rows = MutedNotice.objects.filter(owner__in=asked)
        for owner, kind in rows.values_list("owner", "kind"):
            muted[owner].add(kind)
    return [MailReader(one, address, frozenset(muted[one])) for one, address in asked.items()]


def has_mail_readers() -> bool:
    """Whether anybody asked for notices by e-mail."""
    return NoticeMail.objects.exists()


def mail_of(owner: str) -> str:
    """Where somebody is told of notices; empty where they are not."""
    return NoticeMail.objects.filter(owner=owner).values_list("address", flat=True).first() or ""
