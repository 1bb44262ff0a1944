"""The truth about a market, for comparison only: what each action would do to each term.

It is an object of its own and a file of its own. No room below this one can import it, and none
reads the file: an engine that could look here would have nothing to estimate (science.md, K1).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tenure.world.behaviour.window import Window
from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.chains import noise
from tenure.world.market.market import Market
from tenure.world.market.truth import Action, effect

DISCOUNTS: Final = (0.1, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Oracle:
    """One row per term, one column per action; a discount has a column for each depth."""

    columns: tuple[str, ...]
    term_id: Wholes
    probability: Floats  # of renewing, before the noise is known
    renews: Flags  # Y(a): what happens under each action


def ask(market: Market, near: Window) -> Oracle:
    """What would become of the terms of a window under each action."""
    complaints = market.tickets.recent(near.who, np.minimum(near.decides, near.ends))
    drawn = noise(market.recipe, near.who, number=near.number)
    names, logits = [], []
    for action in Action:
        for depth in DISCOUNTS if action is Action.DISCOUNT else (0.0,):
            lift = effect(
                action,
                near.people.latents,
                auto_renews=near.auto_renews,
                complaints=complaints,
                discount_share=depth,
            )
            names.append(f"{action}_{depth:.0%}" if depth else str(action))
            logits.append(near.logit + lift)
    logit = np.stack(logits, axis=1)
    return Oracle(tuple(names), near.term_id, expit(logit), logit + drawn[:, None] > 0)


def keep(market: Market, oracle: Oracle, *, path: Path) -> None:
    """Keep the truth in a file beside everything that the engine reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    latents = market.population.latents
    traits = {f"latent_{name}": getattr(latents, name) for name in latents.__slots__}
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            columns=np.array(oracle.columns),
            term_id=oracle.term_id,
            probability=oracle.probability,
            renews=oracle.renews,
            **traits,
        )
