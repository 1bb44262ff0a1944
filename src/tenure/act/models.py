"""Gathers the ideas' models of this stage."""

from tenure.act.audiences.models import AudienceExport, SharedIdentifier
from tenure.act.channels.models import (
    Carriage,
    ChannelEvent,
    MessageCredit,
    PushDevice,
    Rest,
    StaffNotice,
)
from tenure.act.habits.models import Habit
from tenure.act.journeys.models import Enrolment, Passage
from tenure.act.letters.models import LetterBatch, PrintedLetter
from tenure.act.payments.models import Effect, ProviderEvent
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow

__all__ = [
    "AudienceExport",
    "Carriage",
    "ChannelEvent",
    "Effect",
    "Enrolment",
    "Habit",
    "LetterBatch",
    "MessageCredit",
    "Passage",
    "PrintedLetter",
    "ProviderEvent",
    "PushDevice",
    "Reconciliation",
    "ReconciliationRow",
    "Rest",
    "SharedIdentifier",
    "StaffNotice",
]
