"""The verbs of campaigns: plan, launch and end, spend."""

from tenure.records.campaigns.actions.ending import Learned, close, drop, end_over, stop
from tenure.records.campaigns.actions.launching import Dry, approve, launch, reject
from tenure.records.campaigns.actions.planning import (
    NewCampaign,
    NewLine,
    change,
    copy,
    draft,
    finish_task,
    set_goals,
    set_line,
    set_tasks,
    tick,
)
from tenure.records.campaigns.actions.spending import (
    NewSpend,
    Payment,
    give_back,
    reserve,
    spend,
)

__all__ = [
    "Dry",
    "Learned",
    "NewCampaign",
    "NewLine",
    "NewSpend",
    "Payment",
    "approve",
    "change",
    "close",
    "copy",
    "draft",
    "drop",
    "end_over",
    "finish_task",
    "give_back",
    "launch",
    "reject",
    "reserve",
    "set_goals",
    "set_line",
    "set_tasks",
    "spend",
    "stop",
    "tick",
]
