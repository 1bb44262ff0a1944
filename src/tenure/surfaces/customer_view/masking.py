"""The same view for somebody who may not see people: numbers stay, persons go."""

from dataclasses import replace

from tenure.surfaces import wording
from tenure.surfaces.customer_view.shapes import (
    CustomerView,
    Profile,
    TicketLine,
    Timeline,
    TimelineEntry,
    ToDoLine,
)


def masked(view: CustomerView) -> CustomerView:
    """Without names, addresses and anybody's own words."""
    return replace(
        view,
        profile=_profile(view.profile),
        open_tickets=tuple(_ticket(one) for one in view.open_tickets),
        open_todos=tuple(_todo(one) for one in view.open_todos),
        timeline=masked_timeline(view.timeline),
    )


def masked_timeline(timeline: Timeline) -> Timeline:
    """The same happenings without anybody's words."""
    return replace(timeline, entries=tuple(_entry(one) for one in timeline.entries))


def _profile(profile: Profile) -> Profile:
    return replace(
        profile,
        name=wording.masked_name(profile.name),
        is_masked=True,
        contact_points=tuple(
            replace(one, address=wording.masked_address(one.address, one.channel))
            for one in profile.contact_points
        ),
    )


def _ticket(ticket: TicketLine) -> TicketLine:
    return replace(ticket, subject="")


def _todo(todo: ToDoLine) -> ToDoLine:
    return replace(todo, owner_name=wording.masked_name(todo.owner_name))


def _entry(entry: TimelineEntry) -> TimelineEntry:
    return replace(entry, title=entry.bare_title, detail=entry.bare_detail)
