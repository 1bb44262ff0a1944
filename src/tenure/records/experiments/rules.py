"""The permanent holdout and the lot of comparisons: who is where, and what may never change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import count, islice
from math import gcd

from tenure.kernel.buckets import BUCKETS
from tenure.kernel.failures import Refusal, Sentence

HOLDOUT = "holdout"  # the experiment's key, and the arm of those whom nobody persuades
TREATED = "treated"
WINDOW_DAYS = 180  # a term meets the holdout when so many days are left, and never more than once


class HoldoutSaltChanged(Refusal):
    """A new salt would shuffle who is held out, and void everything measured until now."""

    code = "holdout_salt_changed"
    said = Sentence(
        zh="对照组的盐值不能从“{old}”改为“{new}”：对照组会被打乱，过去的对比全部作废。"
        "请在 experiments.toml 中恢复 holdout_salt。",
        en="The holdout's salt cannot change from “{old}” to “{new}”: it would shuffle who is held "
        "out and void every comparison. Restore holdout_salt in experiments.toml.",
    )


class ComparisonChanged(Refusal):
    """Other arms or another salt under a name that customers were assigned under."""

    code = "comparison_changed"
    said = Sentence(
        zh="对比“{key}”已有客户分组，不能再改 salt 或各组权重；请换一个新的 id，或恢复原值。",
        en="Customers were assigned in the comparison “{key}”, so its salt and weights cannot "
        "change; give it a new id, or restore them.",
    )


class AlreadyEnded(Refusal):
    """Somebody ended the comparison before."""

    code = "comparison_already_ended"
    said = Sentence(
        zh="对比“{name}”已经结束（最后一天 {last_on}），没有再做改动。",
        en="The comparison “{name}” was ended already (its last day is {last_on}); nothing was "
        "changed.",
    )


class NoReason(Refusal):
    """A comparison ends for a reason that others can read."""

    code = "ending_without_reason"
    said = Sentence(zh="请写明为什么结束对比“{name}”。", en="Say why the comparison “{name}” ends.")


class NoSuchArm(Refusal):
    """What would be rolled out is no arm."""

    code = "ending_without_arm"
    said = Sentence(
        zh="对比“{name}”没有“{arm}”这一组，无法推广。",
        en="The comparison “{name}” has no arm “{arm}”; it cannot be rolled out.",
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """How a comparison ended: nobody is drawn and no arm binds after `last_on`.

    `rolled_out` is the arm that everybody gets from the day after, the permanent holdout excepted;
    empty where it was only stopped.
    """

    last_on: date
    rolled_out: str = ""


def is_over(ended: Ended | None, *, on: date | None) -> bool:
    """Whether a comparison is over on a day (None: on the newest); one without an end is not."""
    return ended is not None and (on is None or on > ended.last_on)


def holdout_arms(below: int) -> dict[str, int]:
    """The two arms in buckets of 10,000: those below the line, and everybody else."""
    assert 0 <= below <= BUCKETS, "a line between no bucket and every bucket"
    return {HOLDOUT: below, TREATED: BUCKETS - below}


def in_blocks(salt: str, stratum: str, *, weights: Mapping[str, int]) -> Iterator[str]:
    """The arms of one stratum in the order in which its customers come, without end.

    Blocks as long as the weights without their common factor hold each arm as often as it weighs;
    within a block the order is drawn by the salt. So in each stratum, at any time, no arm is
    further from its share than one block allows.

    References:
        Pocock (1983), Clinical trials, on permuted blocks within strata.
    """
    shared = gcd(*weights.values())
    arms = [arm for arm in sorted(weights) for _ in range(weights[arm] // shared)]
    for number in count():
        drawn = [
            (sha256(f"{salt}:{stratum}:{number}:{place}".encode()).digest(), arm)
            for place, arm in enumerate(arms)
        ]
        yield from (arm for _, arm in sorted(drawn))


def drawn_after(lot: Iterator[str], *, already: int, units: int) -> list[str]:
    """The arms of the next units of a stratum in which some have an arm already."""
    return list(islice(lot, already, already + units))
