"""Providers in memory, an applied strategy, and either database."""

from tests.act.conftest import strategy
from tests.act.payments.conftest import alipay, wechat

__all__ = ["alipay", "strategy", "wechat"]
