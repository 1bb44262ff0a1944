"""The strategy and the providers of the payments' tests."""

from tests.act.payments.conftest import strategy, wechat

__all__ = ["strategy", "wechat"]
