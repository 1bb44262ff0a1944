"""Accounts, their people, how to reach them and what they allowed."""

from dataclasses import dataclass
from datetime import time
from typing import Any, Final

import numpy as np

from tenure.kernel.buckets import bucket
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.records.rows import insert_rows
from tenure.world.chance import Chance, Flags, Wholes
from tenure.world.market import names
from tenure.world.market.market import Market
from tenure.world.market.rows.columns import at_hour, dates, instants, rows, texts
from tenure.world.smtp_desk import BUSY, GONE

SOURCE: Final = "crm"
SALES_CHANNELS: Final = ("store", "online", "partner", "door", "phone")
EVIDENCE: Final = "sign-up form"
ELDERLY_YEARS = 65

_GONE_SHARE, _BUSY_SHARE = 0.012, 0.010
_EVENING_SHARE = 0.15
_NO_EMAIL_SHARE, _NO_PHONE_SHARE = 0.12, 0.03
_SOLD: Final = np.array([4.0, 3.5, 1.5, 0.6, 0.4])
_MARKETING_SHARE, _CALL_SHARE, _WITHDRAWN_SHARE = 0.80, 0.35, 0.04


@dataclass(frozen=True, slots=True)
class Reach:
    """How each customer can be reached, by place."""

    english: Flags
    elderly: Flags
    has_email: Flags
    has_phone: Flags
    marketing: Flags


def reach(market: Market) -> Reach:
    """Draw languages, addresses and consents."""
    chance, population = market.recipe.chance, market.population
    who = population.who
    elderly = population.born_year <= market.recipe.until.year - ELDERLY_YEARS
    no_email = np.where(elderly, 0.45, _NO_EMAIL_SHARE)
    has_phone = chance.uniform("has-phone", who) >= _NO_PHONE_SHARE
    return Reach(
        english=chance.uniform("english", who) < market.recipe.business.english_share,
        elderly=elderly & ~population.is_business,
        # Whoever has no telephone has an e-mail address: everybody can be reached somehow.
        has_email=(chance.uniform("has-email", who) >= no_email) | ~has_phone,
        has_phone=has_phone,
        marketing=chance.uniform("marketing", who) < _MARKETING_SHARE,
    )


def write_people(market: Market, *, base: int, holdout_salt: str) -> int:
    """Write everybody; the account, the person and the subscription of a place share one id."""
    reached = reach(market)
    numbers = external_ids(market)
    english = reached.english.tolist()
    named = names.people(market.recipe.chance, market.population.who, english=reached.english)
    _write_accounts(market, reached, named=named, base=base, salt=holdout_salt)
    ids = (market.population.who + base).tolist()
    languages = ["en" if one else "zh-Hans" for one in english]
    insert_rows(
        Person,
        rows(
            ids,
            ids,
            numbers,
            named,
            languages,
            market.population.born_year.tolist(),
            channels(market.recipe.chance, reached),
            *hours(market.recipe.chance, market.population.who),
        ),
        columns=(
            "id",
            "account_id",
            "external_id",
            "name",
            "language",
            "born_year",
            "preferred_channels",
            "preferred_from",
            "preferred_until",
        ),
    )
    _write_contact_points(market, reached, base=base)
    _write_consents(market, reached, base=base)
    return len(ids)


def external_ids(market: Market, who: Wholes | None = None) -> list[str]:
    """The numbers of some customers or of all, as they stand on a bill: LJ-0001 0042."""
    prefix = market.recipe.business.number_prefix
    places = market.population.who if who is None else who
    return [
        f"{prefix}-{number // 10_000:04d} {number % 10_000:04d}"
        for number in (places + 10_000).tolist()
    ]


def account_names(market: Market, reached: Reach, *, named: list[str]) -> list[str]:
    """The company's name, or the person's."""
    population = market.population
    firms = names.firms(market.recipe.chance, population.who, english=reached.english)
    told = zip(population.is_business.tolist(), firms, named, strict=True)
    return [firm if is_firm else person for is_firm, firm, person in told]


def account_kinds(market: Market) -> list[str]:
    """What each customer is."""
    plain = market.recipe.business.account_kind
    return ["business" if one else plain for one in market.population.is_business.tolist()]


def sold_by(market: Market) -> list[str]:
    """Through which channel each customer was won."""
    who = market.population.who
    return texts(SALES_CHANNELS, market.recipe.chance.choice("sold-by", who, weights=_SOLD))


