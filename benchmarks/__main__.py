"""`make bench`: build a business, measure each goal beside its alternative, write the page."""

import argparse
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks import ground, intake, made_up, outreach, twelve
from benchmarks.measure import Once, Pair, in_turns, median_seconds, run_variant
from benchmarks.page import Row, keep, moment
from benchmarks.rows import processor, row_of, scaled
from tests.postgres import Cluster, binaries, start_cluster, stop_cluster

TURNS = 3


def understand(base: Path) -> Row:
    """Features, tags, health and scores against hand-written SQL and the bare estimator."""
    home = ground.copy_of(base, "understand")
    run_variant("first_day", home=home)
    run_variant("snapshot_of_next", home=home)
    pair = _fresh_each_time(home, "understand", other="understand_by_hand")
    goal = "at most 1.3 ×; under 2,000 MB"
    return row_of("understand: features, tags, health, scores", pair, goal=goal)


def planning(base: Path) -> Row:
    """One day's due steps, set at a time against one customer after the other."""
    home = ground.copy_of(base, "planning")
    run_variant("before_planning", home=home)
    pair = _fresh_each_time(home, "planning", other="planning_by_orm", turns=1)
    whole, how = scaled(pair.theirs[0])
    row = row_of(
        "12 journeys: plan one day's due steps, SQLite",
        Pair(pair.ours, (whole,)),
        goal="a million under 10 s and 2,000 MB; under 1/100 = 0.010 ×",
    )
    return replace(row, theirs=row.theirs + how)


def batch(base: Path) -> Row:
    """Ten thousand renewals of one company as one purchase, against one after the other."""
    home = ground.copy_of(base, "company")
    run_variant("company_of_many", home=home)
    pair = _fresh_each_time(home, "company_together", other="company_one_by_one", turns=1)
    whole, how = scaled(pair.theirs[0])
    row = row_of(
        "10,000 renewals of one company: price, place, pay, fulfil",
        Pair(pair.ours, (whole,)),
        goal="under 30 s",
    )
    used = pair.ours[0].about["processor_seconds"]
    assert isinstance(used, float)
    return replace(row, ours=f"{row.ours} ({used:.1f} s of one core)", theirs=row.theirs + how)


def whole_day(base: Path) -> Row:
    """Every stage for one day; reported, not judged."""
    home = ground.copy_of(base, "day")
    run_variant("first_day", home=home)
    once = run_variant("whole_day", home=home)
    shutil.rmtree(home)
    stages = once.about["seconds"]
    assert isinstance(stages, dict)
    told = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())
    return Row(
        "the whole loop for one day",
        f"{once.seconds:.2f} s ({told})",
        "—",
        "—",
        "100,000 in 5 s and 1,500 MB; a million in 25 s and 4,000 MB (reported)",
        f"{once.peak_mb:,.0f} MB",
    )


def events(base: Path) -> Row:
    """Events over HTTP in batches of 100, against executemany of the same rows."""
    home = ground.copy_of(base, "intake")
    environment = intake.environment_of(home)
    key, sent = intake.open_key(environment), intake.bodies()
    records = home / "records.sqlite3"

    runs = []
    with intake.served(environment) as port:
        intake.over_http(port, key, sent[:8])
        intake.directly(records)
        for _ in range(TURNS):
            runs.append((intake.over_http(port, key, sent), intake.directly(records)))
    shutil.rmtree(home)
    pair = Pair(tuple(one for one, _ in runs), tuple(other for _, other in runs))
    count = intake.BATCH * intake.BATCHES
    return Row(
        "event intake over HTTP, batches of 100, durable",
        f"{count / median_seconds(pair.ours):,.0f} events/s",
        f"{count / median_seconds(pair.theirs):,.0f} rows/s (executemany, no HTTP)",
        f"{1 / pair.ratio:.2f} × the rate",
        "at least 0.5 × the rate",
        "",
    )


def contracts(base: Path) -> Row:
    """A year of 1,000 contracts that the books follow by the day; reported beside its limit."""
    home = base.with_name("contracts")
    ground.empty(home, environment=intake.environment_of(home))
    once = run_variant("contracts", home=home)
    shutil.rmtree(home)
    return Row(
        "a year of 1,000 contracts, its identities checked each day",
        f"{once.seconds:.1f} s ({processor((once,))}; {once.about['deeds']:,} deeds)",
        "—",
        "—",
        "under 60 s",
        f"{once.peak_mb:,.0f} MB",
    )


FEW = 1_000


