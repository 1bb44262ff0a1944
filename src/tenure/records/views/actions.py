"""Save a view, take it away, choose columns; each is an entry of the journal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.views.models import ChosenColumns, MutedNotice, NoticeMail, SavedView

MOST_VIEWS: Final = 100
_LONGEST_ADDRESS: Final = 120
_MAILABLE: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


class TooManyViews(Refusal):
    """Nobody finds anything in a list of hundreds."""

    code = "too_many_views"
    said = Sentence(
        zh="已保存 {most} 个视图，达到上限；请先删除不用的。",
        en="{most} views are saved, which is the most; take away those you do not use.",
    )


class NoName(Refusal):
    """A view is found by its name."""

    code = "view_without_name"
    said = Sentence(zh="请给视图起个名字。", en="Give the view a name.")


class NoAddress(Refusal):
    """A mail needs somewhere to go."""

    code = "notice_without_address"
    said = Sentence(
        zh="“{address}”不是邮箱地址。", en="“{address}” is no address that mail can be sent to."
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view as somebody wants it kept."""

    name: str
    address: str
    is_shared: bool = False


@transaction.atomic
def save_view(wanted: Wanted, *, owner: str, on: date, at: datetime) -> SavedView:
    """Keep an address under a name; the same name again is the same view with a new address.

    Raises:
        NoName, TooManyViews.
    """
    name = wanted.name.strip()[:80]
    if not name:
        raise NoName
    mine = SavedView.objects.select_for_update().filter(owner=owner)
    view = mine.filter(name=name).first()
    if view is None and mine.count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    view = view or SavedView(owner=owner, name=name)
    said = (wanted.address, wanted.is_shared)
    if view.pk is not None and (view.address, view.is_shared) == said:
        return view
    view.address, view.is_shared = said
    view.saved_at = at
    view.save()
    content = {"view": name, "address": wanted.address, "shared": wanted.is_shared}
    append(Fact("view.saved", on=on, content=content), at=at, by=owner)
    return view


@transaction.atomic
def remove_view(view_id: int, *, owner: str, on: date, at: datetime) -> bool:
    """Take one's own view away. False where it is not there, or is somebody else's."""
    view = SavedView.objects.select_for_update().filter(pk=view_id, owner=owner).first()
    if view is None:
        return False
    content = {"view": view.name, "address": view.address, "shared": view.is_shared}
    view.delete()
    append(Fact("view.removed", on=on, content=content), at=at, by=owner)
    return True


@transaction.atomic
def mute(kind: str, *, owner: str, on: date, at: datetime) -> bool:
    """Hide a kind of notice from one's own list; False where it was hidden already."""
    _, is_new = MutedNotice.objects.get_or_create(owner=owner, kind=kind, defaults={"muted_at": at})
    if is_new:
        append(Fact("notice.muted", on=on, content={"kind": kind}), at=at, by=owner)
    return is_new


@transaction.atomic
def unmute(kind: str, *, owner: str, on: date, at: datetime) -> bool:
    """Show a kind of notice again; False where it was shown."""
    gone, _ = MutedNotice.objects.filter(owner=owner, kind=kind).delete()
    if gone:
        append(Fact("notice.unmuted", on=on, content={"kind": kind}), at=at, by=owner)
    return bool(gone)


@transaction.atomic
def choose_columns(
    columns: Sequence[str], *, table: str, owner: str, on: date, at: datetime
) -> bool:
    """Keep which columns of a list somebody wants to see; False where they are the same."""
    held = ChosenColumns.objects.select_for_update().filter(owner=owner, table=table).first()
    if held is not None and held.columns == list(columns):
        return False
    held = held or ChosenColumns(owner=owner, table=table)
    held.columns, held.chosen_at = list(columns), at
    held.save()
    content = {"table": table, "columns": list(columns)}
    append(Fact("columns.chosen", on=on, content=content), at=at, by=owner)
    return True


@transaction.atomic
def ask_for_mail(address: str, *, owner: str, on: date, at: datetime) -> bool:
    """Tell somebody of notices by e-mail from now on; an empty address ends it.

    False where it is so already. The journal keeps that it was asked for, and no address.

    Raises:
        NoAddress: nothing can be sent there.
    """
    address = address.strip()
    held = NoticeMail.objects.select_for_update().filter(owner=owner).first()
    if (held.address if held else "") == address:
        return False
    if not address:
        NoticeMail.objects.filter(owner=owner).delete()
        append(Fact("notice.mail_ended", on=on), at=at, by=owner)
        return True
    if not _MAILABLE.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        raise NoAddress(address=address[:_LONGEST_ADDRESS])
    held = held or NoticeMail(owner=owner)
    held.address, held.asked_at = address, at
    held.save()
    append(Fact("notice.mail_asked", on=on), at=at, by=owner)
    return True