def _write_accounts(
    market: Market, reached: Reach, *, named: list[str], base: int, salt: str
) -> None:
    chance, population, recipe = market.recipe.chance, market.population, market.recipe
    numbers, streets = external_ids(market), names.addresses(chance, population.who)
    insert_rows(
        Account,
        rows(
            (population.who + base).tolist(),
            [SOURCE] * len(numbers),
            numbers,
            account_names(market, reached, named=named),
            account_kinds(market),
            [recipe.country] * len(numbers),
            texts(recipe.business.regions, population.region),
            [recipe.currency] * len(numbers),
            sold_by(market),
            dates(population.started),
            [bucket(salt, number) for number in numbers],
            [{"address": street} for street in streets],
            instants(at_hour(population.started, 9.5), zone=recipe.zone),
        ),
        columns=(
            "id",
            "source",
            "external_id",
            "name",
            "kind",
            "country",
            "region",
            "currency",
            "sales_channel",
            "started_on",
            "holdout_bucket",
            "attributes",
            "recorded_at",
        ),
    )


def channels(chance: Chance, reached: Reach) -> list[list[str]]:
    """What each person prefers, best first; the elderly prefer the telephone."""
    drawn = chance.uniform("prefers", np.arange(len(reached.elderly)))
    kind = np.where(reached.elderly, 3, np.digitize(drawn, [0.55, 0.85]))
    choices: list[list[str]] = [["email", "sms"], ["sms", "email"], [], ["phone", "sms"]]
    return [choices[one] for one in kind.tolist()]


def hours(chance: Chance, who: Wholes) -> tuple[list[time | None], list[time | None]]:
    """The hours that some people prefer: the evening."""
    prefers = (chance.uniform("hours", who) < _EVENING_SHARE).tolist()
    opens, closes = time(18), time(20, 30)
    return [opens if one else None for one in prefers], [closes if one else None for one in prefers]


def _write_contact_points(market: Market, reached: Reach, *, base: int) -> None:
    population = market.population
    mailboxes = emails(market)
    numbers = names.telephones(population.who, country=market.recipe.country)
    written: list[tuple[Any, ...]] = []
    for channel, has, found in (
        ("email", reached.has_email, mailboxes),
        ("phone", reached.has_phone, numbers),
        ("sms", reached.has_phone, numbers),
    ):
        which = np.flatnonzero(has)
        addresses = [found[place] for place in which.tolist()]
        written += rows((which + base).tolist(), [channel] * len(which), addresses)
    insert_rows(ContactPoint, written, columns=("person_id", "channel", "address"))


def emails(market: Market) -> list[str]:
    """Addresses in a domain that does not exist; a few bounce and a few are full for a while."""
    drawn = market.recipe.chance.uniform("mailbox", market.population.who)
    kind = np.digitize(drawn, [_GONE_SHARE, _GONE_SHARE + _BUSY_SHARE])
    prefix = market.recipe.business.number_prefix.lower()
    starts = (GONE, BUSY, "")
    return [
        f"{starts[one]}{prefix}{number:07d}@mail.example"
        for one, number in zip(kind.tolist(), market.population.who.tolist(), strict=True)
    ]


def permissions(market: Market, reached: Reach) -> tuple[tuple[str, str, str, Flags], ...]:
    """Purpose, channel and basis of what is agreed to at the start, and who agrees."""
    drawn = market.recipe.chance.uniform("may-call", market.population.who)
    calls = reached.marketing & (drawn < _CALL_SHARE)
    return (
        ("service", "email", "contract", reached.has_email),
        ("service", "sms", "contract", reached.has_phone),
        ("marketing", "email", "consent", reached.has_email & reached.marketing),
        ("marketing", "sms", "consent", reached.has_phone & reached.marketing),
        ("marketing", "phone", "consent", reached.has_phone & calls),
    )


def _write_consents(market: Market, reached: Reach, *, base: int) -> None:
    """Service in writing by contract; marketing where it was agreed to and still is."""
    chance, population, zone = market.recipe.chance, market.population, market.recipe.zone
    given = instants(at_hour(population.started, 9.6), zone=zone)
    withdrawn_day = (population.started + market.recipe.history_day) // 2
    withdrawn = instants(at_hour(withdrawn_day, 20), zone=zone)
    leaves = chance.uniform("withdraws", population.who) < _WITHDRAWN_SHARE
    for purpose, channel, basis, holds in permissions(market, reached):
        which = np.flatnonzero(holds)
        places = which.tolist()
        ends = leaves[which].tolist() if purpose == "marketing" else [False] * len(places)
        insert_rows(
            Consent,
            rows(
                (which + base).tolist(),
                [purpose] * len(places),
                [channel] * len(places),
                [basis] * len(places),
                [given[place] for place in places],
                [
                    withdrawn[place] if over else None
                    for place, over in zip(places, ends, strict=True)
                ],
                [EVIDENCE] * len(places),
            ),
            columns=(
                "person_id",
                "purpose",
                "channel",
                "basis",
                "given_at",
                "withdrawn_at",
                "evidence",
            ),
        )
