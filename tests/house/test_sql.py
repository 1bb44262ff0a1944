"""SQL stands in a .sql file beside its verb, never in a string."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import Source, nodes, product_sources, source_of

STATEMENT = re.compile(
    r"\s*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s"
    r"|COPY\s|(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TEMP\w*\s+)?(?:TABLE|VIEW|INDEX)\s"
    r"|MERGE\s+INTO\s|ATTACH\s|TRUNCATE\s)"
)

# The one writer of sets: it makes its statements from the names of our own models.
WRITER = "src/tenure/records/rows.py"


def texts(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every string, with the fixed beginning of those that are formatted."""
    for node in nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def sql_findings(source: Source) -> list[str]:
    if source.path.as_posix() == WRITER:
        return []
    return [source.at(node) for node, text in texts(source.tree) if STATEMENT.match(text)]


def test_no_sql_stands_in_a_string() -> None:
    assert [line for source in product_sources() for line in sql_findings(source)] == []


def test_sql_in_a_string_is_found() -> None:
    text = (
        'a = "SELECT 1"\nb = f"""\n  INSERT OR IGNORE INTO {a} VALUES (1)"""\nc = "Select a plan"'
    )

    assert sql_findings(source_of(text, path="a.py")) == ["a.py:1", "a.py:2"]
