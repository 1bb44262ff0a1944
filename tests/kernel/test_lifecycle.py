"""Lifecycles as data: what the table allows happens, everything else is refused."""

from enum import StrEnum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tenure.kernel.lifecycle import IllegalMove, Lifecycle


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class Act(StrEnum):
    SHUT = "shut_it"
    OPEN = "open_it"
    REMOVE = "remove"


MOVES = {
    (Door.OPEN, Act.SHUT): Door.SHUT,
    (Door.SHUT, Act.OPEN): Door.OPEN,
    (Door.OPEN, Act.REMOVE): Door.GONE,
}
DOOR = Lifecycle(MOVES, name="door", start=Door.OPEN)


def test_table_says_what_follows() -> None:
    assert DOOR.after(Door.OPEN, Act.SHUT) is Door.SHUT
    assert DOOR.verbs(Door.OPEN) == (Act.SHUT, Act.REMOVE)
    assert DOOR.terminal == {Door.GONE}
    assert DOOR.reachable == set(Door)
    assert DOOR.states == (Door.OPEN, Door.SHUT, Door.GONE)


def test_illegal_move_names_state_verb_and_what_is_possible() -> None:
    with pytest.raises(IllegalMove) as refused:
        DOOR.after(Door.SHUT, Act.REMOVE)

    assert str(refused.value) == "A door that is shut cannot remove; possible now: open_it."
    assert refused.value.sentence("zh") == "door处于“shut”时不能“remove”；现在可以：open_it。"
    assert refused.value.data["allowed"] == ["open_it"]


def test_final_state_says_that_nothing_is_possible() -> None:
    with pytest.raises(IllegalMove, match="nothing \\(this state is final\\)"):
        DOOR.after(Door.GONE, Act.OPEN)


def test_diagram_is_drawn_from_the_table() -> None:
    assert DOOR.mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> open\n"
        "    open --> shut: shut_it\n"
        "    shut --> open: open_it\n"
        "    open --> gone: remove\n"
        "    gone --> [*]\n"
    )


def test_first_state_must_lead_somewhere() -> None:
    with pytest.raises(AssertionError):
        Lifecycle(MOVES, name="door", start=Door.GONE)


class AnyWalk(RuleBasedStateMachine):
    """Whatever is tried, the state stays one that the table can reach."""

    def __init__(self) -> None:
        super().__init__()
        self.state = DOOR.start

    @rule(verb=st.sampled_from(Act))
    def try_verb(self, verb: Act) -> None:
        before = self.state
        if DOOR.allows(before, verb):
            self.state = DOOR.after(before, verb)
            assert MOVES[before, verb] is self.state
        else:
            with pytest.raises(IllegalMove):
                DOOR.after(before, verb)

    @invariant()
    def state_is_reachable(self) -> None:
        assert self.state in DOOR.reachable
        assert (self.state in DOOR.terminal) == (not DOOR.verbs(self.state))


TestAnyWalk = AnyWalk.TestCase
TestAnyWalk.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)
