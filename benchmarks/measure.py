"""Run two variants in turn, each in a process of its own, and compare."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent.parent
THREADS = 2


@dataclass(frozen=True, slots=True)
class Once:
    """One run of one variant."""

    seconds: float
    peak_mb: float
    about: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Pair:
    """A variant of ours and the alternative, run in turns."""

    ours: tuple[Once, ...]
    theirs: tuple[Once, ...]

    @property
    def ratio(self) -> float:
        """The median over the turns of our seconds ÷ theirs."""
        turns = zip(self.ours, self.theirs, strict=True)
        return statistics.median(one.seconds / other.seconds for one, other in turns)


def median_seconds(runs: tuple[Once, ...]) -> float:
    return statistics.median(run.seconds for run in runs)


def peak_mb(runs: tuple[Once, ...]) -> float:
    return max(run.peak_mb for run in runs)


def run_variant(
    name: str, *, home: Path, database: str = "", others: Mapping[str, str] = MappingProxyType({})
) -> Once:
    """Run `benchmarks.variants:NAME` on a home folder, in its own process.

    The records are in the `database` of this address, or in the home folder; `others` are
    settings of the environment beside these.
    """
    environment = {
        **os.environ,
        "TENURE_HOME": str(home),
        "TENURE_DATABASE": database,
        "DJANGO_SETTINGS_MODULE": "tenure.project.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        **others,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.variants", name],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return Once(found["seconds"], found["peak_mb"], found["about"])


def in_turns(ours: Callable[[], Once], theirs: Callable[[], Once], *, turns: int) -> Pair:
    """A B A B …: a slow minute of the machine hits both alike."""
    pairs = [(ours(), theirs()) for _ in range(turns)]
    return Pair(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def told(work: Callable[[], Mapping[str, object]]) -> None:
    """Time `work` in this process and print one line of JSON with the peak of its memory."""
    begun = time.perf_counter()
    about = work()
    seconds = time.perf_counter() - begun
    kilobytes = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"seconds": seconds, "peak_mb": kilobytes / 1024, "about": dict(about)}))
