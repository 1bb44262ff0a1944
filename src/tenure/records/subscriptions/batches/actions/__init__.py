"""The verbs of batches, a file for each stage."""

from tenure.records.subscriptions.batches.actions.checking import check_some
from tenure.records.subscriptions.batches.actions.giving import Bought, finish, give_some, retry
from tenure.records.subscriptions.batches.actions.mending import drop, leave_out, mend, put_back
from tenure.records.subscriptions.batches.actions.opening import begin
from tenure.records.subscriptions.batches.actions.placing import (
    begin_placing,
    note_order,
    recheck_some,
    reopen,
)
from tenure.records.subscriptions.batches.actions.returning import (
    ask_back,
    go_on_returning,
    return_lines,
    return_some,
)

__all__ = [
    "Bought",
    "ask_back",
    "begin",
    "begin_placing",
    "check_some",
    "drop",
    "finish",
    "give_some",
    "go_on_returning",
    "leave_out",
    "mend",
    "note_order",
    "put_back",
    "recheck_some",
    "reopen",
    "retry",
    "return_lines",
    "return_some",
]
