"""Providers in memory, an applied strategy, and either database."""

from tests.act.conftest import either_database, strategy
from tests.act.payments.conftest import alipay, wechat
from tests.records.conftest import postgres_with_tables, shared_database

__all__ = [
    "alipay",
    "either_database",
    "postgres_with_tables",
    "shared_database",
    "strategy",
    "wechat",
]
