"""Deferred revenue of a month, and what was paid more than a year ahead (R-M-027, R-M-028)."""

import csv
import io

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import a_term, day
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_today import MOST_QUERIES
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


def test_the_report_closes_and_names_what_is_paid_ahead(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """R-M-028: named with its sum, in both languages, and the sentence says that none is interest.

    Two years for 7,310.00, begun this month: of 731 days what lies after twelve months is later.
    """
    term = a_term(starts_on=day(0).replace(day=1), cycle_months=24, price_minor=731_000)
    client = sign_in("finance")

    with CaptureQueriesContext(connection) as asked:
        english = client.get("/bills/deferred?month=2026-06", headers=ENGLISH).content.decode()
    chinese = client.get("/bills/deferred?month=2026-06").content.decode()
    rows = list(csv.DictReader(io.StringIO(
        client.get("/bills/deferred/ahead.csv").content.decode("utf-8-sig"))))  # fmt: skip

    assert len(asked) <= MOST_QUERIES
    assert "No interest is computed here" in english
    assert "1 term, ¥7,310 net of tax." in english
    assert "不计算利息" in chinese
    assert f'href="/customers/{term.account_id}"' in english
    assert [row["net_minor"] for row in rows] == ["731000"]


def test_only_finance_opens_it_and_a_month_that_is_none_is_this_one(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    assert sign_in("operator").get("/bills/deferred").status_code == 403

    answer = sign_in("finance").get("/bills/deferred?month=2026-99", headers=ENGLISH)

    assert answer.status_code == 200
    assert "No contract was sold by that day" in answer.content.decode()
