"""Gathers the ideas' models of this stage."""

from tenure.observe.intake.models import IdentityLink, InboxEvent, Quarantine, Source

__all__ = ["IdentityLink", "InboxEvent", "Quarantine", "Source"]
