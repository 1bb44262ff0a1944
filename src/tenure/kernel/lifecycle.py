"""Lifecycles are data: one table `(state, verb) → state`, from which also the diagram is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from tenure.kernel.failures import Refusal, Sentence


class IllegalMove(Refusal):
    """A verb that the present state does not allow."""

    code = "illegal_move"
    said = Sentence(
        zh="{lifecycle}处于“{state}”时不能“{verb}”；现在可以：{allowed}。",
        en="A {lifecycle} that is {state} cannot {verb}; possible now: {allowed}.",
    )


_NOTHING = Sentence(zh="无（已是终态）", en="nothing (this state is final)")


class Lifecycle[StateT: str, VerbT: str]:
    """The allowed moves of one kind of row.

    Args:
        moves: the whole table; a pair that is absent is not allowed.
        name: the row's kind in domain words, for messages ("term", "payment").
        start: the state in which a row begins, drawn in the diagram.
    """

    def __init__(
        self, moves: Mapping[tuple[StateT, VerbT], StateT], *, name: str, start: StateT
    ) -> None:
        assert any(state == start for state, _ in moves), "the first state leads somewhere"
        self.moves = dict(moves)
        self.name = name
        self.start = start

    def after(self, state: StateT, verb: VerbT) -> StateT:
        """The state after `verb`; raises IllegalMove when the table does not allow it."""
        if (state, verb) not in self.moves:
            allowed = [str(one) for one in self.verbs(state)] or _NOTHING
            raise IllegalMove(
                lifecycle=self.name, state=str(state), verb=str(verb), allowed=allowed
            )
        return self.moves[state, verb]

    def allows(self, state: StateT, verb: VerbT) -> bool:
        """Whether the table has this move."""
        return (state, verb) in self.moves

    def verbs(self, state: StateT) -> tuple[VerbT, ...]:
        """What may be done in a state, in the table's order."""
        return tuple(verb for start, verb in self.moves if start == state)

    @property
    def states(self) -> tuple[StateT, ...]:
        """Every state that the table names, in the order in which it is first met."""
        seen = dict.fromkeys([self.start])
        for (state, _), reached in self.moves.items():
            seen |= dict.fromkeys([state, reached])
        return tuple(seen)

    @property
    def terminal(self) -> frozenset[StateT]:
        """States from which nothing leads on."""
        return frozenset(self.states) - {state for state, _ in self.moves}

    @property
    def reachable(self) -> frozenset[StateT]:
        """States to which some path leads from the first state."""
        found, fringe = {self.start}, [self.start]
        while fringe:
            here = fringe.pop()
            fresh = {to for (state, _), to in self.moves.items() if state == here} - found
            found |= fresh
            fringe += fresh
        return frozenset(found)

    def mermaid(self) -> str:
        """The diagram of the table, as Mermaid text for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {state} --> {to}: {verb}" for (state, verb), to in self.moves.items()]
        lines += [f"    {state} --> [*]" for state in self.states if state in self.terminal]
        return "\n".join(lines) + "\n"
