"""The permanent holdout, comparisons of scripts, and the share of choices made at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.buckets import BUCKETS, arm_of, bucket, in_share
from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader

STRATA: Final = ("plan", "cycle_months")
UNSAID: Final = Sentence(zh="", en="")


class Metric(StrEnum):
    """What a comparison is read by: of a term its renewal, or what the term bought with it brings
    (an amount for each term); or how long a customer stays from the day of the lot on.
    """

    RENEWAL = "renewal"
    REVENUE = "revenue"
    MARGIN = "margin"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to do a step. An empty `message` is the step's own; `sends` False leaves it out."""

    id: str
    weight: int
    message: str
    sends: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One step of a journey, done in several ways to customers at random (EXP-01).

    Customers enter from `starts_on` on; the fixed-horizon result may be read from `planned_on`.
    The first arm is the control that the others are compared with. With `strata` (fields of the
    term, of STRATA) the arms have their shares in each of them, not by chance only. A `stay` is
    counted up to `horizon_days`. `hypothesis` says beforehand what is expected to change and why;
    empty where nobody wrote it.
    """

    id: str
    name: Sentence
    journey: str
    step: str
    salt: str
    starts_on: date
    planned_on: date
    arms: Mapping[str, Arm]
    strata: tuple[str, ...] = ()
    metric: Metric = Metric.RENEWAL
    horizon_days: int = 90
    hypothesis: Sentence = UNSAID

    @property
    def control(self) -> str:
        """The id of the arm that the others are compared with."""
        return next(iter(self.arms))

    @property
    def weights(self) -> Mapping[str, int]:
        """The share of each arm, in any unit."""
        return {arm.id: arm.weight for arm in self.arms.values()}

    def arm_of(self, unit: str) -> Arm:
        """The arm of a unit (an account), for ever the same; for a comparison without strata."""
        return self.arms[arm_of(self.salt, unit, weights=self.weights)]


@dataclass(frozen=True, slots=True)
class Experiments:
    """Shares are 0 to 1; a salt fixes who is in a share for ever.

    `outcome_days` after the due date a term's outcome is counted as known; `least_effect` is the
    least change of the renewal rate worth finding, from which sizes are planned (of an amount a
    share of what the control has, of a stay a share of its horizon); `guard_margin`
    is how many more of the treated may complain or opt out before a readout says so. `between`
    compares offers: its arms are offers, and whoever might get each of them may get only the one
    of their arm (OFR-05).
    """

    holdout_share: Decimal
    holdout_salt: str
    exploration_share: Decimal
    exploration_salt: str
    outcome_days: int
    confidence: Decimal
    least_per_arm: int
    least_effect: Decimal
    guard_margin: Decimal
    comparisons: Mapping[str, Comparison]
    between: Mapping[str, Comparison] = field(default_factory=dict)

    @property
    def randomised(self) -> Mapping[str, Comparison]:
        """Every comparison in which customers have an arm: of scripts, and between offers."""
        return {**self.comparisons, **self.between}

    @property
    def holdout_below(self) -> int:
        """Accounts whose bucket (0 to 9,999) is below this number are held out."""
        return int(self.holdout_share * BUCKETS)

    def bucket_of(self, account_key: str) -> int:
        """The holdout bucket of an account, 0 to 9,999, for ever the same."""
        return bucket(self.holdout_salt, account_key)

    def is_held_out(self, account_key: str) -> bool:
        """Whether nobody persuades this account."""
        return self.bucket_of(account_key) < self.holdout_below

    def comparing(self, journey: str, step: str) -> Comparison | None:
        """The comparison that a step of a journey stands in."""
        for comparison in self.comparisons.values():
            if (comparison.journey, comparison.step) == (journey, step):
                return comparison
        return None

    def explores(self, unit: str) -> bool:
        """Whether the choice for a unit (an account and a term) is made at random."""
        return in_share(self.exploration_salt, unit, share=self.exploration_share)


_COLON = Sentence(zh="不能含冒号", en="must not hold a colon")
_ONE_ARM = Sentence(
    zh="至少要有两组，第一组为对照", en="there are at least two arms, the first is the control"
)
_NO_TIME = Sentence(zh="planned_on 须晚于 starts_on", en="planned_on comes after starts_on")
_FINE = Sentence(zh="比例须为 0.01 % 的整数倍", en="a share is a whole multiple of 0.01 %")


def read(reader: Reader) -> Experiments:
    """Read experiments.toml."""
    return Experiments(
        holdout_share=_share(reader, "holdout"),
        holdout_salt=_salt(reader, "holdout_salt"),
        exploration_share=_share(reader, "exploration"),
        exploration_salt=_salt(reader, "exploration_salt"),
        outcome_days=reader.whole("outcome_days", 15, most=366),
        confidence=reader.share("confidence", Decimal("0.95"), least=Decimal("0.5")),
        least_per_arm=reader.whole("least_per_arm", 200, least=1),
        least_effect=reader.share("least_effect", Decimal("0.02"), least=Decimal("0.0001")),
        guard_margin=reader.share("guard_margin", Decimal("0.01"), least=Decimal("0.0001")),
        comparisons={
            (comparison := _comparison(one)).id: comparison
            for one in reader.each("comparison", unique="id")
        },
        between={
            (between := _comparison(one, is_step=False)).id: between
            for one in reader.each("between", unique="id")
        },
    )


def _comparison(reader: Reader, *, is_step: bool = True) -> Comparison:
    arms = {(arm := _arm(one)).id: arm for one in reader.each("arm", unique="id")}
    if len(arms) < 2:
        reader.refuse("arm", _ONE_ARM)
    starts_on, planned_on = reader.day("starts_on"), reader.day("planned_on")
    if planned_on <= starts_on:
        reader.refuse("planned_on", _NO_TIME)
    return Comparison(
        id=reader.name("id"),
        name=reader.sentence("name"),
        journey=reader.name("journey") if is_step else "",
        step=reader.name("step") if is_step else "",
        salt=_salt(reader, "salt"),
        starts_on=starts_on,
        planned_on=planned_on,
        arms=arms,
        strata=reader.names("strata", STRATA, default=()) if is_step else (),
        metric=reader.choice("metric", Metric, default=Metric.RENEWAL),
        horizon_days=reader.whole("horizon_days", 90, least=7, most=365),
        hypothesis=reader.sentence("hypothesis", UNSAID),
    )


def _arm(reader: Reader) -> Arm:
    return Arm(
        id=reader.name("id"),
        weight=reader.whole("weight", least=1, most=BUCKETS),
        message=reader.name("message", ""),
        sends=reader.flag("sends", True),
    )


def _share(reader: Reader, key: str) -> Decimal:
    share = reader.share(key, most=Decimal("0.5"))
    if (share * BUCKETS) % 1 != 0:
        reader.refuse(key, _FINE)
    return share


def _salt(reader: Reader, key: str) -> str:
    salt = reader.text(key)
    if ":" in salt:
        reader.refuse(key, _COLON)
    return salt
