"""The verbs of subscriptions and terms, a file for each kind."""

from tenure.records.subscriptions.actions.asking import (
    ask_to_cancel,
    extend,
    extend_many,
    switch_auto_renew,
    undo_cancel,
)
from tenure.records.subscriptions.actions.closing import Closed, close_overdue
from tenure.records.subscriptions.actions.renewing import renew, renew_many
from tenure.records.subscriptions.actions.starting import Start, start

__all__ = [
    "Closed",
    "Start",
    "ask_to_cancel",
    "close_overdue",
    "extend",
    "extend_many",
    "renew",
    "renew_many",
    "start",
    "switch_auto_renew",
    "undo_cancel",
]
