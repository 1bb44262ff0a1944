"""The verbs of intake, a file for each kind."""

from tenure.observe.intake.actions.accepting import Accepted, accept
from tenure.observe.intake.actions.sealing import seal
from tenure.observe.intake.actions.senders import close_source, open_source

__all__ = ["Accepted", "accept", "close_source", "open_source", "seal"]
