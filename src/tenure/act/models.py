"""Gathers the ideas' models of this stage."""

from tenure.act.journeys.models import Enrolment

__all__ = ["Enrolment"]
