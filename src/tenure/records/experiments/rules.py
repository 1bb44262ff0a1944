"""The permanent holdout: who is in it, and what may never change about it."""

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


def holdout_arms(below: int) -> dict[str, int]:
    """The two arms in buckets of 10,000: those below the line, and everybody else."""
    assert 0 <= below <= BUCKETS, "a line between no bucket and every bucket"
    return {HOLDOUT: below, TREATED: BUCKETS - below}
