"""The provider in memory that the payments' own tests use."""

from tests.act.payments.conftest import wechat

__all__ = ["wechat"]
