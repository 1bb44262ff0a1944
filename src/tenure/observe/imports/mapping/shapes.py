"""A mapping as it was read: what each file makes, and where each field comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tenure.kernel.failures import Sentence
from tenure.observe.imports.mapping.fields import Form, Kind
from tenure.observe.imports.rules.numbers import PLAIN, Style
from tenure.records.catalog.rules import OfferedPlan


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one field comes from: columns or a constant, and how it is written there."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = "-"
    prefix: str = ""
    default: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    date: str = ""
    zone: str = ""
    style: Style = PLAIN
    times: Fraction | None = None  # what a quantity is multiplied with to be in the wanted unit
    is_per_month: bool = False
    is_months_ago: bool = False
    separator: str = ";"
    path: str = ""  # where in the mapping it stands, for whoever must change it


@dataclass(frozen=True, slots=True)
class Condition:
    """A line makes this row only where the column holds one of the values, or anything at all."""

    column: str
    among: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """What a plan gives: one entitlement, its quantity from a column or a constant."""

    code: str
    name: Sentence
    quantity: Spec | None = None
    unit: str = ""
    kind: str = "core"


@dataclass(frozen=True, slots=True)
class Making:
    """One kind of row that each line of a file makes."""

    kind: Kind
    specs: Mapping[str, Spec]
    rest: Mapping[str, tuple[Spec, Form]] = field(default_factory=dict)  # attributes, properties
    prices: Mapping[int, Spec] = field(default_factory=dict)  # of a plan: months → price
    gives: Sequence[Given] = ()
    only_if: Condition | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class FileRules:
    """How the files of one pattern are read, and what their lines make."""

    pattern: str
    makings: Sequence[Making]
    encoding: str = ""  # empty: found out
    delimiter: str = ""
    is_optional: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A whole mapping. What is None or empty follows from the strategy, or from the clock."""

    name: str  # of the file it was read from
    digest: str
    source: str
    files: Sequence[FileRules]
    plans: Sequence[OfferedPlan] = ()
    account_source: str = ""
    as_of: date | None = None
    zone: str = ""
    currency: str = ""
    language: str = ""
    country: str = ""
    strategy: str = ""
    is_canonical: bool = False
