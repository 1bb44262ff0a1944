"""What reaches the top of a request is told in a page."""

import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import RequestFactory

from tenure.project.middleware import ToldFailures


@pytest.mark.parametrize("failure", [
    DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"),
    ValueError("A string literal cannot contain NUL (0x00) characters."),
])  # fmt: skip
def test_a_character_that_nobody_can_type_is_refused_and_no_fault_of_ours(
    db: None, failure: Exception
) -> None:
    told = ToldFailures(lambda _: HttpResponse()).process_exception(
        RequestFactory().get("/my"), failure
    )

    assert told is not None
    assert told.status_code == 400


@pytest.mark.parametrize("failure", [
    OverflowError("Python int too large to convert to SQLite INTEGER"),
    DataError("value \"99999999999999999999\" is out of range for type bigint"),
])  # fmt: skip
def test_a_number_that_no_row_has_is_not_found(db: None, failure: Exception) -> None:
    told = ToldFailures(lambda _: HttpResponse()).process_exception(
        RequestFactory().get("/customers/99999999999999999999"), failure
    )

    assert told is not None
    assert told.status_code == 404


def test_a_fault_of_ours_stays_one(db: None) -> None:
    middleware = ToldFailures(lambda _: HttpResponse())

    assert middleware.process_exception(RequestFactory().get("/my"), ValueError("ours")) is None
