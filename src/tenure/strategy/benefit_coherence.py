"""What the benefits of a term must agree with: the plans, the cycles, the costs, the currency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import UNKNOWN, StrategyError, nearest
from tenure.strategy.sections import Strategy

_OTHER_CURRENCY = Sentence(
    zh="{found} 的币种应为 {currency}（见 business.toml）",
    en="{found} must be in {currency}, the currency of business.toml",
)
_LOSES = Sentence(
    zh="减去之后“{plan}”{months} 个月只收 {price}，低于成本 {cost}；请减小优惠，"
    "或写明 may_sell_below_cost = true",
    en="with it, {months} months of “{plan}” cost {price}, below their cost of {cost}; give less, "
    "or write may_sell_below_cost = true",
)


def check(strategy: Strategy) -> None:
    """Refuse benefits that name what is not sold, or that sell below cost unasked."""
    _check_names(strategy)
    _check_currency(strategy)
    for path, off, is_accepted in _reductions(strategy):
        if not is_accepted:
            _check_cost(strategy, path=path, off=off)


def _refuse(strategy: Strategy, path: str, problem: Sentence) -> None:
    raise StrategyError(file=strategy.form("benefits").file, path=path, problem=problem)


def _named(strategy: Strategy) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    benefits, plans = strategy.benefits, frozenset(strategy.catalog.plans)
    for bundle in benefits.bundles.values():
        yield f"bundle[{bundle.id}]", "plans", bundle.plans, plans
    for trial in benefits.trials.values():
        yield f"trial[{trial.id}]", "plans", trial.plans, plans
        yield f"trial[{trial.id}]", "becomes_plans", trial.becomes_plans, plans
        add_ons = frozenset(strategy.catalog.add_ons)
        yield f"trial[{trial.id}]", "becomes_add_ons", trial.becomes_add_ons, add_ons
    for gift in benefits.gifts.values():
        yield f"gift[{gift.id}]", "plans", gift.plans, plans
    if (newcomers := benefits.newcomers) is not None:
        cycles = frozenset(str(one) for one in newcomers.cycles)
        sold = frozenset(str(one) for one in strategy.catalog.cycles)
        yield "newcomers", "cycles", cycles, sold


def _check_names(strategy: Strategy) -> None:
    for path, key, names, among in _named(strategy):
        for name in sorted(names - among):
            problem = UNKNOWN.fill(name=name, nearest=nearest(name, among))
            _refuse(strategy, f"{path}.{key}", problem)


def _check_currency(strategy: Strategy) -> None:
    currency, benefits = strategy.business.currency, strategy.benefits
    amounts = [(f"bundle[{one.id}].monthly_cost", one.monthly_cost)
               for one in benefits.bundles.values()]  # fmt: skip
    amounts += [(f"gift[{one.id}].cost", one.cost) for one in benefits.gifts.values()]
    for path, amount in amounts:
        if amount.currency != currency:
            _refuse(strategy, path, _OTHER_CURRENCY.fill(found=amount, currency=currency))


def _reductions(strategy: Strategy) -> Iterator[tuple[str, Decimal, bool]]:
    benefits = strategy.benefits
    if benefits.streak is not None:
        yield "streak.off", benefits.streak.off, benefits.streak.may_sell_below_cost
    if benefits.comeback is not None:
        yield "comeback.off", benefits.comeback.off, benefits.comeback.may_sell_below_cost
    if benefits.newcomers is not None:
        yield "newcomers.step[0].off", benefits.newcomers.steps[0], False


def _check_cost(strategy: Strategy, *, path: str, off: Decimal) -> None:
    catalog, newcomers = strategy.catalog, strategy.benefits.newcomers
    is_step = newcomers is not None and path.startswith("newcomers")
    cycles = newcomers.cycles if newcomers is not None and is_step else tuple(catalog.cycles)
    for plan in catalog.plans.values():
        for months in cycles:
            price = catalog.price(plan.code, months=months).share_of(1 - off)
            cost = plan.monthly_cost * months
            if price < cost:
                problem = _LOSES.fill(plan=plan.name, months=months, price=price, cost=cost)
                _refuse(strategy, path, problem)
