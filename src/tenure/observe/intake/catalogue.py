"""What the events of the renewal domain mean to the warehouse: `name`, `feature` and `amount`.

| event | feature | amount |
|---|---|---|
| Login, Signed In | – | `minutes` of the visit |
| Feature Used | – | `minutes` of use |
| Usage Recorded | `meter`, else the unit that is given | `gb`, `minutes` or `quantity` |
| Speed Test | – | `ratio`: measured ÷ promised speed |
| Outage | `node` | `minutes` without service |
| Page Viewed, and every page and screen call | the page's `name`, else `page`, else `path` | – |
| Data Exported | `kind`, else `format` | `rows` |
| Integration Used | `integration`: the other program | `calls` |
| anything else | – | `value` |

Every event may say `feature` and `amount` instead, in the units above. A property of another type
counts as missing; the event is kept in any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tenure.observe.intake.messages import Contents

PAGE: Final = "Page Viewed"
# Messages about who somebody is; they are no event of the warehouse.
ABOUT_IDENTITY: Final = frozenset({"identify", "group", "alias"})
FEATURE_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which properties are read, the first that is there; the plain names come last."""

    features: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", (*self.features, "feature"))
        object.__setattr__(self, "amounts", (*self.amounts, "amount"))


_METERED: Final = Meaning(("meter",), ("gb", "minutes", "quantity"))
_MEANINGS: Final = {
    "Login": Meaning(amounts=("minutes",)),
    "Signed In": Meaning(amounts=("minutes",)),
    "Feature Used": Meaning(amounts=("minutes",)),
    "Usage Recorded": _METERED,
    "Speed Test": Meaning(amounts=("ratio",)),
    "Outage": Meaning(("node",), ("minutes",)),
    PAGE: Meaning(("name", "page", "path")),
    "Data Exported": Meaning(("kind", "format"), ("rows",)),
    "Integration Used": Meaning(("integration",), ("calls",)),
}
_ANY: Final = Meaning(amounts=("value",))
_UNITS: Final = ("gb", "minutes")
_BEYOND_MEASURE: Final = 1e15


def name_of(kind: str, event: str | None) -> str:
    """The event's name in the warehouse; empty for messages about identity."""
    if kind in ABOUT_IDENTITY:
        return ""
    return PAGE if kind in {"page", "screen"} else event or ""


def read_contents(name: str, contents: Contents) -> tuple[str | None, float | None]:
    """The `feature` and the `amount` of an event; null where it names none."""
    meaning = _MEANINGS.get(name, _ANY)
    properties = contents.properties or {}
    if name == PAGE and contents.name:
        properties = {**properties, "name": contents.name}
    feature = next(filter(None, (_text(properties.get(one)) for one in meaning.features)), None)
    amounts = ((one, _number(properties.get(one))) for one in meaning.amounts)
    unit, amount = next(((one, found) for one, found in amounts if found is not None), ("", None))
    if meaning is _METERED and feature is None and unit in _UNITS:
        feature = unit
    return feature, amount


def _text(value: Any) -> str | None:
    return value[:FEATURE_LENGTH].replace("\x00", "") if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _BEYOND_MEASURE else None
