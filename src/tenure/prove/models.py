"""Gathers the ideas' models of this stage."""

from tenure.prove.readouts.models import Readout

__all__ = ["Readout"]
