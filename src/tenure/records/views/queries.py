"""Whose views somebody may open."""

from django.db.models import Q

from tenure.records.views.models import ChosenColumns, MutedNotice, SavedView


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
