"""The verbs of subscriptions and terms, a file for each kind."""

from tenure.records.subscriptions.actions.adding import (
    Attach,
    Detach,
    attach_addon,
    detach_addon,
)
from tenure.records.subscriptions.actions.anniversaries import give_anniversaries
from tenure.records.subscriptions.actions.applying import Applied, apply_due_changes
from tenure.records.subscriptions.actions.asking import (
    ask_many_to_cancel,
    ask_to_cancel,
    extend,
    extend_many,
    switch_auto_renew,
    undo_cancel,
)
from tenure.records.subscriptions.actions.benefiting import (
    NewBenefit,
    Won,
    end_due,
    follow_terms,
    give,
    note_reminded,
    settle_trial,
)
from tenure.records.subscriptions.actions.changing import (
    Changed,
    MoreSeats,
    PlanChange,
    add_seats,
    change_plan,
    remove_seats,
    withdraw_change,
)
from tenure.records.subscriptions.actions.closing import Closed, close_overdue
from tenure.records.subscriptions.actions.crediting import WentBack, credit_term
from tenure.records.subscriptions.actions.granting import Grant, grant
from tenure.records.subscriptions.actions.joining import CoTerm, co_term
from tenure.records.subscriptions.actions.pausing import Rest, pause, resume
from tenure.records.subscriptions.actions.refunding import GiveBack, end_with_refund, undo_renewal
from tenure.records.subscriptions.actions.renewing import renew, renew_many
from tenure.records.subscriptions.actions.starting import Start, start

__all__ = [
    "Applied",
    "Attach",
    "Changed",
    "Closed",
    "CoTerm",
    "Detach",
    "GiveBack",
    "Grant",
    "MoreSeats",
    "NewBenefit",
    "PlanChange",
    "Rest",
    "Start",
    "WentBack",
    "Won",
    "add_seats",
    "apply_due_changes",
    "ask_many_to_cancel",
    "ask_to_cancel",
    "attach_addon",
    "change_plan",
    "close_overdue",
    "co_term",
    "credit_term",
    "detach_addon",
    "end_due",
    "end_with_refund",
    "extend",
    "extend_many",
    "follow_terms",
    "give",
    "give_anniversaries",
    "grant",
    "note_reminded",
    "pause",
    "remove_seats",
    "renew",
    "renew_many",
    "resume",
    "settle_trial",
    "start",
    "switch_auto_renew",
    "undo_cancel",
    "undo_renewal",
    "withdraw_change",
]
