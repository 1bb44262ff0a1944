"""The figures of offers to stay: what was clicked is one thing, what it changed is another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenure.kernel.money import rounded
from tenure.prove.statistics.groups import Difference, Group, Test, difference, pooled_test


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; without anybody there is no value."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class SaveRates:
    """The sessions that began in a period, by how they went (golden example G14).

    Gross counts who accepted, net who accepted and was still there 30 days later, both of those
    who saw an offer; net looks only at sessions whose 30 days are over. Who only went away is
    abandoned and never a save; a rising share of them is the sign of a page that holds people up.
    """

    sessions: int
    shown: int
    gross: Share
    net: Share
    completed: Share
    abandoned: Share
    stayed_without: int
    won_back: Share


@dataclass(frozen=True, slots=True)
class Incremental:
    """What an offer changed against those from whom the lot kept it (golden example G15).

    `saves` is how many more stayed than would have without it, rounded half up; the flag follows
    the test alone, never the interval.
    """

    treated: Share
    control: Share
    difference: Difference
    test: Test
    saves: int

    @property
    def is_significant(self) -> bool:
        """Whether chance alone would rarely do this."""
        return self.test.is_significant()


def incremental(treated: Group, control: Group) -> Incremental | None:
    """The effect of an offer; None while one of the two groups is empty."""
    if not treated.accounts or not control.accounts:
        return None
    found = difference(treated, control)
    return Incremental(
        treated=Share(int(treated.total), treated.accounts),
        control=Share(int(control.total), control.accounts),
        difference=found,
        test=pooled_test(treated, control),
        saves=rounded(Decimal(str(found.effect)) * treated.accounts),
    )
