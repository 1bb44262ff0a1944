"""Gathers the ideas' models of this stage."""

from tenure.act.channels.models import (
    Carriage,
    ChannelEvent,
    MessageCredit,
    PushDevice,
    StaffNotice,
)
from tenure.act.journeys.models import Enrolment, Passage
from tenure.act.payments.models import Effect, ProviderEvent
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow

__all__ = [
    "Carriage",
    "ChannelEvent",
    "Effect",
    "Enrolment",
    "MessageCredit",
    "Passage",
    "ProviderEvent",
    "PushDevice",
    "Reconciliation",
    "ReconciliationRow",
    "StaffNotice",
]
