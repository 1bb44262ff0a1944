"""Forks of a journey: each customer goes one of several ways, by lot or by the first rule met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tenure.kernel.buckets import arm_of
from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL
from tenure.strategy.reading import UNKNOWN, Reader, nearest
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import ALWAYS, AllOf, Not, Rule, written

MOST_WEIGHT: Final = 10_000
_TOO_FEW = Sentence(zh="至少要有两个分支", en="it needs two branches at least")
_MIXED = Sentence(
    zh="要么每个分支都写 weight（随机），要么按 when 选择；不能混用",
    en="give each branch a weight (a lot), or let rules choose by when; not both",
)
_NO_WAY_ON = Sentence(
    zh="最后一个分支收下其余所有客户，不能写 when；否则有人无路可走",
    en="the last one takes everybody else and has no when, or somebody would have no way on",
)
_NEVER_TAKEN = Sentence(
    zh="“{branch}”没有写 when，它后面的分支就永远轮不到",
    en="“{branch}” has no when, so no branch after it would ever be taken",
)
_NOBODY = Sentence(zh="所有 weight 都是 0", en="every weight is 0")
_TWICE = Sentence(
    zh="分支“{branch}”在两个分叉里都有", en="the branch “{branch}” stands in two forks"
)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on; `weight` is its part of a lot, `rule` says all that it needs of a customer."""

    id: str
    name: Sentence
    weight: int = 0
    rule: Rule = ALWAYS


@dataclass(frozen=True, slots=True)
class Fork:
    """Where ways part. By lot a customer keeps one branch for ever, in every term; by rules it is
    asked anew at each step, and the first branch whose rule holds is taken.
    """

    id: str
    name: Sentence
    branches: tuple[Branch, ...]

    @property
    def is_by_lot(self) -> bool:
        return any(one.weight for one in self.branches)

    @property
    def weights(self) -> Mapping[str, int]:
        """Branch → its part of the lot."""
        return {one.id: one.weight for one in self.branches}

    def share(self, branch: Branch) -> float:
        """The part of the customers that a lot gives a branch."""
        return branch.weight / sum(self.weights.values())

    def branch(self, name: str) -> Branch:
        return next(one for one in self.branches if one.id == name)

    def drawn(self, journey: str, account_id: int) -> str:
        """The branch that a lot gives a customer: by hashing, so the same whenever it is asked."""
        return arm_of(f"{journey}/{self.id}", str(account_id), weights=self.weights)

    @property
    def text(self) -> str:
        """What the version of a journey is counted by."""
        ways = (f"{one.id}:{one.weight}:{written(one.rule)}" for one in self.branches)
        return f"{self.id}({','.join(ways)})"


def read_forks(reader: Reader) -> tuple[Fork, ...]:
    """The forks of one journey."""
    if not reader.has("fork"):
        return ()
    found: list[Fork] = []
    for one in reader.each("fork", unique="id"):
        fork = _fork(one)
        known = {branch.id for other in found for branch in other.branches}
        for branch in fork.branches:
            if branch.id in known:
                one.refuse("branch", _TWICE.fill(branch=branch.id))
        found.append(fork)
    return tuple(found)


def fork_of(reader: Reader, forks: tuple[Fork, ...]) -> Fork | None:
    """The fork on one of whose branches a step stands."""
    name = reader.name("branch", "")
    if not name:
        return None
    known = {branch.id: fork for fork in forks for branch in fork.branches}
    if name not in known:
        reader.refuse("branch", UNKNOWN.fill(name=name, nearest=nearest(name, known)))
    return known[name]


@dataclass(frozen=True, slots=True)
class _Way:
    """One branch as it is written."""

    id: str
    name: Sentence
    weight: int | None
    when: Rule | None


def _fork(reader: Reader) -> Fork:
    ways = [_way(one) for one in reader.each("branch", unique="id")]
    if len(ways) < 2:
        reader.refuse("branch", _TOO_FEW)
    weighed = [one.weight is not None for one in ways]
    if any(weighed) and not (all(weighed) and all(one.when is None for one in ways)):
        reader.refuse("branch", _MIXED)
    if all(one.weight == 0 for one in ways):
        reader.refuse("branch", _NOBODY)
    branches = (
        tuple(Branch(one.id, one.name, one.weight or 0) for one in ways)
        if any(weighed)
        else _by_rules(reader, ways)
    )
    return Fork(reader.name("id"), reader.sentence("name"), branches)


def _way(reader: Reader) -> _Way:
    return _Way(
        reader.name("id"),
        reader.sentence("name"),
        reader.whole("weight", most=MOST_WEIGHT) if reader.has("weight") else None,
        rule_at(reader, "when", features=ALL) if reader.has("when") else None,
    )


def _by_rules(reader: Reader, ways: Sequence[_Way]) -> tuple[Branch, ...]:
    if ways[-1].when is not None:
        reader.refuse("branch", _NO_WAY_ON)
    found: list[Branch] = []
    earlier: list[Rule] = []
    for one in ways:
        own = [] if one.when is None else [one.when]
        if not own and one is not ways[-1]:
            reader.refuse("branch", _NEVER_TAKEN.fill(branch=one.id))
        found.append(Branch(one.id, one.name, rule=AllOf((*map(Not, earlier), *own))))
        earlier += own
    return tuple(found)
