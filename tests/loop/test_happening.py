"""JRN-07: an event starts its play on the next look of the worker, once for each term."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from tenure.kernel.clock import to_us, today
from tenure.loop.happening import EventWatch
from tenure.observe.intake.models import IdentityLink, InboxEvent, Source
from tenure.records.contacts.models import Message
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import build, preset
from tenure.strategy.reading import StrategyError
from tests.builders import AT, a_term, an_account
from tests.builders.moments import fresh

pytestmark = pytest.mark.django_db

PLAY = {
    "id": "export_help", "name": {"zh": "导出后的关怀", "en": "Help after an export"},
    "segment": "everyone", "event": "data_exported", "message": "plan_check",
    "class": "transactional", "channels": ["email"], "valid_days": 3,
}  # fmt: skip


def strategy_with(**play: Any) -> None:
    document: Any = deepcopy(preset("broadband").document)
    document["files"]["plays.toml"]["play"].append({**PLAY, **play})
    apply_strategy(build(document), by="test", at=AT.replace(year=2020))


def an_event(identity: str, *, name: str = "data_exported", message_id: str = "") -> InboxEvent:
    source, _ = Source.objects.get_or_create(
        name="app", defaults={"write_key_hash": "0" * 64, "zone": "Asia/Shanghai", "created_at": AT}
    )
    return InboxEvent.objects.create(
        source=source, message_id=message_id or fresh("message"), kind="track", name=name,
        identity=identity, day=0, at_us=to_us(AT), known_us=to_us(AT), raw="{}",
    )  # fmt: skip


def keys() -> list[str]:
    return sorted(Message.objects.values_list("send_key", flat=True))


@pytest.mark.usefixtures("either_database")
def test_an_event_starts_its_play_on_the_next_look_and_once() -> None:
    strategy_with()
    term = a_term(account=an_account(external_id="C-1"), days_left=60)
    linked = a_term(account=an_account(external_id="C-2"), days_left=60)
    watch = EventWatch()
    assert watch.look(AT, by="worker") == 0

    event = an_event("C-1")
    IdentityLink.objects.create(
        source=event.source, known_as="phone-7", belongs_to="C-2", made_at=AT
    )
    an_event("phone-7")
    an_event("nobody")
    an_event("C-1", name="login")
    looks = [watch.look(AT + timedelta(seconds=second), by="worker") for second in (1, 2)]

    assert looks == [2, 0]
    assert keys() == sorted(f"export_help:play:{one.pk}" for one in (term, linked))
    an_event("C-1")
    assert watch.look(AT + timedelta(seconds=5), by="worker") == 0
    assert EventWatch().look(AT + timedelta(seconds=6), by="worker") == 0
    assert len(keys()) == 2


def test_a_number_that_was_committed_late_is_not_missed() -> None:
    strategy_with()
    a_term(account=an_account(external_id="C-1"), days_left=60)
    late = an_event("C-1")
    number = late.pk
    late.delete()
    an_event("nobody")
    watch = EventWatch()
    watch.look(AT, by="worker")

    again = an_event("C-1")
    InboxEvent.objects.filter(pk=again.pk).update(id=number)
    an_event("nobody")

    assert watch.look(AT + timedelta(seconds=1), by="worker") == 1


def test_a_play_starts_by_a_tag_or_by_an_event() -> None:
    with pytest.raises(StrategyError, match="one of tag, event or alarm"):
        strategy_with(tag="silent_30")
    document: Any = deepcopy(preset("broadband").document)
    play = {key: value for key, value in PLAY.items() if key != "event"}
    document["files"]["plays.toml"]["play"].append(play)
    with pytest.raises(StrategyError, match="one of tag, event or alarm"):
        build(document)


def test_an_event_enters_a_journey_on_the_day_of_its_arrival() -> None:
    """A worker that begins anew reads the events again, on the next day: nobody enters twice."""
    document: Any = deepcopy(preset("broadband").document)
    step = {**{key: value for key, value in PLAY.items() if key not in ("event", "segment")},
            "id": "first", "days_after": 0, "on_failure": "next_step"}  # fmt: skip
    later = {**step, "id": "later", "days_after": 5}
    journey = {"id": "exported", "name": PLAY["name"], "segment": "everyone", "clock": "entry",
               "event": "data_exported", "again_after_days": 30, "step": [step, later]}  # fmt: skip
    document["files"]["journeys.toml"]["journey"].append(journey)
    apply_strategy(build(document), by="test", at=AT.replace(year=2020))
    term = a_term(account=an_account(external_id="C-1"), days_left=60)
    an_event("C-1")

    looks = [EventWatch().look(AT + timedelta(hours=hours), by="worker") for hours in (0, 1, 30)]

    assert looks == [1, 0, 0]
    day = today("Asia/Shanghai", AT)
    assert keys() == [f"exported:first@{day}:{term.pk}"]
