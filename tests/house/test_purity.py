"""Each kind of file knows only what it may: rules are pure, tables and arrays know no Django."""

import ast
from collections.abc import Iterator

from tests.house.sources import (
    Source,
    begins_with,
    dotted,
    imported,
    nodes,
    product_sources,
    source_of,
)

ENGINES = {"duckdb", "narwhals", "polars", "pyarrow", "pyspark"}
FORBIDDEN = {
    "rules": {"django", "random", "secrets", "time", "numpy.random", *ENGINES},
    "expressions": {"django", "random", "secrets", "time"},
    "estimator": {"django", "random", "secrets", "time", "duckdb", "pyspark"},
}
CLOCKS = {
    *(f"datetime.{verb}" for verb in ("now", "utcnow", "today")),
    *(f"datetime.datetime.{verb}" for verb in ("now", "utcnow", "today")),
    *(f"timezone.{verb}" for verb in ("now", "localdate", "localtime")),
    *("date.today", "datetime.date.today", "time.time", "time.time_ns"),
}
# Measuring how long something takes is no reading of the calendar; these are the calendar.
WEB = {"django.http", "django.forms", "django.shortcuts", "django.template", "django.urls", "ninja"}
BELOW_SURFACES = {
    "kernel", "strategy", "records", "warehouse", "observe", "understand", "decide", "act",
    "prove", "loop", "world",
}  # fmt: skip
SIGNALS = {"django.db.models.signals", "django.dispatch", "django.core.signals"}


def is_idea(source: Source) -> bool:
    """An idea's folder stands in a room; the strategy and the kernel are ideas themselves."""
    return len(source.parts) > 4 or source.room in {"strategy", "kernel"}


def import_findings(source: Source) -> Iterator[str]:
    kinds = [kind for kind in FORBIDDEN if is_idea(source) and source.holds(kind)]
    for node, name in imported(source.tree):
        for kind in kinds:
            if begins_with(name, FORBIDDEN[kind]):
                yield f"{source.at(node)} {kind} may not know {name}"
        if source.room in BELOW_SURFACES and begins_with(name, WEB):
            yield f"{source.at(node)} {name} belongs to the surfaces"
        if begins_with(name, SIGNALS) or name.endswith(".signals"):
            yield f"{source.at(node)} {name}: no signals"


def call_findings(source: Source) -> Iterator[str]:
    for node in nodes(source.tree):
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        if name in CLOCKS and source.path.as_posix() != "src/tenure/kernel/clock.py":
            yield f"{source.at(node)} {name}: only kernel/clock.py reads the clock"
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield f"{source.path} {node.arg}: only kernel/clock.py reads the clock"
        if name.endswith(".collect") and is_idea(source) and source.holds("expressions"):
            yield f"{source.at(node)} expressions stay lazy: no collect()"


def frame_findings(source: Source) -> Iterator[str]:
    """Nets that catch every error and keep it, outside the worker's outermost frame."""
    lines = source.text.splitlines()
    for node in nodes(source.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            broad = any(
                one is None or dotted(one) in {"Exception", "BaseException"} for one in kinds
            )
            last = node.body[-1]
            passes_on = isinstance(last, ast.Raise) and last.exc is None
            if broad and not passes_on and "outermost frame" not in lines[node.lineno - 1]:
                yield f"{source.at(node)} catches everything"


def findings(source: Source) -> list[str]:
    return [*import_findings(source), *call_findings(source), *frame_findings(source)]


def test_each_kind_of_file_knows_only_what_it_may() -> None:
    assert [line for source in product_sources() for line in findings(source)] == []


def test_impure_rules_are_found() -> None:
    text = "import narwhals.stable.v2 as nw\nfrom django.db import models\nimport random\n"
    path = "src/tenure/decide/offers/rules.py"

    assert findings(source_of(text, path=path)) == [
        f"{path}:1 rules may not know narwhals.stable.v2",
        f"{path}:2 rules may not know django.db.models",
        f"{path}:3 rules may not know random",
    ]
    assert findings(source_of(text, path="src/tenure/decide/offers/actions.py")) == []


def test_a_collected_expression_and_a_clock_are_found() -> None:
    path = "src/tenure/understand/tags/expressions.py"
    text = "def f(rows):\n    rows.collect()\n    return datetime.now(UTC)\n"

    assert findings(source_of(text, path=path)) == [
        f"{path}:2 expressions stay lazy: no collect()",
        f"{path}:3 datetime.now: only kernel/clock.py reads the clock",
    ]


def test_signals_web_code_below_surfaces_and_wide_nets_are_found() -> None:
    path = "src/tenure/act/messages/actions.py"
    text = (
        "from django.db.models.signals import post_save\nfrom django.http import HttpResponse\n"
        "try:\n    f()\nexcept Exception:\n    pass\n"
    )

    assert findings(source_of(text, path=path)) == [
        f"{path}:1 django.db.models.signals.post_save: no signals",
        f"{path}:2 django.http.HttpResponse belongs to the surfaces",
        f"{path}:5 catches everything",
    ]
