"""Rows about reaching people: sending to nobody, reacting within seconds, and waiting for work."""

import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks import ground, intake
from benchmarks.measure import Once, run_variant
from benchmarks.page import Row
from tests.postgres import binaries, free_port, start_cluster, stop_cluster

WORKERS = 2


def sending(base: Path) -> Row:
    """Two senders on one PostgreSQL, and a provider that takes everything at once."""
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL's programs are missing; install the package postgresql")
    root, home = base.with_name("senders"), base.with_name("senders-home")
    root.mkdir(parents=True)
    # The server runs as another user, who has to come by.
    root.parent.chmod(0o711)
    cluster = start_cluster(root / "postgres", programs=programs)
    try:
        database = cluster.create()
        environment = {**intake.environment_of(home), "TENURE_DATABASE": database}
        customers = int(base.name)
        ground.build_in_child(home, customers=customers, environment=environment, event_days=1)
        waiting = _number(run_variant("messages_wait", home=home, database=database), "messages")
        singly = run_variant("dispatched_singly", home=home, database=database)
        with ThreadPoolExecutor(WORKERS) as pool:
            runs = [
                pool.submit(run_variant, "dispatched", home=home, database=database)
                for _ in range(WORKERS)
            ]
            done = [one.result() for one in runs]
    finally:
        stop_cluster(root)
        shutil.rmtree(home, ignore_errors=True)
    handed_over = sum(_number(one, "handed_over") for one in done)
    assert all(one.about["once"] for one in done), "each is handed over once"
    assert handed_over == sum(_number(one, "sent") for one in done), "whatever left is marked"
    seconds = _latest(done, "ended") - _earliest(done, "began")
    used = sum(_number(one, "processor_seconds") for one in done)
    theirs = _number(singly, "sent") / _number(singly, "processor_seconds")
    return Row(
        "sending: text messages to a provider that does nothing, PostgreSQL, 2 senders",
        f"{handed_over / seconds:,.0f} a second, {handed_over / used:,.0f} a CPU s "
        f"({handed_over:,.0f} of {waiting:,.0f}, each once)",
        f"{theirs:,.0f} a CPU s (one after the other)",
        f"{handed_over / used / theirs:.1f} × the rate",
        "20,000 a second",
        f"{max(one.peak_mb for one in done):,.0f} MB",
    )


def mailing(base: Path) -> Row:
    """E-mails to a mail server on this machine, beside what that server takes of one connection."""
    home = ground.copy_of(base, "mailing")
    waiting = _number(run_variant("letters_wait", home=home), "messages")
    sink = Controller(_Sink(), hostname="127.0.0.1", port=free_port())
    sink.start()
    server = {"TENURE_SMTP_HOST": "127.0.0.1", "TENURE_SMTP_PORT": str(sink.port)}
    try:
        plainly = run_variant("mailed_plainly", home=home, others=server)
        once = run_variant("mailed", home=home, others=server)
    finally:
        sink.stop()
        shutil.rmtree(home)
    ours, theirs = (_number(one, "sent") / _number(one, "seconds") for one in (once, plainly))
    used, alone = (
        _number(one, "processor_seconds") / _number(one, "sent") * 1_000 for one in (once, plainly)
    )
    return Row(
        "mailing: e-mails over one connection to a mail server on this machine, SQLite",
        f"{ours:,.0f} a second, {used:.2f} CPU ms each "
        f"({_number(once, 'sent'):,.0f} of {waiting:,.0f})",
        f"{theirs:,.0f} a second, {alone:.2f} CPU ms each (letters written before, nothing marked)",
        f"{ours / theirs:.2f} × the rate",
        "the server's own speed",
        f"{once.peak_mb:,.0f} MB",
    )


class _Sink:
    """A mail server that takes everything and keeps nothing."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert envelope.content, "a letter says something"
        return "250 OK"


def reacting(base: Path) -> Row:
    """From an entry of the journal to the planned step, for five seconds of 1,000 entries."""
    home = ground.copy_of(base, "reacting")
    once = run_variant("reacted", home=home)
    shutil.rmtree(home)
    told = (_number(once, name) for name in ("seconds", "processor_seconds", "entries", "planned"))
    seconds, used, entries, planned = told
    return Row(
        "reacting: entries of the journal to planned steps",
        f"{seconds:.2f} s, {used:.2f} CPU s ({entries:,.0f} entries, {planned:,.0f} steps)",
        "—",
        "—",
        "under 5 s at 1,000 entries a second",
        f"{once.peak_mb:,.0f} MB",
    )


def waiting(base: Path) -> Row:
    """What a worker costs that has nothing to do."""
    once = run_variant("idle", home=base)
    share = f"{_number(once, 'share'):.2%} of a core"
    return Row("worker: idle", share, "—", "—", "under 1 % of a core", f"{once.peak_mb:,.0f} MB")


def _number(once: Once, name: str) -> float:
    found = once.about[name]
    assert isinstance(found, int | float)
    return float(found)


def _latest(runs: list[Once], name: str) -> float:
    return max(_number(one, name) for one in runs)


def _earliest(runs: list[Once], name: str) -> float:
    return min(_number(one, name) for one in runs)


ROWS: Mapping[str, Callable[[Path], Row]] = {
    "sending": sending,
    "mailing": mailing,
    "reacting": reacting,
    "waiting": waiting,
}
