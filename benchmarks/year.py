"""`make year`: live a year with many customers, send, and look for one message that broke a rule.

Each night terms end, journeys are planned and whatever waits is sent at nine hours of the day; a
careless producer beside the journeys plans marketing and reminders at any hour; people renew,
withdraw their consent and lose their addresses; now and then a few nights are lost. At the end one
statement looks at everything that was sent, and at everybody who was due.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_at
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

HOURS: Final = (3, 7, 8, 10, 13, 16, 19, 21, 23)
SQL: Final = Path(__file__).with_name("year.sql")
ZONE: Final = "Asia/Shanghai"
# Nights that are lost to an outage: shorter than the shortest window of a step.
OUTAGE_EVERY_DAYS, OUTAGE_DAYS = 45, 2
KINDS: Final = (("preview", "marketing"), ("ends_soon", "transactional"))
BEFORE_THE_END: Final = 5


@dataclass(slots=True)
class Year:
    """What was lived: nights, what planning made of whom, and what the sender did."""

    nights: int = 0
    lost: int = 0
    due: int = 0
    made: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def walk(first: date, *, days: int, seed: int) -> Year:
    """Live the days from `first` on, and audit them."""
    found, chance, begun = Year(), Random(seed), monotonic()
    for offset in range(days):
        _day(first + timedelta(days=offset), offset, found=found, chance=chance)
    found.violations = audit(first, until=first + timedelta(days=days))
    found.seconds = monotonic() - begun
    return found


def _day(on: date, offset: int, *, found: Year, chance: Random) -> None:
    """One night with its plans, and the day that follows."""
    from tenure.act.journeys.actions import plan_due
    from tenure.kernel.clock import instant
    from tenure.records.subscriptions.actions import close_overdue
    from tenure.understand.features.actions import fill
    from tenure.warehouse.snapshots import take

    at = instant(on + timedelta(days=1), clock_at(2), zone=ZONE)
    close_overdue(as_of=on, at=at)
    _renew(on, at=at, chance=chance)
    if offset % OUTAGE_EVERY_DAYS < OUTAGE_DAYS and offset >= OUTAGE_EVERY_DAYS:
        found.lost += 1
    else:
        take(as_of=on, at=at)
        fill(as_of=on, at=at)
        planned = plan_due(as_of=on, at=at)
        found.nights += 1
        found.due += planned.due
        found.made += planned.messages + planned.calls + planned.webhooks
        found.excluded.update(planned.excluded)
    _send(on + timedelta(days=1), offset, found=found, chance=chance)


def _send(on: date, offset: int, *, found: Year, chance: Random) -> None:
    from tenure.act.messages.actions import dispatch
    from tenure.act.messages.post import Drawer
    from tenure.kernel.clock import instant

    for hour in HOURS:
        at = instant(on, clock_at(hour), zone=ZONE)
        _careless(at, number=offset * 24 + hour, chance=chance)
        done = dispatch(at=at, post=Drawer())
        found.fates.update({str(fate): number for fate, number in done.fates.items()})
    _change_minds(on, at=at, chance=chance)


def _careless(at: datetime, *, number: int, chance: Random) -> None:
    """A producer that asks nobody: marketing and reminders to whoever, at whatever hour."""
    from tenure.records.contacts.models import Message
    from tenure.records.customers.models import Person
    from tenure.records.subscriptions.models import Term

    terms = list(Term.objects.filter(state="running").values_list("pk", "account_id"))
    chosen = chance.sample(terms, max(1, len(terms) // 200)) if terms else []
    people = dict(
        Person.objects.filter(
            account__in=[account for _, account in chosen], is_primary=True
        ).values_list("account_id", "pk")
    )
    template, message_class = KINDS[number % len(KINDS)]
    Message.objects.bulk_create(
        Message(
            send_key=f"careless:s{number}:{term}", account_id=account, person_id=people[account],
            term_id=term, journey="careless", journey_version="0", step=f"s{number}",
            template=template, message_class=message_class, channel="email", language="zh-Hans",
            address=f"{account}@example.com", planned_at=at, send_after=at,
            expires_at=at + timedelta(days=2),
        )
        for term, account in chosen
        if account in people
    )  # fmt: skip


def _renew(on: date, *, at: datetime, chance: Random) -> None:
    """Most renew a few days before the end."""
    from tenure.records.subscriptions.actions import renew_many
    from tenure.records.subscriptions.models import Term
    from tenure.records.subscriptions.quoting.queries import renewal_quotes

    near = Term.objects.filter(state="running", ends_on=on + timedelta(days=BEFORE_THE_END))
    ids = [term for term in near.values_list("pk", flat=True) if chance.random() < 0.7]
    quotes = renewal_quotes(ids, on=on) if ids else []
    renew_many([one.purchase() for one in quotes], at=at, by="year")


def _change_minds(on: date, *, at: datetime, chance: Random) -> None:
    """Some take their consent back."""
    from tenure.records.customers.actions import withdraw_consent
    from tenure.records.customers.models import Consent

    given = Consent.objects.filter(purpose="marketing", withdrawn_at=None)
    people = sorted(set(given.values_list("person_id", flat=True)))
    for person in chance.sample(people, len(people) // 1_000 + (chance.random() < 0.3)):
        withdraw_consent(person, purpose="marketing", on=on, at=at, by="year")


def audit(first: date, *, until: date) -> Counter[str]:
    """Every broken rule by its kind; empty where none was. It shares no code with the rules."""
    from tenure.kernel.clock import instant
    from tenure.records.rows import select_rows
    from tenure.records.strategies.queries import current

    strategy = current()
    messages = strategy.messages.values()
    reminders = [one.id for one in messages if one.purpose in ("reminder", "recap", "survey")]
    reaching = [one.id for one in messages if one.reaches_holdout]
    values = {
        "since": instant(first, clock_at(0), zone=ZONE),
        "first": first + timedelta(days=105),
        "last": until + timedelta(days=85),
        "reminders": json.dumps(reminders),
        "reaching": json.dumps(reaching),
        "held_out_below": strategy.experiments.holdout_below,
    }
    return +Counter(dict(select_rows(SQL, values)))


def told(year: Year, *, customers: int, days: int) -> Iterator[str]:
    """What a year came to, in lines."""
    yield f"{customers:,} customers, {days} days ({year.lost} nights lost): {year.seconds:.0f} s"
    yield (
        f"due {year.due:,} = planned {year.made:,} + excluded {year.excluded.total():,} "
        f"{dict(year.excluded)}"
    )
    yield f"sender: {dict(year.fates)}"
    yield f"violations: {dict(year.violations) or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        _inside(given.customers, days=given.days, seed=given.seed)
        return
    from benchmarks import ground, intake

    with TemporaryDirectory(prefix="tenure-year-") as temporary:
        home = Path(temporary) / "home"
        environment = intake.environment_of(home)
        ground.build_in_child(home, customers=given.customers, environment=environment,
                              event_days=100)  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.year", *sys.argv[1:], "--inside"]
        ended = subprocess.run(command, env={**os.environ, **environment}, check=False)
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(ended.returncode)


def _inside(customers: int, *, days: int, seed: int) -> None:
    import django

    django.setup()
    from benchmarks import ground

    year = walk(ground.UNTIL, days=days, seed=seed)
    print("\n".join(told(year, customers=customers, days=days)))
    is_whole = year.due == year.made + year.excluded.total()
    sys.exit(bool(year.violations) or not is_whole)


if __name__ == "__main__":
    main()
