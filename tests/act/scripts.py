"""What a person would say about a to-do, as the console shows it."""

from collections.abc import Mapping
from datetime import date

from tenure.act.care.queries import scripts_of
from tenure.records.success.models import ToDo
from tenure.strategy.loading import preset


def script_of(todo: ToDo, *, on: date) -> Mapping[str, str]:
    return scripts_of([todo], strategy=preset("broadband").at(on), on=on)[todo.pk]
