"""What a plan was sold for before: the versions of a plan are its price history."""

from collections.abc import Mapping
from datetime import date, timedelta

from tenure.kernel.money import Money
from tenure.records.catalog.models import Price


def lowest_prices(plan_id: int, *, currency: str, on: date, days: int) -> Mapping[int, Money]:
    """Cycle in months → the lowest list price of the `days` days before a day (R-A-055).

    The price that was in force when those days began counts too; a plan that was first sold within
    them has only what it was sold for. A cycle that was not sold before the day has none.
    """
    since = on - timedelta(days=days)
    sold = Price.objects.filter(
        plan_version__plan_id=plan_id, plan_version__effective_on__lt=on, currency=currency
    ).order_by("plan_version__effective_on", "plan_version__version")
    in_force: dict[int, list[int]] = {}
    for begins_on, months, minor in sold.values_list(
        "plan_version__effective_on", "cycle_months", "amount_minor"
    ):
        # A version that began before the days replaces whatever was sold until then.
        earlier = [] if begins_on <= since else in_force.get(months, [])
        in_force[months] = [*earlier, minor]
    return {months: Money(min(minors), currency) for months, minors in in_force.items()}
