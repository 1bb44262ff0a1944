"""The addresses of the Segment clients, and of whoever sends CloudEvents."""

from django.urls import path

from tenure.surfaces.api.events.views import CLOUD_EVENTS, receive, schemas

# A body of `batch` holds messages that say their kind; the others are one message each.
CALLS = ("identify", "track", "page", "screen", "group", "alias")

urlpatterns = [
    path("batch", receive, {"kind": None}, name="events-batch"),
    path("import", receive, {"kind": None}, name="events-import"),
    path("events", receive, {"kind": CLOUD_EVENTS}, name="events-cloud"),
    path("schemas", schemas, name="event-schemas"),
    *(path(call, receive, {"kind": call}, name=f"events-{call}") for call in CALLS),
]
