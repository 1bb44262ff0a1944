"""Twelve journeys on one business, and the row that plans a day of them on PostgreSQL."""

import shutil
import sys
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks import ground, intake
from benchmarks.measure import Pair, run_variant
from benchmarks.page import Row
from benchmarks.rows import row_of, scaled
from tests.postgres import binaries, start_cluster, stop_cluster

JOURNEYS: Final = 12
# Whose customers the journeys beside the ready ones are for, in turn.
SEGMENTS: Final = ("yearly", "monthly_by_hand", "automatic")


def apply_twelve() -> Mapping[str, object]:
    """Put as many journeys into force; those beside the ready ones are their likes."""
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.strategies.queries import current
    from tenure.strategy.loading import build

    document: Any = deepcopy(current().document)
    journeys = document["files"]["journeys.toml"]["journey"]
    plain = [one for one in journeys if not any(step.get("decides") for step in one["step"])]
    for place in range(JOURNEYS - len(journeys)):
        like = deepcopy((plain or journeys)[place % len(plain or journeys)])
        like["id"], like["segment"] = f"like_{place}", SEGMENTS[place % len(SEGMENTS)]
        for number, step in enumerate(reversed(like["step"])):
            step["days_before"] = 5 * (place % 3) + 20 * (number + 1)
            step["valid_days"] = 3
            step.pop("when", None)
        journeys.append(like)
    apply_strategy(build(document), by="benchmark", at=ground.now("Asia/Shanghai"))
    return {"journeys": len(current().journeys)}


def planning_postgres(base: Path) -> Row:
    """One day's due steps on a PostgreSQL of its own, against one customer after the other."""
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL's programs are missing; install the package postgresql")
    root, home = base.with_name("planners"), base.with_name("planners-home")
    root.mkdir(parents=True)
    # The server runs as another user, who has to come by.
    root.parent.chmod(0o711)
    cluster = start_cluster(root / "postgres", programs=programs)
    try:
        database = cluster.create()
        environment = {**intake.environment_of(home), "TENURE_DATABASE": database}
        ground.build_in_child(home, customers=int(base.name), environment=environment)
        run_variant("before_planning", home=home, database=database)
        sample = run_variant("planning_by_orm", home=home, database=database)
        ours = run_variant("planning", home=home, database=database)
    finally:
        stop_cluster(root)
        shutil.rmtree(home, ignore_errors=True)
    whole, how = scaled(sample)
    row = row_of(
        "12 journeys: plan one day's due steps, PostgreSQL",
        Pair((ours,), (whole,)),
        goal="a million under 20 s; under 1/50 = 0.020 ×",
    )
    return replace(row, theirs=row.theirs + how)
