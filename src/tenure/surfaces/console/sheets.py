"""Rows that are taken away as a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse

from tenure.understand.metrics.exports import Form, as_bytes


def sheet(rows: Sequence[Mapping[str, Any]], *, name: str) -> HttpResponse:
    """Rows as a CSV file: marked once for spreadsheets, and no cell of it is a formula."""
    body = as_bytes(rows, Form.CSV) if rows else b""
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
