"""Directories of files as other systems leave them, and their import at the tests' moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenure.kernel.clock import FixedClock
from tenure.observe.imports.actions import Hands, ImportDone, Order, import_directory
from tests.builders import AT

type Told = Callable[[float, str], None]

ACCOUNTS = "id,name,started_on\na1,张伟,2024-01-15\na2,Li Na,2024-03-01\n"
SUBSCRIPTIONS = (
    "id,account,plan,cycle_months,starts_on,price\n"
    "s1,a1,standard,12,2024-01-15,1188.00\n"
    "s2,a2,plus,1,2024-03-01,199.00\n"
)


@dataclass(frozen=True)
class Folder:
    """One directory. A name says what a file is, a text or bytes what it holds."""

    path: Path

    def write(self, **files: str | bytes) -> "Folder":
        """Files by name: `accounts=…` writes accounts.csv; `mapping=…` writes mapping.toml."""
        self.path.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            ending = "toml" if name == "mapping" else "csv"
            raw = content.encode() if isinstance(content, str) else content
            (self.path / f"{name}.{ending}").write_bytes(raw)
        return self

    def take(
        self,
        *,
        strict: bool = False,
        dry_run: bool = False,
        at: datetime = AT,
        progress: Told = lambda done, what: None,
    ) -> ImportDone:
        """Import it."""
        order = Order(self.path, is_strict=strict, is_dry_run=dry_run)
        hands = Hands(FixedClock(at), "test", progress)
        return import_directory(order, hands=hands)


def counts(done: ImportDone) -> tuple[int, int, int, int]:
    """Read, stored, unchanged and rejected."""
    read, stored, unchanged, rejected = (
        done.total(name) for name in ("read", "stored", "unchanged", "rejected")
    )
    assert read == stored + unchanged + rejected
    return read, stored, unchanged, rejected


def told(done: ImportDone) -> list[str]:
    """The English sentences about the lines that were turned away."""
    return [fault.told(file).en for file, fault in done.first_faults]


def codes(done: ImportDone) -> list[str]:
    """What was wrong with them."""
    return [fault.code for _, fault in done.first_faults]
