"""Gathers the ideas' models of this stage."""

from tenure.observe.imports.models import ImportBatch, ImportedFile, ImportedRow
from tenure.observe.intake.models import IdentityLink, InboxEvent, Quarantine, Source

__all__ = [
    "IdentityLink",
    "ImportBatch",
    "ImportedFile",
    "ImportedRow",
    "InboxEvent",
    "Quarantine",
    "Source",
]
