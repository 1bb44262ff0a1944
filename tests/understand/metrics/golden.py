"""The golden examples, read from the file that publishes them."""

import csv
import json
import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tenure.understand.metrics.rules.rates import Rate

GOLDEN = Path(__file__).parents[4] / "shared" / "golden-metrics.md"

type Row = dict[str, str]


def text_of(name: str) -> str:
    """The section of one example; skips where the file is missing."""
    if not GOLDEN.is_file():
        pytest.skip("the folder shared/ with the golden examples is missing")
    sections = re.split(r"^## ", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return next(part for part in sections if part.startswith(name))


def rows_of(name: str) -> list[Row]:
    """The input of one example; an empty field is an empty text."""
    found = re.search(r"```csv\n(.*?)```", text_of(name), re.DOTALL)
    assert found
    return list(csv.DictReader(StringIO(found[1])))


def expected_of(name: str) -> Any:
    """The expected output of one example."""
    found = re.search(r"```json\n(.*?)```", text_of(name), re.DOTALL)
    assert found
    return json.loads(found[1])


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def on(text: str) -> date:
    return date.fromisoformat(text)


def parts(rate: Rate) -> dict[str, Any]:
    """A rate as the file writes it."""
    return {"num": rate.num, "den": rate.den, "value": rate.text}
