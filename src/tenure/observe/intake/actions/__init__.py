"""The verbs of intake, a file for each kind."""

from tenure.observe.intake.actions.accepting import Accepted, accept
from tenure.observe.intake.actions.sealing import seal
from tenure.observe.intake.actions.senders import close_source, open_source
from tenure.observe.intake.actions.undoing import undo_link

__all__ = ["Accepted", "accept", "close_source", "open_source", "seal", "undo_link"]
