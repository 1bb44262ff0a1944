"""What every template may read."""

from django.http import HttpRequest

from tenure.surfaces.console.views.session import THEME_COOKIE


def appearance(request: HttpRequest) -> dict[str, object]:
    """The chosen theme, or nothing: then the reader's system decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"theme": chosen if chosen in {"light", "dark"} else ""}
