"""Who the subscribers are, and what a business sees of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Chance, Flags, Floats, Wholes, expit
from tenure.world.market.latents import Latents, draw

MEAN_FEE: Final = 360.0
# How strong competitors are in each of twelve regions, 0 to 1.2.
COMPETITION: Final = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2])
SEEN: Final = (
    "log_tenure", "fee", "auto_renew", "quality", "complaints", "competition", "log_gigabytes",
    "trend", "late_payments", "opens", "had_discount", "days_since_contact",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """N subscribers: `seen` is (N, 12) in the order of SEEN; `latents` nobody sees."""

    who: Wholes
    latents: Latents
    fee: Floats  # a year's, in whole units of the currency
    auto_renews: Flags
    complaints: Floats
    region: Wholes
    surprise: Floats  # standard normal; nothing explains it
    seen: Floats

    @property
    def competition(self) -> Floats:
        """The lasting strength of competitors where each of them lives."""
        return COMPETITION[self.region]

    @property
    def days_since_contact(self) -> Floats:
        return self.seen[:, SEEN.index("days_since_contact")]


def draw_people(chance: Chance, count: int) -> People:
    """The first `count` subscribers of a seed; more of them change nobody."""
    who = np.arange(count, dtype=np.int64)
    traits = draw(chance, who)
    fee = np.round(np.exp(np.log(MEAN_FEE) + 0.25 * chance.normal("fee", who) + 0.1 * traits.need))
    auto_renews = chance.uniform("auto", who) < expit(-0.6 + traits.inertia)
    annoyed = np.exp(-1.2 - 0.6 * traits.trust + 0.2 * traits.annoyance)
    complaints = chance.poisson("complaints", who, rate=annoyed).astype(np.float64)
    region = np.floor(chance.uniform("region", who) * len(COMPETITION)).astype(np.int64)
    columns = {
        "fee": fee,
        "auto_renew": auto_renews.astype(np.float64),
        "complaints": complaints,
        "competition": COMPETITION[region],
        **_traces(chance, who, traits=traits),
    }
    return People(
        who=who,
        latents=traits,
        fee=fee,
        auto_renews=auto_renews,
        complaints=complaints,
        region=region,
        surprise=chance.normal("surprise", who),
        seen=np.stack([columns[name] for name in SEEN], axis=1),
    )


def _traces(chance: Chance, who: Wholes, *, traits: Latents) -> dict[str, Floats]:
    """What the traits leave behind in the books, each with noise of its own."""
    months = np.exp(3.0 + 0.5 * traits.inertia + 0.5 * chance.normal("tenure", who))
    quality = 75 + 10 * traits.trust + 8 * chance.normal("quality", who)
    late = chance.poisson("late", who, rate=np.exp(-1.5 + 0.6 * traits.stress))
    liking = 0.4 * traits.trust - 0.5 * traits.annoyance + 0.5 * chance.normal("opens", who)
    bargained = chance.uniform("bargained", who) < expit(-1 + 0.9 * traits.price)
    return {
        "log_tenure": np.log(np.clip(np.round(months), 3, 180)),
        "quality": np.clip(quality, 10, 100),
        "log_gigabytes": 4 + 0.8 * traits.need + 0.4 * chance.normal("gigabytes", who),
        "trend": 0.15 * traits.trust + 0.2 * chance.normal("trend", who),
        "late_payments": late.astype(np.float64),
        "opens": expit(liking),
        "had_discount": bargained.astype(np.float64),
        "days_since_contact": 60 * chance.exponential("contact", who),
    }
