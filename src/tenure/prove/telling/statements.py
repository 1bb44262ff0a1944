"""What may honestly be said of a comparison, as values and as a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tenure.kernel.failures import Sentence
from tenure.prove.statistics.guards import Guarded, Guarding
from tenure.prove.telling import sentences
from tenure.prove.telling.measures import RENEWALS, Measure
from tenure.prove.telling.verdicts import Verdict

_LEAST_P = 0.0001
_WITH_NUMBERS = (Verdict.HELPS, Verdict.HARMS, Verdict.NO_DIFFERENCE)


@dataclass(frozen=True, slots=True)
class Weighed:
    """That arms were compared within strata: by which fields, how many, and the share of the
    variance that they left.
    """

    by: tuple[str, ...]
    count: int
    left: float

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self | None:
        """From what a readout keeps of it; None where it keeps nothing."""
        if not kept:
            return None
        return cls(tuple(kept["by"]), len(kept["levels"]), kept["left"])

    def after(self, said: Sentence) -> Sentence:
        """A sentence with this one after it."""
        told = self.told
        return Sentence(zh=f"{said.zh}{told.zh}", en=f"{said.en} {told.en}")

    @property
    def told(self) -> Sentence:
        """What was done, as a sentence."""
        names = [sentences.STRATA.get(one, one) for one in self.by]
        return sentences.WEIGHED.fill(by=names, count=self.count, left=f"{self.left:.0%}")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a comparison says on a day, as it is told everywhere: the measure's own unit.

    `diff`, `low` and `high` are None while nothing can be compared, `needs` while nothing can be
    planned. `least_effect` is a share of 1: of all, of what the control has, or of the horizon.
    `p_value`, `relative` (the difference as a share of the control's) and `control` are told of
    tables only; `weighed` where our own customers were drawn in strata.
    """

    verdict: Verdict
    diff: float | None
    low: float | None
    high: float | None
    has: int
    needs: int | None
    least_effect: float
    srm_p: float
    measure: Measure = RENEWALS
    p_value: float | None = None
    relative: float | None = None
    control: str = ""
    weighed: Weighed | None = None

    def told(self, *, name: Sentence | str) -> Sentence:
        """The statement in both languages.

        Args:
            name: what was compared, as people call it.
        """
        if self.verdict is Verdict.UNEVEN:
            return sentences.UNEVEN.fill(srm_p=f"{self.srm_p:.2g}")
        measure = self.measure
        said = sentences.SAID[measure.kind][self.verdict]
        if self.weighed is not None and self.verdict in _WITH_NUMBERS:
            said = self.weighed.after(said)
        return said.fill(
            name=name,
            effect=measure.change(self.diff),
            low=measure.change(self.low),
            high=measure.change(self.high),
            least=measure.least(self.least_effect),
            what=sentences.AMOUNTS.get(measure.kind, sentences.NOTHING),
            horizon=measure.horizon_days,
            has=f"{self.has:,}",
            needs="–" if self.needs is None else f"{self.needs:,}",
            control=self.control,
            p="–" if self.p_value is None else told_p(self.p_value),
            relative=sentences.NOTHING
            if self.relative is None
            else sentences.RELATIVE.fill(share=f"{self.relative:+.1%}"),
        )


def told_guard(guarding: Guarding, *, arm: Sentence | str, margin: str) -> Sentence:
    """Whether a harm is ruled out, is not, or too few were seen to say.

    Args:
        arm: who could be harmed, as people call it.
        margin: the harm that is still borne, with its unit.
    """
    if guarding.state is not Guarded.TOO_FEW:
        is_held = guarding.state is Guarded.HELD
        return (sentences.HELD if is_held else sentences.NOT_HELD).fill(margin=margin)
    if guarding.needs is None:
        return sentences.LEVEL
    return sentences.UNSEEN.fill(needs=f"{guarding.needs:,}", arm=arm, margin=margin)


def told_p(value: float) -> str:
    """A p value with its sign of comparison."""
    return f"= {value:.2g}" if value >= _LEAST_P else f"< {_LEAST_P:.4f}"
