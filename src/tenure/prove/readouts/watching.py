"""What must not get worse while an experiment runs, and renewals that nobody uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.records.rows import select_rows
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

_HERE: Final = Path(__file__).parent
GUARDS: Final = _HERE / "guards.sql"
REGRETS: Final = _HERE / "regrets.sql"
RENEWED: Final = _HERE / "renewed_accounts.sql"
# Money back, or a cancellation, so soon after a renewal says that it was regretted.
REGRET_DAYS: Final = 30

type Watched = dict[str, dict[str, list[int]]]


def guards(key: str, *, as_of: date) -> Watched:
    """What → arm → its accounts and how many of them did it, since they were assigned.

    `complaints`, `opt_outs`, and `regrets`: renewed, and took money or the renewal itself back
    within 30 days.
    """
    rows = select_rows(GUARDS, {"key": key, "as_of": as_of, "before": as_of + timedelta(days=1)})
    sizes = {arm: int(all_) for arm, all_, *_ in rows}
    regretted = _regretted(key, as_of=as_of)
    return {
        "complaints": {arm: [int(all_), int(some)] for arm, all_, some, _ in rows},
        "opt_outs": {arm: [int(all_), int(some)] for arm, all_, _, some in rows},
        "regrets": {arm: [size, len(regretted.get(arm, ()))] for arm, size in sizes.items()},
    }


def _regretted(key: str, *, as_of: date) -> dict[str, set[int]]:
    """Arm → the accounts; of those who renewed only the few who took something back are read."""
    found: dict[str, set[int]] = {}
    for arm, account, renewed_on, happened_on in select_rows(REGRETS, {"key": key, "as_of": as_of}):
        if (_day(happened_on) - _day(renewed_on)).days <= REGRET_DAYS:
            found.setdefault(arm, set()).add(int(account))
    return found


def _day(stored: Any) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def dormant(key: str, *, values: Mapping[str, object], as_of: date) -> dict[str, list[int]]:
    """Arm → renewed accounts, and how many of them did not use the service in 90 days.

    A renewal that nobody uses is told apart: it may be inattention and no service to anybody.

    Args:
        values: `as_of` and `matured_until` of the readout.
    Returns:
        Nothing where no day of use is known.
    """
    store = current_store()
    day = store.latest_day(FEATURES, on_or_before=day_number(as_of))
    rows = select_rows(RENEWED, {**values, "key": key})
    if day is None or not rows:
        return {}
    import narwhals.stable.v2 as nw

    with open_engine(settings.TENURE_ENGINE) as engine:
        quiet = (
            engine.scan(store.paths(FEATURES, from_day=day, to_day=day), FEATURES)
            .filter(nw.col("active_days_90") == 0)
            .select("account_id")
        )
        frame = nw.from_native(engine.collect(quiet), eager_only=True)
    unused = np.asarray(frame["account_id"].to_numpy())
    arms = np.array([arm for arm, _ in rows])
    is_quiet = np.isin(np.array([account for _, account in rows]), unused)
    return {
        str(arm): [int((arms == arm).sum()), int((is_quiet & (arms == arm)).sum())]
        for arm in np.unique(arms)
    }
