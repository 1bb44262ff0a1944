"""The business of the decisions' tests."""

from tests.decide.decisions.conftest import broadband, broadband_anywhere

__all__ = ["broadband", "broadband_anywhere"]
