"""Read rows of several models by one question.

A page that shows one customer asks for a few rows of many small tables; the way to the database
and back costs more than the rows.
"""

import json
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from django.db import models
from django.db.models import IntegerField, QuerySet, Value
from django.db.models.base import ModelState
from django.db.models.functions import JSONObject

type Rows = list[Any]


def read_together(*wanted: QuerySet[Any]) -> tuple[Rows, ...]:
    """The rows of each of `wanted`, each by its primary key, the lowest first.

    Instants are left out, and what `only` leaves out: a row reads its own when somebody asks.
    """
    told = [
        # The order of a part means nothing here, and SQLite forbids it.
        each.order_by().values_list(
            Value(place, output_field=IntegerField()),
            "pk",
            JSONObject(**{name: name for name in _names(each)}),
        )
        for place, each in enumerate(wanted)
    ]
    first, *others = told
    found: tuple[Rows, ...] = tuple([] for _ in wanted)
    # A primary key is unique within its part, so the contents are never compared.
    for place, _, content in sorted(first.union(*others, all=True), key=lambda row: row[:2]):
        found[place].append(_row(wanted[place], content))
    return found


def read_with(each: QuerySet[Any], *related: str) -> Rows:
    """Rows with the rows that each names, as `select_related` reads them, at a fifth of its
    price: for whoever reads thousands.

    What is named as `account.name` is all that is read of the account. Instants and documents are
    left out unless they are named so: a row reads its own when somebody asks. What the rows were
    annotated with stands among their own columns.
    """
    first: type[models.Model] = each.model
    own = [one for one in _plain(first) if one in _names(each)]
    parts = [("", first, [*own, *each.query.annotations])]
    for path, named in _by_path(related).items():
        model: Any = each.model._meta.get_field(path).related_model
        parts.append((path, model, ["id", *named] if named else _plain(model)))
    asked = [f"{path}__{one}" if path else one for path, _, names in parts for one in names]
    bounds = [0, *accumulate(len(names) for _, _, names in parts)]
    found = []
    for row in each.values_list(*asked):
        one = None
        for (path, model, names), begins, ends in zip(parts, bounds, bounds[1:], strict=False):
            made = _made(model, names, row[begins:ends])
            if one is None:
                one = made
            else:
                one._state.fields_cache[path] = made
        found.append(one)
    return found


def _by_path(related: Sequence[str]) -> dict[str, list[str]]:
    """Name of a related row → the columns that are wanted of it; all of them where none is."""
    found: dict[str, list[str]] = {}
    for one in related:
        path, _, column = one.partition(".")
        found.setdefault(path, []).extend([column] if column else [])
    return found


@cache
def _plain(model: type[models.Model]) -> list[str]:
    """The columns that cost little to read."""
    left_out = (models.DateTimeField, models.JSONField)
    return [one.attname for one in model._meta.concrete_fields if not isinstance(one, left_out)]


def _made(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """A stored row as an object, without the signals that Django sends for each (nobody hears)."""
    one = model.__new__(model)
    one.__dict__.update(zip(names, values, strict=True))
    state = one._state = ModelState()
    state.adding, state.db = False, "default"
    return one


def _names(of: QuerySet[Any]) -> list[str]:
    named, is_without = of.query.deferred_loading
    return [
        one.attname
        for one in of.model._meta.concrete_fields
        if not isinstance(one, models.DateTimeField)
        and (is_without or one.primary_key or named & {one.name, one.attname})
    ]


def _row(of: QuerySet[Any], content: dict[str, Any]) -> Any:
    fields = [one for one in of.model._meta.concrete_fields if one.attname in content]
    values = [_value(one, content[one.attname]) for one in fields]
    return _made(of.model, [one.attname for one in fields], values)


def _value(field: Any, value: Any) -> Any:
    """A value as its field holds it; SQLite tells an object within an object as text."""
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    return field.to_python(value)
