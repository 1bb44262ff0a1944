"""The business of the decisions' tests, with a segment of everybody who pays by the year."""

from tests.decide.decisions.conftest import broadband, broadband_anywhere

__all__ = ["broadband", "broadband_anywhere"]
