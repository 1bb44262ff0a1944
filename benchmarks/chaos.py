"""`make chaos`: send over providers that go wrong while senders are killed, and count what arrived.

A played Aliyun (which knows no key of ours) and a played service account of WeChat (which does)
drop answers or give them too late, double, delay, lose and reorder reports, answer 500 and 429; a
web server of the product hears their reports; senders are killed with SIGKILL at random moments,
in the middle of whatever they do. Afterwards each message is looked for on both sides: none is
lost (what is in doubt is marked so), none is doubled at either of them, and a killed sender
leaves at most one message in doubt.

    make chaos                                                   short: SQLite, one sender
    make chaos ARGS="--postgres --senders 2 --messages 20000"    some minutes
    make chaos ARGS="--postgres --senders 2 --messages 1000000 --seconds 36000"    by hand

`--postgres` starts a server of its own; TENURE_DATABASE names another, empty one.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks import astray

START: Final = datetime(2026, 6, 15, 1, 30, tzinfo=UTC)  # half past nine in Shanghai
MINUTES_PER_SECOND: Final = 2
#: Customers are made one by one: at most so many, who share the messages.
MOST_TERMS: Final = 400
LEAST_PER_TERM: Final = 100
TERM_DAYS: Final = 7
_CAPS: Final = re.compile(r"\[\[cap\]\].*?(?=\[\[)", re.DOTALL)


@dataclass(slots=True)
class Plan:
    """How much, how long, how cruelly."""

    home: Path
    messages: int
    kill_every_s: float
    senders: int
    seconds: float
    seed: int
    uses_postgres: bool = False


@dataclass(slots=True)
class Found:
    """What stands on both sides when everything is over."""

    states: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    doubts: int = 0
    doubts_of_kills: int = 0
    kills: int = 0
    waiting: int = 0
    senders: int = 1
    database: str = "sqlite"
    seconds: float = 0

    @property
    def is_right(self) -> bool:
        """Whether every promise was kept."""
        is_whole = not (self.lost or self.doubled or self.waiting)
        return is_whole and self.doubts_of_kills <= self.kills

    def told(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "in_doubt": self.doubts,
            "in_doubt_after_a_kill": self.doubts_of_kills,
            "states": dict(self.states),
            "arrived": self.arrived,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "kills": self.kills,
            "still_waiting": self.waiting,
            "senders": self.senders,
            "database": self.database,
            "seconds": round(self.seconds, 1),
        }


def main(arguments: list[str] | None = None) -> int:
    """Run, print what was found, and answer 0 where every promise was kept."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--kill-every", type=float, default=0.5, metavar="SECONDS")
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600, help="give up after")
    parser.add_argument("--seed", type=int, default=20260615)
    parser.add_argument("--home", type=Path, help="a folder with tables, else a new one")
    parser.add_argument("--postgres", action="store_true", help="on a server of its own")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="tenure-chaos-") as folder:
        plan = Plan(
            home=given.home or Path(folder),
            messages=given.messages,
            kill_every_s=given.kill_every,
            senders=given.senders,
            seconds=given.seconds,
            seed=given.seed,
            uses_postgres=given.postgres,
        )
        with _server(plan):
            found = run(plan)
    print(json.dumps(found.told(), indent=2))
    return 0 if found.is_right else 1


@contextmanager
def _server(plan: Plan) -> Iterator[None]:
    """A PostgreSQL of this run alone, where one is wanted."""
    if not plan.uses_postgres:
        yield
        return
    from tests.postgres import binaries, start_cluster, stop_cluster

    programs = binaries()
    if programs is None:
        raise SystemExit("no PostgreSQL on this machine; install it, or leave --postgres out")
    cluster = start_cluster(plan.home / "postgres", programs=programs)
    os.environ["TENURE_DATABASE"] = cluster.create()
    try:
        yield
    finally:
        stop_cluster(plan.home)


