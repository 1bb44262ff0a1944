"""What the page of a comparison says of rolling an arm out, and of how the comparison ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.impact import MONTH_DAYS, Impact, Silence, better_arm
from tenure.prove.readouts.models import Readout
from tenure.prove.telling.measures import round_half_up
from tenure.records.experiments.models import Ending
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import wordbook

SILENCES: Final = {
    Silence.TOO_EARLY: Sentence(
        zh="还太早：要么入组不满 28 天，要么还没有结果满观察期。",
        en="Too early: either customers came for fewer than 28 days, or no outcome is ripe.",
    ),
    Silence.TOO_FEW: Sentence(
        zh="数据不足，还不能说推广后会怎样。",
        en="Too few: what rolling out would change cannot be said yet.",
    ),
    Silence.UNEVEN: Sentence(
        zh="两组人数不可信，不能推算推广后的影响。",
        en="The sizes of the groups cannot be trusted; nothing is projected from them.",
    ),
}


@dataclass(frozen=True)
class RollingOut:
    """What everybody would get, what a month of it would bring and take, and its end.

    `impact` is None where nothing can be rolled out; `left` is what is in stock of the offer.
    """

    readout: Readout
    strategy: Strategy
    impact: Impact | None = None
    left: int | None = None
    ending: Ending | None = None

    @property
    def better(self) -> str | None:
        """The arm that may be rolled out; None while no arm is said to be better."""
        return better_arm(self.readout)

    @property
    def offer(self) -> Offer | None:
        """The offer that is the arm, of a comparison between offers."""
        return self._offer_of(self.readout.subject)

    def _offer_of(self, arm: str) -> Offer | None:
        is_between = self.readout.experiment_key in self.strategy.experiments.between
        return self.strategy.offers.get(arm) if is_between else None

    def called(self, arm: str) -> str:
        """An arm as people call it: its offer where it is one."""
        offer = self._offer_of(arm)
        if offer is not None:
            return offer.name.say(wording.reader_language())
        return str(wordbook.word(wordbook.ARMS, arm))

    @property
    def better_called(self) -> str:
        """The arm that may be rolled out, as people call it; empty where none may."""
        return "" if self.better is None else self.called(self.better)

    @property
    def rolled_out_called(self) -> str:
        """The arm that was rolled out, as people call it; empty where none was."""
        arm = self.ending.rolled_out if self.ending else ""
        return self.called(arm) if arm else ""

    @property
    def silence(self) -> Sentence | None:
        """Why nothing is said of what a month would bring."""
        found = self.impact
        return None if found is None or found.silence is None else SILENCES[found.silence]

    @property
    def margin(self) -> list[int] | None:
        """The margin of a month and its bounds, in whole minor units; None where none is said."""
        found = None if self.impact is None else self.impact.margin_minor
        if found is None:
            return None
        return [round_half_up(one) for one in (found.value, found.low, found.high)]

    @property
    def spans_zero(self) -> bool:
        """Whether the interval of the comparison leaves no difference possible."""
        low, high = self.readout.low, self.readout.high
        return low is not None and high is not None and low <= 0 <= high

    @property
    def capacity(self) -> int | None:
        """How often the arm can be given in a month; None without a limit."""
        a_day = None if self.offer is None else self.offer.capacity_per_day
        return None if a_day is None else a_day * MONTH_DAYS

    @property
    def is_short(self) -> bool:
        """Whether there is less of it than a month would take."""
        wanted = None if self.impact is None else self.impact.offers
        limits = [one for one in (self.capacity, self.left) if one is not None]
        return wanted is not None and any(one < wanted for one in limits)
