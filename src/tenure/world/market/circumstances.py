"""What happens to customers whatever anybody does: falling use, slow evenings, in time.

An episode begins, deepens over its ramp and ends. The depth on any day is a formula, so that no
table of customers times days is ever held.
"""

from dataclasses import dataclass

import numpy as np

from tenure.world.chance import Chance, Floats, Wholes, expit
from tenure.world.market.population import Population
from tenure.world.market.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Episodes:
    """One episode per unit (a customer or a node); depth 0 where there is none."""

    starts: Floats  # day
    ends: Floats  # day
    depth: Floats  # 0 to 1, fully reached
    ramp_days: float

    def on(self, day: Wholes | int, *, who: Wholes | None = None) -> Floats:
        """The depth on a day (one for all, or one per unit in `who`)."""
        if who is None:
            starts, ends, depth = self.starts, self.ends, self.depth
        else:
            starts, ends, depth = self.starts[who], self.ends[who], self.depth[who]
        risen = np.clip((day - starts) / self.ramp_days, 0, 1)
        return np.where(day < ends, risen * depth, 0.0)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All the episodes of a market."""

    fading: tuple[Episodes, Episodes]  # of use, by customer
    crowded: tuple[Episodes, Episodes]  # evenings, by node; nobody's where there is no network
    own_line: Episodes  # slow at home, or a product that fails this customer
    node: Wholes

    def decline(self, day: Wholes | int, *, who: Wholes | None = None) -> Floats:
        """The share of a customer's use that is gone, 0 to 0.95."""
        first, second = (one.on(day, who=who) for one in self.fading)
        return np.minimum(np.maximum(first, second), 0.95)

    def slowness(self, day: Wholes | int, *, who: Wholes | None = None) -> Floats:
        """The share of the promised quality that is missing in the evening, 0 to 0.85."""
        node = self.node if who is None else self.node[who]
        shared = sum(one.on(day, who=np.maximum(node, 0)) for one in self.crowded)
        at_home = self.own_line.on(day, who=who)
        return np.clip(np.where(node >= 0, shared, 0.0) + at_home, 0, 0.85)


def befall(recipe: Recipe, population: Population, *, nodes: int) -> Circumstances:
    """Draw what happens to everybody from before the history to its last lived day."""
    chance, who, latents = recipe.chance, population.who, population.latents
    likely = expit(-0.55 - 0.45 * latents.trust - 0.35 * latents.need)
    early, late = recipe.first_day - 60, recipe.last_day + 60
    middle = (early + late) // 2
    every_node = np.arange(max(nodes, 1))
    return Circumstances(
        fading=(
            _episodes(chance, "fade-1", who, span=(early, middle), share=likely),
            _episodes(chance, "fade-2", who, span=(middle, late), share=likely),
        ),
        crowded=(
            _crowding(chance, "crowd-1", every_node, span=(early, middle)),
            _crowding(chance, "crowd-2", every_node, span=(middle, late)),
        ),
        own_line=_own_lines(chance, who, span=(early, late)),
        node=population.node,
    )


def _episodes(
    chance: Chance, what: str, who: Wholes, *, span: tuple[int, int], share: Floats
) -> Episodes:
    """Use that falls by 30 to 95 % over two months and stays low for four to twelve."""
    starts = span[0] + chance.uniform(f"{what}:start", who) * (span[1] - span[0])
    lasts = 120 + 240 * chance.uniform(f"{what}:lasts", who)
    depth = 0.30 + 0.65 * chance.uniform(f"{what}:depth", who)
    happens = chance.uniform(what, who) < share
    return Episodes(starts, starts + lasts, np.where(happens, depth, 0.0), ramp_days=60.0)


def _crowding(chance: Chance, what: str, nodes: Wholes, *, span: tuple[int, int]) -> Episodes:
    """Crowded evenings at one node in three, for two to eight months."""
    starts = span[0] + chance.uniform(f"{what}:start", nodes) * (span[1] - span[0])
    lasts = 60 + 180 * chance.uniform(f"{what}:lasts", nodes)
    depth = 0.15 + 0.45 * chance.uniform(f"{what}:depth", nodes)
    happens = chance.uniform(what, nodes) < 0.35
    return Episodes(starts, starts + lasts, np.where(happens, depth, 0.0), ramp_days=21.0)


def _own_lines(chance: Chance, who: Wholes, *, span: tuple[int, int]) -> Episodes:
    """An old router or a bad line, for one customer in six."""
    starts = span[0] + chance.uniform("line:start", who) * (span[1] - span[0])
    lasts = 45 + 250 * chance.uniform("line:lasts", who)
    depth = 0.20 + 0.50 * chance.uniform("line:depth", who)
    happens = chance.uniform("line", who) < 0.17
    return Episodes(starts, starts + lasts, np.where(happens, depth, 0.0), ramp_days=14.0)
