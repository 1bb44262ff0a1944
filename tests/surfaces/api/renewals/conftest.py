"""A provider in memory, and programs with a key."""

from tests.act.payments.conftest import wechat

__all__ = ["wechat"]
