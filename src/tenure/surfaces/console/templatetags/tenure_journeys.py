"""Template filters of the journey pages."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def entry(counts: Mapping[str, int], key: str) -> int:
    """One count of a table of counts, 0 where it is not there."""
    return counts.get(key, 0)
