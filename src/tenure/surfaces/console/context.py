"""What every template may read."""

from django.http import HttpRequest

from tenure.surfaces.console.access import rights

THEME_COOKIE = "tenure_theme"
SHORTCUTS_COOKIE = "tenure_shortcuts"


def appearance(request: HttpRequest) -> dict[str, object]:
    """The chosen theme, or nothing: then the reader's system decides; and the shortcuts."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": chosen if chosen in {"light", "dark"} else "",
        "has_shortcuts": request.COOKIES.get(SHORTCUTS_COOKIE) != "off",
    }


def permissions(request: HttpRequest) -> dict[str, object]:
    """What this reader may do, so that a page offers nothing that would be refused."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"may": {}}
    return {"may": {str(right): True for right in rights(request)}}
