"""What nobody can see: how customers are. The engine never reads any of it (science.md, K1)."""

from dataclasses import dataclass

import numpy as np

from tenure.world.chance import Chance, Floats, Wholes

_MIX = np.array(
    [
        [1, 0, 0, 0, 0, 0],
        [-0.3, 1, 0, 0, 0, 0],
        [0.2, -0.2, 1, 0, 0, 0],
        [-0.1, 0.3, 0.2, 1, 0, 0],
        [0.2, -0.1, 0, -0.2, 1, 0],
        [0.1, 0, 0.2, 0, 0.1, 1],
    ]
)


@dataclass(frozen=True, slots=True)
class Latents:
    """Six correlated standard normal traits, one value per customer."""

    price: Floats  # sensitivity to prices
    inertia: Floats
    need: Floats  # of what is sold
    trust: Floats
    annoyance: Floats  # how quickly contacts annoy
    stress: Floats  # shortage of money

    def of(self, who: Wholes) -> "Latents":
        """The traits of some customers."""
        return Latents(*(getattr(self, name)[who] for name in self.__slots__))


def draw(chance: Chance, who: Wholes) -> Latents:
    """The traits of customers, correlated as in the reference market."""
    plain = np.stack([chance.normal(f"latent:{place}", who) for place in range(6)], axis=1)
    mixed = (plain @ _MIX.T) / np.sqrt((_MIX**2).sum(axis=1))
    return Latents(*mixed.T)
