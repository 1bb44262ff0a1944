"""Our own CSV format: files and columns that need no mapping (`docs/importing.md`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tenure.observe.imports.mapping.fields import EVENT, KINDS, Form, Kind
from tenure.observe.imports.mapping.refusals import MissingColumn
from tenure.observe.imports.mapping.shapes import FileRules, Making, Mapped, Spec
from tenure.observe.imports.rules.faults import nearest_of

SOURCE: Final = "csv"
ENDINGS: Final = (".csv", ".tsv", ".txt", ".parquet")
_BY_FILE: Final = {kind.file: kind for kind in KINDS}
STEMS: Final = tuple(_BY_FILE)


def kind_of(name: str) -> Kind | None:
    """What a file holds, by its name: `accounts.csv`, `Events.csv.gz`, `terms.parquet`."""
    path = PurePosixPath(name.lower())
    if path.suffix == ".gz":
        path = path.with_suffix("")
    return _BY_FILE.get(path.stem) if path.suffix in ENDINGS else None


def canonical_rules(name: str, header: Sequence[str]) -> FileRules:
    """The rules of a file of our own format.

    Further columns of accounts and subscriptions become attributes, those of events properties;
    others are not read.

    Raises:
        MissingColumn: one that every line needs is not there; names the nearest.
    """
    kind = kind_of(name)
    assert kind is not None, "only files with a known name are asked for"
    columns = {column.strip().lower(): column for column in header}
    for field in kind.required:
        if field not in columns:
            raise MissingColumn(
                file=name,
                path=f"{kind.file}.{field}",
                column=field,
                nearest=nearest_of(field, columns),
                found=list(header),
            )
    specs = {
        field: Spec(columns=(columns[field],), path=f"{kind.file}.{field}")
        for field in kind.fields
        if field in columns
    }
    rest = {}
    if kind.rest in {"attributes", "properties"}:
        form = Form.LOOSE if kind is EVENT else Form.TEXT
        rest = {
            column: (Spec(columns=(column,), path=column), form)
            for lower, column in columns.items()
            if lower not in kind.fields and column
        }
    making = Making(kind=kind, specs=specs, rest=rest, path=kind.file)
    return FileRules(pattern=name, makings=(making,), path=kind.file)


def canonical_mapping(names: Sequence[str]) -> Mapped:
    """The mapping of a directory without one; its files' rules follow from their headers."""
    files = tuple(FileRules(pattern=name, makings=(), path=name) for name in names)
    return Mapped(
        name="", digest="canonical", source=SOURCE, account_source=SOURCE, files=files,
        is_canonical=True,
    )  # fmt: skip
