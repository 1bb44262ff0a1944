"""Who the customers are: one subscription each, with its plan, its cycle and its first day."""

from dataclasses import dataclass

import numpy as np

from tenure.world.calendar import add_months, months_between
from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.catalogue import Catalogue
from tenure.world.market.latents import Latents, draw
from tenure.world.market.recipe import Recipe

HOUSEHOLDS_PER_NODE = 150
OLD_SHARE = 0.62  # of all customers ever seen, those who began before the history
COMPETITION = np.array([0.1, 0.2, 0.35, 0.45, 0.55, 0.7, 0.9, 1.2])  # by region
TENURE_MONTHS = (3, 120)


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody who was a customer at some time, by place; a place is the customer's unit."""

    who: Wholes  # 0 to n − 1
    latents: Latents
    started: Wholes  # day
    version: Wholes  # place in the catalogue
    cycle: Wholes  # place in the catalogue's cycles
    cycle_months: Wholes
    auto_renews: Flags
    region: Wholes
    node: Wholes  # −1 where there is no network
    is_business: Flags
    seats: Wholes
    born_year: Wholes
    fee_ratio: Floats
    competition: Floats
    surprise: Floats

    def __len__(self) -> int:
        return len(self.who)

    def first(self, count: int) -> "Population":
        """The first so many customers."""
        return self.of(self.who[:count])

    def of(self, who: Wholes) -> "Population":
        """Some customers."""
        chosen = {name: getattr(self, name) for name in self.__slots__ if name != "latents"}
        rows = {name: value[who] for name, value in chosen.items()}
        return Population(latents=self.latents.of(who), **rows)


def populate(recipe: Recipe, catalogue: Catalogue, *, count: int) -> Population:
    """Draw `count` customers; the first of a bigger draw are the same."""
    chance, business = recipe.chance, recipe.business
    who = np.arange(count, dtype=np.int64)
    latents = draw(chance, who)
    version = _tiers(recipe, catalogue, latents)
    cycle = _cycles(recipe, catalogue, version)
    months = np.array(catalogue.cycles, dtype=np.int64)[cycle]
    region = chance.choice("region", who, weights=np.linspace(1.4, 0.6, len(business.regions)))
    fee = catalogue.yearly_fee(version, cycle)
    auto_pull = np.where(months < 12, 1.1, -0.6)
    return Population(
        who=who,
        latents=latents,
        started=_first_days(recipe, latents),
        version=version,
        cycle=cycle,
        cycle_months=months,
        auto_renews=chance.uniform("auto", who) < expit(auto_pull + latents.inertia),
        region=region,
        node=_nodes(recipe, region),
        is_business=chance.uniform("company", who) < business.business_share,
        seats=_seats(recipe, latents),
        born_year=_birth_years(recipe, who),
        fee_ratio=fee / _usual_fee(recipe, catalogue),
        competition=COMPETITION[region % len(COMPETITION)],
        surprise=chance.normal("surprise", who),
    )


def _tiers(recipe: Recipe, catalogue: Catalogue, latents: Latents) -> Wholes:
    """The plan: whoever needs more takes a higher tier."""
    count = len(catalogue.version_ids)
    weights = np.array(recipe.business.tier_weights[:count] or (1.0,))
    edges = np.cumsum(weights / weights.sum())
    who = np.arange(len(latents.need))
    place = 0.6 * latents.need + 0.8 * recipe.chance.normal("tier", who)
    return np.minimum(np.searchsorted(edges, _normal_share(place)), count - 1).astype(np.int64)


def _normal_share(value: Floats) -> Floats:
    """The share of a standard normal below a value, by the logistic stand-in (error < 0.01)."""
    return expit(1.702 * value)


def _cycles(recipe: Recipe, catalogue: Catalogue, version: Wholes) -> Wholes:
    """How often they pay, among the cycles that their plan is sold for."""
    wanted = recipe.business.cycle_weights
    weights = np.array([wanted.get(months, 0.0) for months in catalogue.cycles])
    if not weights.any():
        weights = np.ones(len(catalogue.cycles))
    on_offer = weights * (catalogue.price_minor >= 0)
    on_offer[on_offer.sum(axis=1) == 0] = (catalogue.price_minor >= 0)[on_offer.sum(axis=1) == 0]
    edges = np.cumsum(on_offer / on_offer.sum(axis=1, keepdims=True), axis=1)
    drawn = recipe.chance.uniform("cycle", np.arange(len(version)))
    place: Wholes = (drawn[:, None] > edges[version]).sum(axis=1).astype(np.int64)
    last = np.int64(edges.shape[1] - 1)
    return np.minimum(place, last)


def _first_days(recipe: Recipe, latents: Latents) -> Wholes:
    """The first day of the subscription: long ago for many, inside the history for the rest."""
    chance, who = recipe.chance, np.arange(len(latents.need))
    tenure = np.exp(3.0 + 0.5 * latents.inertia + 0.5 * chance.normal("tenure", who))
    months = np.clip(np.rint(tenure), *TENURE_MONTHS).astype(np.int64)
    day_of_month = np.floor(chance.uniform("start", who) * 31).astype(np.int64)
    long_ago = add_months(np.full(len(who), recipe.first_day), -months) - day_of_month
    span = recipe.history_day - recipe.first_day
    inside = recipe.first_day + np.floor(chance.uniform("joined", who) * span).astype(np.int64)
    return np.where(chance.uniform("is-old", who) < OLD_SHARE, long_ago, inside)


def _nodes(recipe: Recipe, region: Wholes) -> Wholes:
    """The part of the network in front of the house: a node of the region."""
    if not recipe.business.has_network:
        return np.full(len(region), -1)
    per_region = nodes_per_region(recipe)
    place = recipe.chance.uniform("node", np.arange(len(region))) * per_region
    return region * per_region + np.floor(place).astype(np.int64)


def nodes_per_region(recipe: Recipe) -> int:
    """How many nodes each region has."""
    regions = len(recipe.business.regions)
    return max(7, -(-recipe.customers // (HOUSEHOLDS_PER_NODE * regions)))


def _usual_fee(recipe: Recipe, catalogue: Catalogue) -> float:
    """The yearly fee of an average customer, by the price list and the shares of its tiers."""
    weights = np.array(recipe.business.tier_weights[: len(catalogue.version_ids)] or (1.0,))
    weights = np.resize(weights, len(catalogue.version_ids))
    near_year = int(np.argmin(np.abs(np.array(catalogue.cycles) - 12)))
    version = np.arange(len(catalogue.version_ids))
    fees = catalogue.yearly_fee(version, np.full(len(version), near_year))
    return float(np.average(np.maximum(fees, 1.0), weights=weights))


def _seats(recipe: Recipe, latents: Latents) -> Wholes:
    """How many seats an account pays for; whoever needs more has more."""
    mean = recipe.business.seats_log_mean
    if not mean:
        return np.ones(len(latents.need), dtype=np.int64)
    drawn = recipe.chance.normal("seats", np.arange(len(latents.need)))
    return np.clip(np.rint(np.exp(mean + 0.5 * latents.need + 0.7 * drawn)), 1, 400).astype(
        np.int64
    )


def _birth_years(recipe: Recipe, who: Wholes) -> Wholes:
    age = 43 + 14 * recipe.chance.normal("age", who)
    return recipe.until.year - np.clip(np.rint(age), 19, 86).astype(np.int64)


def terms_before(population: Population, day: int) -> Wholes:
    """How many whole terms lie before the term that a day falls into; 0 for whoever began later."""
    months = np.maximum(months_between(population.started, day), 0)
    return months // population.cycle_months
