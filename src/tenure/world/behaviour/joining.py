"""Who joins on a day: a contract each in a file of the day, imported as anybody's would be."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tenure.kernel.clock import FixedClock
from tenure.kernel.money import Money
from tenure.kernel.periods import date_of, day_number
from tenure.observe.imports.actions import Hands, Order, import_directory
from tenure.records.customers.models import Account
from tenure.records.subscriptions.models import Subscription
from tenure.world.chance import Wholes
from tenure.world.market import names
from tenure.world.market.actions import Built
from tenure.world.market.chains import first_terms
from tenure.world.market.newcomers import joining_on
from tenure.world.market.rows import people
from tenure.world.market.rows.agreements import METHODS, owners
from tenure.world.market.rows.columns import rows, texts
from tenure.world.market.rows.voices import write_lines

# Who tells of them; no business that is really imported calls itself so.
SOURCE: Final = "contracts"
_MAPPING: Final = Path(__file__).with_suffix(".toml")
_COLUMNS: Final = (
    "number", "name", "kind", "region", "sales_channel", "starts_on", "address", "person",
    "language", "born_year", "channels", "hours_from", "hours_until", "email", "telephone",
    "plan", "cycle_months", "price", "list_price", "quantity", "auto_renew", "owner", "method",
)  # fmt: skip
_CONSENTS: Final = ("number", "purpose", "channel", "basis", "given_at", "evidence")


@dataclass
class Contracts:
    """The contracts of everybody who joins on a lived day, in files below a folder."""

    built: Built
    folder: Path

    def join(self, *, on: date, at: datetime, by: str) -> int:
        """Import the contracts of a day, in the order of their customers; how many there are."""
        who = joining_on(self.built.market, day_number(on))
        if not len(who):
            return 0
        order = Order(self._written(who, on=on), mapping=_MAPPING, is_strict=True)
        done = import_directory(order, hands=Hands(FixedClock(at), by, lambda share, name: None))
        assert done.refusal is None, f"contracts of our own are complete: {done.first_faults}"
        self._check_places(who)
        if self.built.market.recipe.business.has_network:
            built = self.built
            write_lines(built.market, who, bases=built.bases, node_base=built.node_base)
        return len(who)

    def _written(self, who: Wholes, *, on: date) -> Path:
        """The folder of a day's files."""
        place = self.folder / str(on)
        place.mkdir(parents=True, exist_ok=True)
        chosen = [self._rows[one] for one in who.tolist()]
        _write(place / "contracts.csv", _COLUMNS, chosen)
        _write(place / "consents.csv", _CONSENTS, self._agreed(who, on=on))
        return place

    @cached_property
    def _rows(self) -> Sequence[tuple[Any, ...]]:
        """What each customer's contract says, by place."""
        market = self.built.market
        recipe, population, catalogue = market.recipe, market.population, market.catalogue
        reached, terms = self._reached, first_terms(market.setting, population.who)
        named = names.people(recipe.chance, population.who, english=reached.english)
        opens, closes = people.hours(recipe.chance, population.who)
        telephones = names.telephones(population.who, country=recipe.country)
        told = rows(
            people.external_ids(market),
            people.account_names(market, reached, named=named),
            people.account_kinds(market),
            texts(recipe.business.regions, population.region),
            people.sold_by(market),
            [date_of(day) for day in population.started.tolist()],
            names.addresses(recipe.chance, population.who),
            named,
            ["en" if one else "zh-Hans" for one in reached.english.tolist()],
            population.born_year.tolist(),
            [";".join(one) for one in people.channels(recipe.chance, reached)],
            opens,
            closes,
            _where(reached.has_email.tolist(), people.emails(market)),
            _where(reached.has_phone.tolist(), telephones),
            texts(catalogue.plan_codes, population.version),
            population.cycle_months.tolist(),
            _amounts(terms.price_minor, currency=recipe.currency),
            _amounts(terms.list_minor, currency=recipe.currency),
            population.seats.tolist(),
            population.auto_renews.tolist(),
            owners(market),
            [METHODS[place % len(METHODS)] for place in population.who.tolist()],
        )
        return list(told)

    @cached_property
    def _reached(self) -> people.Reach:
        return people.reach(self.built.market)

    def _agreed(self, who: Wholes, *, on: date) -> Iterator[tuple[Any, ...]]:
        """What was allowed with the contract."""
        market = self.built.market
        numbers = people.external_ids(market, who)
        for purpose, channel, basis, holds in people.permissions(market, self._reached):
            for number, agrees in zip(numbers, holds[who].tolist(), strict=True):
                if agrees:
                    yield number, purpose, channel, basis, f"{on} 09:36", people.EVIDENCE

    def _check_places(self, who: Wholes) -> None:
        """The world knows customers by place, so their ids have to follow it."""
        expected = (who + self.built.bases.account).tolist()
        numbers = people.external_ids(self.built.market, who)
        for model in (Account, Subscription):
            held = model._default_manager.filter(source=people.SOURCE, external_id__in=numbers)
            assert sorted(held.values_list("pk", flat=True)) == expected, "somebody else joined"


def _write(path: Path, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(lines)


def _where(holds: Sequence[bool], found: Sequence[str]) -> list[str]:
    return [one if held else "" for held, one in zip(holds, found, strict=True)]


def _amounts(minor: Wholes, *, currency: str) -> list[str]:
    return [f"{Money(one, currency).decimal:f}" for one in minor.tolist()]
