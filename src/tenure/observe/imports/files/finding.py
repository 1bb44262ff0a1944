"""Which files of a directory are read, by which rules, and which are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from tenure.observe.imports.files.survey import Survey, survey
from tenure.observe.imports.files.tables import header_of
from tenure.observe.imports.mapping.canonical import (
    STEMS,
    canonical_mapping,
    canonical_rules,
    kind_of,
)
from tenure.observe.imports.mapping.fields import RANK
from tenure.observe.imports.mapping.reading import read_mapping
from tenure.observe.imports.mapping.refusals import (
    MissingColumn,
    NoDirectory,
    NoSuchFile,
    NothingKnown,
)
from tenure.observe.imports.mapping.shapes import FileRules, Making, Mapped
from tenure.observe.imports.mapping.spec_reading import columns_of
from tenure.observe.imports.rules.faults import nearest_of

MAPPING: Final = "mapping.toml"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class ToRead:
    """One file that is read, and how."""

    file: Survey
    rules: FileRules
    header: Sequence[str]

    @property
    def unread(self) -> list[str]:
        """Columns that nothing is made of."""
        used: set[str] = set()
        for making in self.rules.makings:
            used |= columns_used(making)
        return [name for name in self.header if name and name not in used]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import will do, before anything is written."""

    mapped: Mapped
    files: Sequence[ToRead]
    left_alone: Sequence[str]


def plan_of(directory: Path, *, mapping: Path | None = None) -> Plan:
    """Look at a directory: its mapping, its files and their headers, in the order of writing.

    Raises:
        NoDirectory, NothingKnown, NoSuchFile, MissingColumn, EmptyFile, DamagedFile, …: as said
        by each; nothing is imported then.
    """
    if not directory.is_dir():
        raise NoDirectory(directory=directory)
    names = _names(directory)
    if mapping is None and (directory / MAPPING).is_file():
        mapping = directory / MAPPING
    if mapping is None:
        known = [name for name in names if kind_of(name)]
        if not known:
            raise NothingKnown(
                directory=directory, known=[f"{stem}.csv" for stem in STEMS], found=_some(names)
            )
        mapped = canonical_mapping(known)
    else:
        mapped = read_mapping(mapping)
    files = [
        _to_read(directory, name, rules, mapped)
        for rules in mapped.files
        for name in _matching(rules, names, mapped)
    ]
    files.sort(key=lambda one: min(RANK[making.kind.name] for making in one.rules.makings))
    read = {one.file.name for one in files} | {MAPPING}
    return Plan(mapped, files, [name for name in names if name not in read])


def columns_used(making: Making) -> set[str]:
    """Every column that a making reads."""
    specs = [*making.specs.values(), *(spec for spec, _ in making.rest.values())]
    specs += [*making.prices.values(), *(one.quantity for one in making.gives if one.quantity)]
    used = columns_of(specs)
    return used | {making.only_if.column} if making.only_if else used


def _names(directory: Path) -> list[str]:
    files = (path for path in directory.rglob("*") if path.is_file())
    names = (path.relative_to(directory).as_posix() for path in files)
    return sorted(name for name in names if not name.startswith("."))


def _matching(rules: FileRules, names: Sequence[str], mapped: Mapped) -> list[str]:
    """The files of a pattern; the pattern of a plain name also finds its gzip file."""
    patterns = (rules.pattern, f"{rules.pattern}.gz")
    found = [name for name in names if any(fnmatchcase(name, one) for one in patterns)]
    if not found and not rules.is_optional:
        raise NoSuchFile(
            file=mapped.name, path=rules.path, pattern=rules.pattern, found=_some(names)
        )
    return found


def _to_read(directory: Path, name: str, rules: FileRules, mapped: Mapped) -> ToRead:
    file = survey(directory / name, name=name, encoding=rules.encoding)
    header = header_of(file, delimiter=rules.delimiter)
    if mapped.is_canonical:
        rules = replace(canonical_rules(name, header), delimiter=rules.delimiter)
    for making in rules.makings:
        _check_columns(making, name, header)
    return ToRead(file, rules, header)


def _check_columns(making: Making, name: str, header: Sequence[str]) -> None:
    """Refuse the first column that the mapping names and the file does not have."""
    for column in sorted(columns_used(making) - set(header)):
        raise MissingColumn(
            file=name,
            path=_path_of(making, column),
            column=column,
            nearest=nearest_of(column, header),
            found=_some(header),
        )


def _path_of(making: Making, column: str) -> str:
    for field, spec in making.specs.items():
        if column in spec.columns:
            return f"{making.path}.{field}"
    return making.path


def _some(names: Sequence[str]) -> list[str] | str:
    """A list short enough for a sentence."""
    if not names:
        return "–"
    return [*names[:_SHOWN], "…"] if len(names) > _SHOWN else list(names)
