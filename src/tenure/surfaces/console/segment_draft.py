"""The rule of a segment while it is edited: plain tables, changed line by line."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tenure.kernel.failures import Sentence
from tenure.strategy.features import FeatureKind, FeatureName

type Table = dict[str, Any]

ORDERED: Final = (">=", ">", "<=", "<", "==", "!=", "known", "unknown")
OPS: Final[dict[FeatureKind, tuple[str, ...]]] = {
    FeatureKind.NUMBER: ORDERED,
    FeatureKind.SHARE: ORDERED[:4],
    FeatureKind.MONEY: ORDERED,
    FeatureKind.FLAG: ("==",),
    FeatureKind.TEXT: ("==", "!=", "in", "known", "unknown"),
}
SAID: Final = {
    ">=": Sentence(zh="不少于", en="at least"),
    ">": Sentence(zh="超过", en="above"),
    "<=": Sentence(zh="不超过", en="at most"),
    "<": Sentence(zh="低于", en="below"),
    "==": Sentence(zh="为", en="is"),
    "!=": Sentence(zh="不为", en="is not"),
    "in": Sentence(zh="属于", en="one of"),
    "known": Sentence(zh="有记录", en="is known"),
    "unknown": Sentence(zh="没有记录", en="is not known"),
}
_NEW: Final[Table] = {"feature": "active_days_30", "op": ">=", "value": 1}
_PATH = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")
MOST_BYTES: Final = 20_000
MOST_DEPTH: Final = 8


@dataclass(frozen=True)
class Draft:
    """The top `all` of a rule as it is edited, and how its fields are read."""

    parts: tuple[Table, ...]
    fields: Mapping[str, FeatureName]
    currency: str

    @classmethod
    def of(
        cls, table: Mapping[str, Any], *, fields: Mapping[str, FeatureName], currency: str
    ) -> Draft:
        parts = table.get("all", [table])
        return cls(tuple(copy.deepcopy(parts)), fields, currency)

    @property
    def table(self) -> Table:
        return {"all": list(self.parts)}

    @property
    def written(self) -> str:
        """The rule as a hidden field of the form carries it."""
        return json.dumps(self.table, ensure_ascii=False)

    def changed(self, posted: Mapping[str, str]) -> Draft:
        """The draft after one posting of its form: what was typed, then what was asked for."""
        draft = self
        for path, leaf in draft.leaves().items():
            if f"f.{path}" in posted:
                leaf.update(self._typed(path, posted))
                if leaf["op"] in ("known", "unknown"):
                    leaf.pop("value", None)
        verb, _, path = posted.get("do", "").partition(":")
        return draft.after(verb, path=path if _PATH.fullmatch(path) else "")

    def leaves(self) -> dict[str, Table]:
        """Path → comparison, for the lines that the form can edit."""
        found: dict[str, Table] = {}
        for place, part in enumerate(self.parts):
            inner = part.get("not", part)
            if inner.get("feature") in self.fields:
                found[str(place)] = inner
            for below, one in enumerate(inner.get("any", ())):
                if one.get("feature") in self.fields:
                    found[f"{place}.{below}"] = one
        return found

    def after(self, verb: str, *, path: str) -> Draft:
        """The draft with a line added, taken out, or moved up."""
        parts = list(self.parts)
        place, _, below = path.partition(".")
        where = int(place) if place and int(place) < len(parts) else None
        if verb == "add":
            parts.append(dict(_NEW))
        elif verb == "group":
            parts.append({"any": [dict(_NEW), dict(_NEW)]})
        elif verb == "exclude":
            parts.append({"not": dict(_NEW)})
        elif verb == "alternative" and where is not None:
            _inside(parts[where]).append(dict(_NEW))
        elif verb == "remove" and where is not None:
            self._remove(parts, where, below=below)
        elif verb == "up" and where:
            parts[where - 1], parts[where] = parts[where], parts[where - 1]
        return Draft(tuple(parts), self.fields, self.currency)

    @staticmethod
    def _remove(parts: list[Table], where: int, *, below: str) -> None:
        inside = _inside(parts[where])
        if below and int(below) < len(inside):
            del inside[int(below)]
            if inside:
                return
        del parts[where]

    def _typed(self, path: str, posted: Mapping[str, str]) -> Table:
        name = posted[f"f.{path}"]
        if name not in self.fields:
            return {}
        field = self.fields[name]
        op = posted.get(f"o.{path}", "")
        if op not in OPS[field.kind]:
            op = OPS[field.kind][0]
        return {
            "feature": name,
            "op": op,
            "value": self._value(field, posted.get(f"v.{path}", ""), op=op),
        }

    def _value(self, field: FeatureName, text: str, *, op: str) -> Any:
        text = text.strip()
        if field.kind is FeatureKind.TEXT:
            return (
                [one.strip() for one in re.split("[,，、]", text) if one.strip()]
                if op == "in"
                else text
            )
        if field.kind is FeatureKind.FLAG:
            return 0 if text == "0" else 1
        if field.kind is FeatureKind.MONEY:
            return text if " " in text or not text else f"{text} {self.currency}"
        return _number(text)


def _inside(part: Table) -> list[Table]:
    inner = part.get("not", part)
    found: list[Table] = inner.get("any", [])
    return found


def _number(text: str) -> Any:
    """A number, or what was typed, so that its refusal can name it."""
    plain = text.removesuffix("%").strip()
    try:
        value = float(plain)
    except ValueError:
        return text
    if text.endswith("%"):
        value /= 100
    return int(value) if value == int(value) and "%" not in text else value


def shown(value: Any) -> str:
    """A value as the form shows it."""
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def read(text: str) -> Table | None:
    """The tables that a hidden field carries; None where it is no rule of ours."""
    if not text or len(text.encode()) > MOST_BYTES:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "all" in found and _is_shaped(found) else None


def _is_shaped(found: object, depth: int = 0) -> bool:
    """Whether these are tables of a rule, whatever stands in them."""
    if not isinstance(found, dict) or depth > MOST_DEPTH:
        return False
    groups = [found[key] for key in ("all", "any") if key in found]
    parts = [found["not"]] if "not" in found else []
    if not all(isinstance(group, list) for group in groups):
        return False
    parts += [part for group in groups for part in group]
    return all(_is_shaped(part, depth + 1) for part in parts)
