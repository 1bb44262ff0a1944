"""The same strategy and warehouse as the tests of `act` use."""

from tests.act.conftest import plan_day, strategy

__all__ = ["plan_day", "strategy"]
