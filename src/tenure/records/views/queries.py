"""Whose views somebody may open."""

from django.db.models import Q

from tenure.records.views.models import SavedView


def views_for(owner: str) -> list[SavedView]:
    """One's own and those that others share, by name: one query."""
    rows = SavedView.objects.filter(Q(owner=owner) | Q(is_shared=True))
    return list(rows.order_by("name", "pk"))