def run(plan: Plan) -> Found:
    """The whole run in one home."""
    os.environ["TENURE_HOME"] = str(plan.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.project.settings")
    import django

    django.setup()
    _prepare(plan)
    clock_0 = time.monotonic()
    hooks, home = _forked(lambda tell: astray.hear(tell, now=lambda: now(clock_0)))
    towers, settings = _forked(
        lambda tell: astray.play(tell, folder=plan.home, seed=plan.seed, home=home)
    )
    (plan.home / "channels.toml").write_text(settings, encoding="utf-8")
    _warm_up()
    begun = time.monotonic()
    try:
        kills = _torment(plan, clock_0=clock_0)
        took = time.monotonic() - begun
        time.sleep(1)  # what is under way arrives
    finally:
        for one in (towers, hooks):
            os.kill(one, signal.SIGKILL)
            os.waitpid(one, 0)
    found = _count(plan, kills=kills)
    found.senders, found.seconds = plan.senders, took
    return found


def now(clock_0: float) -> datetime:
    """The moment that is played: two minutes for each second."""
    return START + timedelta(minutes=MINUTES_PER_SECOND * (time.monotonic() - clock_0))


def _warm_up() -> None:
    """Load once what each sender needs: it is killed too often to load it anew each time."""
    from django.db import connections

    from tenure.act.channels import registry
    from tenure.loop.outreach import deliver

    for mouth in registry.mouths().values():
        if line := getattr(mouth.channel, "line", None):
            line.seconds = astray.PATIENCE_S
    deliver(at=START - timedelta(days=1), by="chaos")
    connections.close_all()


# Before it begins.


def _prepare(plan: Plan) -> None:
    """Tables, a strategy without caps, customers, and messages that wait."""
    from django.core.management import call_command
    from django.db import connections

    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import load

    call_command("migrate", run_syncdb=True, verbosity=0)
    apply_strategy(load(_uncapped(plan.home)), by="chaos", at=START.replace(year=2020))
    _write_messages(plan)
    connections.close_all()


def _uncapped(home: Path) -> Path:
    """The ready strategy of a broadband operator, in which nobody counts how often."""
    folder = home / "strategy"
    shutil.copytree(
        Path(__file__).parents[1] / "strategies" / "broadband", folder, dirs_exist_ok=True
    )
    contact = folder / "contact.toml"
    contact.write_text(_CAPS.sub("", contact.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def _write_messages(plan: Plan) -> None:
    from tenure.records.contacts.models import Message
    from tests.builders import a_term, primary_person

    rows = []
    per_term = max(LEAST_PER_TERM, -(-plan.messages // MOST_TERMS))
    for place in range(plan.messages):
        if place % per_term == 0:
            term = a_term(days_left=TERM_DAYS)
            person = primary_person(term.account)
        is_text = place % 2 == 0
        rows.append(
            Message(
                send_key=f"chaos:{place}",
                account_id=term.account_id,
                person=person,
                term=term,
                journey="annual_renewal",
                journey_version="1",
                step=f"s{place}",
                template="ends_soon",
                message_class=Message.Class.LEGAL_NOTICE,
                channel="sms" if is_text else "wechat",
                language="zh-Hans",
                address=f"138{place:08d}" if is_text else f"mp:o{place:08d}",
                planned_at=START,
                send_after=START,
                expires_at=START + timedelta(days=60),
            )
        )
    Message.objects.bulk_create(rows, batch_size=1_000)


# The processes.


def _forked(do: Callable[[Callable[[str], None]], None]) -> tuple[int, str]:
    """A child that tells one thing when it is ready, and goes on."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _quietly(lambda: do(lambda text: (os.write(writing, text.encode()), os.close(writing))[1]))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        return child, pipe.read()


def _quietly(do: Callable[[], None]) -> None:
    """Run in a child, and never come back."""
    code = 1
    try:
        do()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


def _send(clock_0: float) -> None:
    """One sender: looks, sends, and looks again."""
    from tenure.kernel import clock
    from tenure.loop.outreach import deliver

    # A long round tells how far it is by this clock: a claim may not run out while it is worked on.
    clock._time = _Hastened(clock_0)  # type: ignore[assignment]
    while True:
        deliver(at=now(clock_0), by="chaos")
        time.sleep(0.05)


class _Hastened:
    """The clock of a process in a time that runs faster."""

    def __init__(self, clock_0: float) -> None:
        self._clock_0 = clock_0

    def perf_counter(self) -> float:
        """Seconds of the time that is played."""
        return 60 * MINUTES_PER_SECOND * (time.monotonic() - self._clock_0)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def _torment(plan: Plan, *, clock_0: float) -> int:
    """Start senders and kill them until nothing waits any more; how many were killed."""
    rng, kills, begun = random.Random(plan.seed), 0, time.monotonic()
    senders = {_started(clock_0) for _ in range(plan.senders)}
    pause_s, before = plan.kill_every_s, 0
    while time.monotonic() - begun < plan.seconds and _waits():
        time.sleep(pause_s * rng.uniform(0.5, 1.5))
        # On a machine that is too busy to send anything in between, everybody would only die.
        arrived = astray.how_much(plan.home)
        pause_s, before = (plan.kill_every_s if arrived > before else pause_s * 2), arrived
        one = rng.choice(sorted(senders))
        os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)
        kills += 1
        senders = (senders - {one}) | {_started(clock_0)}
    for one in senders:
        os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)
    return kills + len(senders)


def _started(clock_0: float) -> int:
    child = os.fork()
    if child == 0:
        _quietly(lambda: _send(clock_0))
    return child


def _waits() -> bool:
    """Whether something is still to be sent; read over a connection that no child inherits."""
    from django.db import connections

    from tenure.act.channels.models import Carriage
    from tenure.records.contacts.models import Message

    waiting = Message.objects.filter(state__in=("planned", "sending")).exists()
    waiting = waiting or Carriage.objects.filter(outcome=Carriage.Outcome.OPEN).exists()
    connections.close_all()
    return waiting


# Afterwards.


def _count(plan: Plan, *, kills: int) -> Found:
    from django.db import connection

    from tenure.act.channels.models import Carriage
    from tenure.records.contacts.models import Message

    got: Counter[str] = Counter()
    for name in ("aliyun", "wechat"):
        path = astray.arrivals(plan.home, name)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        got.update(one.removeprefix("+86") for one in lines)
    found = Found(arrived=got.total(), kills=kills)
    found.database = connection.vendor
    doubted = Carriage.objects.filter(outcome=Carriage.Outcome.IN_DOUBT)
    found.doubts = doubted.count()
    found.doubts_of_kills = doubted.filter(code="").count()
    for pk, address, state, reason in Message.objects.values_list(
        "pk", "address", "state", "reason"
    ):
        found.states[f"{state} {reason}".strip()] += 1
        copies = got[address]
        if copies > 1:
            found.doubled.append(pk)
        if state in ("planned", "sending"):
            found.waiting += 1
        elif state in ("sent", "delivered", "read") and reason != "in_doubt" and not copies:
            found.lost.append(pk)
    return found


if __name__ == "__main__":
    sys.exit(main())
