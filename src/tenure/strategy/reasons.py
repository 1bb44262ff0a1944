"""Why customers leave: one controlled list for cancellations, surveys, tickets and analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason (CHR-01). `is_actionable`: something that we do could change it."""

    id: str
    name: Sentence
    is_actionable: bool


_NO_OTHER = Sentence(
    zh="缺少 id 为 other 的兜底原因", en="the reason “other” is missing, for what fits nowhere"
)


def read(reader: Reader) -> Mapping[str, Reason]:
    """Read reasons.toml, in the order of the file."""
    reasons = {
        one.name("id"): Reason(one.name("id"), one.sentence("name"), one.flag("actionable"))
        for one in reader.each("reason", unique="id")
    }
    if OTHER not in reasons:
        reader.refuse("reason", _NO_OTHER)
    return reasons
