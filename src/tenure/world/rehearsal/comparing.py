"""Two strategies in the same market: the same customers, the same chance, another choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from tenure.decide.offpolicy.rules import Estimate, mean_of

MEASURES: Final = ("renewed", "margin_minor")


def compared(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What the first brings beyond the second, in all, customer by customer.

    Args:
        one, other: `findings` of the same plan. Everything that differs between them follows from
            the strategies, because chance is drawn for each customer and not in order.
    """
    accounts = sorted({*one["accounts"], *other["accounts"]})
    found = {name: _total(one, other, accounts=accounts, name=name) for name in MEASURES}
    differ = sum(one["accounts"].get(a) != other["accounts"].get(a) for a in accounts)
    return {"accounts": len(accounts), "differ": differ} | {
        name: asdict(estimate) for name, estimate in found.items()
    }


def _total(
    one: Mapping[str, Any], other: Mapping[str, Any], *, accounts: list[str], name: str
) -> Estimate:
    def of(findings: Mapping[str, Any]) -> np.ndarray:
        known = findings["accounts"]
        return np.array([known.get(one, {}).get(name, 0) for one in accounts], dtype=np.float64)

    if len(accounts) < 2:
        return Estimate(0.0, 0.0, 0.0, 0.0)
    each, count = mean_of(of(one) - of(other)), len(accounts)
    return Estimate(each.value * count, each.deviation * count, each.low * count, each.high * count)
