"""R-C-003: what a living sender holds of a batch stays its own, by whatever ways it goes."""

from datetime import datetime

import pytest

from tenure.act.channels.registry import standing_in
from tenure.act.messages import actions, carrying, marks
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.models import Message
from tests.act.channels.test_carrying import Telegraph, a_text
from tests.act.messages.test_dispatch import MORNING, a_reminder
from tests.act.posts import Postbag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]


def _leases() -> dict[int, datetime | None]:
    """Message → until when its sender holds it."""
    return dict(Message.objects.order_by("pk").values_list("pk", "leased_until"))


def test_what_waits_for_another_way_is_kept_while_letters_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A letter has no key at its server: nobody else may find its claim run out in a long batch."""
    first, second = (a_reminder(send_key=f"k{place}") for place in range(2))
    text, bag, seen = a_text(), Postbag(), []
    bag.before_each = lambda: seen.append(_leases())
    for module, name in (
        (actions, "LOOKS_EVERY_SECONDS"),
        (carrying, "LOOKS_EVERY_SECONDS"),
        (marks, "KEPT_EVERY_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 0.0)

    with standing_in(Telegraph()) as mouth:
        done = dispatch(at=MORNING, post=bag)

    assert done.sent == 3
    assert [one.message_id for one in mouth.channel.asked] == [text.pk]  # type: ignore[attr-defined]
    earlier, later = seen
    for waiting in (second, text):
        before, after = earlier[waiting.pk], later[waiting.pk]
        assert before is not None
        assert after is not None
        assert after > before
    assert later[first.pk] is None, "what left is nobody's any more"


def test_claims_are_not_written_anew_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(2):
        a_reminder(send_key=f"k{place}")
    text, bag, seen = a_text(), Postbag(), []
    bag.before_each = lambda: seen.append(_leases()[text.pk])
    monkeypatch.setattr(actions, "LOOKS_EVERY_SECONDS", 0.0)

    with standing_in(Telegraph()):
        dispatch(at=MORNING, post=bag)

    assert len(seen) == 2
    assert seen[0] == seen[1]
