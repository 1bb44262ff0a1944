"""JRN-07, JRN-10, JRN-12: steps on other clocks than the end of a term, and what is refused."""

import tomllib

import pytest

from tenure.strategy.journeys import Clock, Journey, read
from tenure.strategy.reading import Reader, StrategyError

STEP = """
[[journey.step]]
id = "{id}"
name = {{ zh = "一步", en = "A step" }}
valid_days = 3
message = "welcome"
class = "transactional"
channels = {channels}
on_failure = "next_step"
{more}
"""


def a_step(id: str = "one", *, channels: str = '["email"]', more: str = "") -> str:
    return STEP.format(id=id, channels=channels, more=more)


def journeys(*steps: str, clock: str = "start", more: str = "") -> dict[str, Journey]:
    text = (
        f'[[journey]]\nid = "some"\nname = {{ zh = "某", en = "Some" }}\nclock = "{clock}"\n{more}'
    )
    table = tomllib.loads(text + "".join(steps))
    return dict(read(Reader(table, file="journeys.toml")))


def refused(*steps: str, clock: str = "start", more: str = "") -> str:
    with pytest.raises(StrategyError) as found:
        journeys(*steps, clock=clock, more=more)
    return found.value.sentence("en")


def test_days_after_the_start_count_up() -> None:
    found = journeys(a_step("one", more="days_after = 1"), a_step("two", more="days_after = 7"))

    some = found["some"]
    assert some.clock is Clock.START
    assert [step.clock_text for step in some.steps] == ["T+1", "T+7"]
    assert [days for days in range(12) if some.steps[1].is_due(-days)] == [7, 8, 9]


def test_a_festival_is_named_and_nothing_else_is() -> None:
    found = journeys(a_step(more='festival = "mid_autumn"'), clock="festival")
    assert found["some"].steps[0].festival == "mid_autumn"
    told = refused(a_step(more='festival = "mid_autum"'), clock="festival")
    assert "mid_autumn" in told


def test_a_step_with_no_way_out_is_refused() -> None:
    told = refused(a_step(channels="[]", more="days_after = 1"))
    assert "there is no channel" in told
    no_edge = a_step(more="days_after = 1").replace('on_failure = "next_step"\n', "")
    assert "on_failure" in refused(no_edge)


def test_a_loop_without_a_wait_is_refused() -> None:
    itself = a_step(more='days_after = 1\nfollows = "one"')
    back = (
        a_step("one", more='days_after = 1\nfollows = "two"'),
        a_step("two", more='days_after = 4\nfollows = "one"'),
    )
    assert "a loop without a wait" in refused(itself)
    assert "a loop without a wait" in refused(*back)
    assert "say which step" in refused(a_step(more="days_after = 1\nunless_reacted = true"))


def test_steps_out_of_order_and_windows_that_overlap_are_refused() -> None:
    order = refused(a_step("one", more="days_after = 7"), a_step("two", more="days_after = 1"))
    overlap = refused(a_step("one", more="days_after = 1"), a_step("two", more="days_after = 2"))
    assert "T+1 cannot follow T+7" in order
    assert "the catch-up window of T+1 reaches T+2" in overlap


def test_the_version_names_clock_goal_and_what_a_step_follows() -> None:
    steps = (a_step("one", more="days_after = 1"), a_step("two", more="days_after = 7"))
    waiting = a_step("two", more='days_after = 7\nfollows = "one"\nunless_reacted = true')
    goal = 'goal = [{ feature = "active_days_30", op = ">=", value = 3 }]\n'

    versions = {
        journeys(*steps)["some"].version,
        journeys(*steps, clock="term")["some"].version,
        journeys(*steps, more=goal)["some"].version,
        journeys(steps[0], waiting)["some"].version,
    }

    assert len(versions) == 4


def test_a_tag_or_an_event_starts_a_journey_and_one_of_them_does() -> None:
    steps = (a_step("one", more="days_after = 0"), a_step("two", more="days_after = 7"))

    found = journeys(*steps, clock="entry", more='tag = "loyal"\nagain_after_days = 10\n')["some"]

    assert (found.start.tag, found.start.again_after_days) == ("loyal", 10)
    assert "either tag or event" in refused(*steps, clock="entry")
    both = 'tag = "loyal"\nevent = "exported"\n'
    assert "either tag or event" in refused(*steps, clock="entry", more=both)
    soon = 'tag = "loyal"\nagain_after_days = 9\n'
    assert "let again_after_days be 10 or more" in refused(*steps, clock="entry", more=soon)
    assert "tag" in refused(*steps, more='tag = "loyal"\n')
    versions = {
        journeys(*steps, clock="entry", more=more)["some"].version
        for more in ('tag = "loyal"\n', 'tag = "silent"\n', 'event = "loyal"\n')
    }
    assert len(versions) == 3
