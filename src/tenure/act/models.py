"""Gathers the ideas' models of this stage."""

from tenure.act.journeys.models import Enrolment
from tenure.act.payments.models import Effect, ProviderEvent

__all__ = ["Effect", "Enrolment", "ProviderEvent"]
