"""Trials in the reference market as histories; only tests hold the truth beside them."""

import numpy as np

from tenure.decide.effects.history import History, Stakes
from tenure.world.reference.actions import NAMES
from tenure.world.reference.people import SEEN
from tenure.world.reference.trials import Logging, Trial, run_trial
from tenure.world.reference.truth import Reference


def a_history(market: Reference, *, logging: Logging = Logging.UNIFORM) -> tuple[History, Stakes]:
    """What a business would hand to the engine after one trial."""
    trial = run_trial(market, logging=logging)
    history = History(
        SEEN, NAMES, trial.features, trial.action, trial.renewed.astype(float), trial.propensity
    )
    return history, stakes_of(trial)


def stakes_of(trial: Trial) -> Stakes:
    return Stakes(trial.if_renewed, trial.contact_cost)


def gain_of(market: Reference, choice: np.ndarray) -> float:
    """What a choice truly adds per head."""
    return market.gain(choice)