def pages(base: Path, *, postgres: Cluster | None = None) -> Row:
    """The customer's pages beside the same pages of a business with 1,000 customers."""
    many = int(base.name)
    ours, few = (_looked_at(base, customers, postgres) for customers in (many, FEW))
    told, small = _milliseconds(ours), _milliseconds(few)
    database = "PostgreSQL" if postgres else "SQLite"
    return Row(
        f"portal, {database}: home and renew, p95 in the server",
        _pages_told(ours),
        f"{_pages_told(few)} (1,000 customers)",
        f"{max(told) / max(small):.2f} ×",
        "under 100 ms; at most 12 queries",
        f"{ours.peak_mb:,.0f} MB",
    )


def pages_postgres(base: Path) -> Row:
    """The same on a PostgreSQL cluster of its own."""
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL's programs are missing; install the package postgresql")
    root = base.with_name("cluster")
    root.mkdir(parents=True)
    cluster = start_cluster(root / "postgres", programs=programs)
    try:
        return pages(base, postgres=cluster)
    finally:
        stop_cluster(root)


def _looked_at(base: Path, customers: int, postgres: Cluster | None) -> Once:
    """Built without events, which no page of a customer reads."""
    home = base.with_name(f"pages-{customers}")
    database = postgres.create() if postgres else ""
    environment = {**intake.environment_of(home), "TENURE_DATABASE": database}
    ground.build_in_child(home, customers=customers, environment=environment, event_days=1)
    if postgres:
        # A server that has stood for a while knows its tables.
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("ANALYZE")
    once = run_variant("pages", home=home, database=database)
    shutil.rmtree(home)
    return once


def _milliseconds(once: Once) -> tuple[float, float]:
    """Of the processor: a busy machine stretches the clock of one run more than of another."""
    home, renew = once.about["home"], once.about["renew"]
    assert isinstance(home, dict)
    assert isinstance(renew, dict)
    return home["cpu_p95_ms"], renew["cpu_p95_ms"]


def _pages_told(once: Once) -> str:
    return "; ".join(_page_told(name, once.about[name]) for name in ("home", "renew"))


def _page_told(name: str, page: object) -> str:
    """What one page took: by the clock, of the processor, and how often it asked."""
    assert isinstance(page, dict)
    return (
        f"{name} {page['p95_ms']:.0f} ms ({page['cpu_p95_ms']:.0f} ms of the processor; half under "
        f"{page['p50_ms']:.0f} ms), {page['queries']} queries"
    )


