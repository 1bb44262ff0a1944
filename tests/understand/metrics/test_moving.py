"""What moved, summed on arrays, is what one gets customer by customer and month by month."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenure.kernel.periods import date_of
from tenure.understand.metrics.moving import LOSSES, SUMMED, changes, moves
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tests.understand.metrics.test_expressions import GRACE, TODAY, a_row, sold

TERMS = st.lists(
    st.tuples(
        st.integers(1, 5),  # account
        st.sampled_from(["home", "office"]),
        st.integers(-5, 500),  # began so many days ago
        st.sampled_from([30, 90, 365]),
        st.sampled_from([1_200, 1_500, 2_400]),  # a year
        st.sampled_from([None, "renewed", *LOSSES]),
    ),
    max_size=9,
)
type Term = tuple[int, str, int, int, int, str | None]
type Cell = dict[str, int]


def month(day: int) -> int:
    on = date_of(day)
    return on.year * 12 + on.month - 1


def changed(terms: list[Term]) -> Iterator[tuple[int, int, str, int, str]]:
    """Account, month, plan, gained and how it was lost, of each start and end until today."""
    for account, plan, ago, days, price, became in terms:
        starts, ends = TODAY - ago, TODAY - ago + days
        over = ends if became is not None else ends + GRACE + 1
        monthly = price * MONTHLY_SCALE // 12
        if starts <= TODAY:
            yield account, month(starts), plan, monthly, ""
            if over <= TODAY:
                loss = became if became in LOSSES else "lapse" if became is None else ""
                yield account, month(over), plan, -monthly, loss or ""


def by_hand(terms: list[Term]) -> dict[tuple[str, str, int], Cell]:
    """Slice, value and month → the sums of `SUMMED`."""
    per_month: dict[tuple[int, int], list[tuple[str, int, str]]] = defaultdict(list)
    for account, at, plan, gained, loss in changed(terms):
        per_month[account, at].append((plan, gained, loss))
    found: dict[tuple[str, str, int], Cell] = defaultdict(lambda: dict.fromkeys(SUMMED, 0))
    stood: dict[int, int] = {}
    first: dict[int, int] = {}
    for (account, at), those in sorted(per_month.items()):
        before, cohort = stood.get(account, 0), first.setdefault(account, at)
        after = stood[account] = before + sum(gained for _, gained, _ in those)
        if after == before:
            continue
        began = [plan for plan, gained, _ in those if gained > 0]
        plan = max(began or [plan for plan, _, _ in those])
        kind = kind_of(before, after, is_first=at == cohort)
        for place in (("", ""), ("plan", plan), ("cohort", str(cohort))):
            cell = found[*place, at]
            cell[kind] += abs(after - before)
            cell[f"is_{kind}"] += 1
            loss = max(loss for _, _, loss in those)
            if kind == "churn" and loss:
                cell[f"lost_{loss}"] += 1
    return found


def kind_of(before: int, after: int, *, is_first: bool) -> str:
    if not before:
        return "new" if is_first else "reactivation"
    if not after:
        return "churn"
    return "expansion" if after > before else "contraction"


def rows_of(terms: list[Term]) -> list[tuple[Any, ...]]:
    rows = []
    for number, (account, plan, ago, days, price, became) in enumerate(terms, start=1):
        ends = TODAY - ago + days
        told: dict[str, Any] = {"end_kind": "lapse"}
        if became == "renewed":
            told = {"renewed_day": ends - 3}
        elif became is not None:
            told = {"closed_day": ends, "end_kind": became}
        rows.append(
            a_row(number, account_id=account, plan_code=plan, starts_day=TODAY - ago,
                  ends_day=ends, price_minor=price, currency="CNY", **told)
        )  # fmt: skip
    return rows


# Whoever goes to another plan and pays more has moved where they are now.
ELSEWHERE: list[Term] = [(1, "office", 400, 365, 1_200, "lapse"), (1, "home", 34, 365, 2_400, None)]


@settings(max_examples=60, deadline=None)
@example(ELSEWHERE, 65_536)
@given(TERMS, st.sampled_from([1, 2, 65_536]))
def test_moves_are_those_of_each_customer_by_hand(terms: list[Term], at_a_time: int) -> None:
    """MET-01, STD-01: however many customers are looked up together."""
    terms = [one for one in terms if one[5] != "renewed" or one[2] - one[3] >= -3]
    found = moves(changes(sold(rows_of(terms)), as_of=TODAY, grace_days=GRACE), at_a_time=at_a_time)

    said = {("", value, at): sums for value, at, sums in found.by(None)}
    said |= {("plan", value, at): sums for value, at, sums in found.by("plan")}
    said |= {("cohort", str(cohort), at): sums for cohort, at, sums in found.by_cohort}
    assert said == by_hand(terms)
    net: dict[tuple[str, int], int] = defaultdict(int)
    for _, at, plan, gained, _ in changed(terms):
        net[plan, at] += gained
    assert {(plan, at): one for plan, at, one in found.net_by("plan")} == {
        key: one for key, one in net.items() if one
    }