def sentiment(base: Path) -> Row:
    """Characters taken one to three at a time, on 62,773 labelled reviews."""
    once = run_variant("sentiment", home=base)
    auc = f"AUC {once.about['auc']:.4f}, {once.seconds:.1f} s"
    goal = "AUC at least 0.978, under 30 s"
    return Row("sentiment of 62,773 reviews", auc, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def topics(base: Path) -> Row:
    """Found without being told how many."""
    once = run_variant("topics", home=base)
    told = f"NMI {once.about['nmi']:.3f}, {once.about['topics']} topics, {once.seconds:.1f} s"
    goal = "NMI at least 0.44, under 60 s"
    return Row("topics of 20,000 reviews", told, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def optimiser(base: Path) -> Row:
    """One action for each of a million terms under a budget and two capacities."""
    once = run_variant("optimiser", home=base)
    told = f"{once.about['seconds']:.1f} s, gap {once.about['gap']:.4%}"
    goal = "under 5 s and 1 GB, gap at most 0.05 %"
    return Row("plan of 1,000,000 × 8 × 3", told, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def experiment(base: Path) -> Row:
    """A million units, ten metrics, each adjusted by the past."""
    once = run_variant("experiment", home=base)
    told = f"{once.about['seconds']:.1f} s ({once.about['cpu_seconds']:.1f} CPU s)"
    what = "experiment of 1,000,000 units, 10 metrics"
    return Row(what, told, "—", "—", "under 5 s", f"{once.peak_mb:,.0f} MB")


def market(base: Path) -> Row:
    """The synthetic business over a year, its events drawn day by day."""
    home = base.with_name("market")
    ground.empty(home, environment=intake.environment_of(home))
    once = run_variant("market", home=home)
    shutil.rmtree(home)
    told = f"{once.about['seconds']:.0f} s, {once.about['events']:,} events"
    what = "market of 100,000 customers × 365 days"
    return Row(what, told, "—", "—", "under 3 min", f"{once.peak_mb:,.0f} MB")


def learning(base: Path) -> Row:
    """What following the gate truly brings per head, by the size of the trial."""
    once = run_variant("learning", home=base)
    curve = {size: one for size, one in once.about.items() if isinstance(one, dict)}
    told = ", ".join(
        f"{int(size):,}: {one['mean']:.1f} (least of {one['seeds']}: {one['least']:.1f})"
        for size, one in curve.items()
    )
    goal = "5.5, 8.2 and 9.3 at least; never below 0"
    return Row("learning from a trial", told, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def weekly(base: Path) -> Row:
    """A year of weekly choices after a trial, outcomes late, one action turning in the middle."""
    once = run_variant("weekly", home=base)
    found = once.about
    told = (
        f"{found['gain']:.1f} a head, {found['last_quarter']:.1f} in the last quarter; known after "
        f"8 weeks {found['gain_late']:.1f}; a turned action's share {found['share_before']:.0%} → "
        f"{found['share_after']:.0%}; held out {found['held_out']:.1%}, least propensity "
        f"{found['least_propensity']:.3f}"
    )
    goal = "4.8 and 5.3; at most 20 % less when late; half in 10 weeks; 5 ± 0.3 %; 0.005"
    what = "E1 to E3: a year of weekly choices"
    return Row(what, told, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def null_market(base: Path) -> Row:
    """Fifty markets in which no action does anything."""
    once = run_variant("null_market", home=base)
    found = once.about
    told = (
        f"{found['kept']:.0%} of {found['seeds']} left alone; {found['loss']:.2f} lost a head; "
        f"the claimed gain's interval holds the truth in {found['covered']:.0%}"
    )
    goal = "90 % at least; 0.5 at most; 93 % at least"
    return Row("K5: markets where nothing works", told, "—", "—", goal, f"{once.peak_mb:,.0f} MB")


def _fresh_each_time(home: Path, ours: str, *, other: str, turns: int = TURNS) -> Pair:
    """Each run on a copy of its own, so that nobody finds the work done."""

    def on_a_copy(variant: str) -> Callable[[], Once]:
        def run() -> Once:
            copy = ground.copy_of(home, variant)
            once = run_variant(variant, home=copy)
            shutil.rmtree(copy)
            return once

        return run

    pair = in_turns(on_a_copy(ours), on_a_copy(other), turns=turns)
    shutil.rmtree(home)
    return pair


BENCHES: dict[str, Callable[[Path], Row]] = {
    "understand": understand,
    "planning": planning,
    "planning_postgres": twelve.planning_postgres,
    "batch": batch,
    "events": events,
    "day": whole_day,
    **outreach.ROWS,
    "contracts": contracts,
    "pages": pages,
    "pages_postgres": pages_postgres,
    "sentiment": sentiment,
    "topics": topics,
    "optimiser": optimiser,
    "experiment": experiment,
    "learning": learning,
    "weekly": weekly,
    "null_market": null_market,
    "market": market,
    **made_up.ROWS,
}
BUILD_THEIR_OWN = {
    "contracts", "sending", "planning_postgres", "pages", "pages_postgres", "sentiment", "topics",
    "optimiser", "experiment", "learning", "weekly", "null_market", "market", *made_up.ROWS,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(BENCHES)}; all of them")
    parser.add_argument("--customers", type=int, action="append", help="100000, may be repeated")
    parser.add_argument("--home", type=Path, help="keep the built business here for another time")
    given = parser.parse_args()
    unknown = set(given.names) - BENCHES.keys()
    if unknown:
        parser.error(f"no benchmark called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    with TemporaryDirectory(prefix="tenure-bench-") as temporary:
        # The user under whom PostgreSQL runs must find its own folder in here.
        Path(temporary).chmod(0o711)
        for customers in given.customers or [100_000]:
            base = (given.home or Path(temporary)) / str(customers)
            base.parent.mkdir(parents=True, exist_ok=True)
            if set(given.names or BENCHES) - BUILD_THEIR_OWN:
                print(f"building {customers:,} customers …", file=sys.stderr)
                environment = intake.environment_of(base)
                ground.build_in_child(base, customers=customers, environment=environment)
            for name in given.names or BENCHES:
                print(f"measuring {name} …", file=sys.stderr)
                busy = moment()
                row = replace(BENCHES[name](base), measured=busy)
                print(f"{row.what}: {row.ours} | {row.theirs} | {row.ratio} | {row.memory}")
                # Written after each: whoever stops a long run keeps what was measured.
                keep(customers, row)


if __name__ == "__main__":
    main()
