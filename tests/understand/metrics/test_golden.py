"""TOP-19: each definition gives what its published example says, from the file's own rows.

Rules: R-M-001 (G01), R-M-002 (G06), R-M-003 (G03, G29, G32), R-M-004 and R-M-006 (G04),
R-M-007 (G07), R-M-008 (G09), R-M-011 (G12), R-M-012 (G13).
"""

import json
import re
from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.money import rounded
from tenure.records.billing.refunds.rules import Movement, movement_of
from tenure.records.subscriptions.rules import close_decision
from tenure.understand.metrics.rules.cohorts import pooled, triangle
from tenure.understand.metrics.rules.movements import (
    Billing,
    InCurrency,
    Recurring,
    at_constant_rates,
    gross_retention,
    monthly_revenue,
    movements,
    net_retention,
    quick_ratio,
)
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.rules.recovery import Dunning, DunningEnd, recovery_of
from tenure.understand.metrics.rules.renewals import (
    ON_TIME,
    RENEWED,
    Renewal,
    TermEnd,
    outcome,
    renewal_rates,
)
from tenure.understand.metrics.rules.voices import best_share, mean_score, promoters_of
from tests.understand.metrics.golden import (
    GOLDEN,
    Row,
    day_of,
    expected_of,
    on,
    parts,
    rows_of,
    text_of,
)

GRACE = 15
TESTS = Path(__file__).parents[2]


def test_every_example_of_the_file_is_tested_somewhere() -> None:
    """TOP-19: no published example without a test that names it."""
    text_of("G01")
    published = set(re.findall(r"^## (G\d\d)", GOLDEN.read_text(encoding="utf-8"), re.MULTILINE))
    others = (path for path in TESTS.rglob("test_*.py") if path != Path(__file__))
    named = {
        name
        for path in (*others, Path(__file__))
        for name in re.findall(r"(?i)\bG\d\d(?=\b|_)", path.read_text(encoding="utf-8"))
    }

    assert len(published) == 32
    assert published - {name.upper() for name in named} == set()


def test_g01_renewal_rates() -> None:
    """MET-02 and G01: only terms due in the month, grace to its last day, refunds reversed."""
    expected = expected_of("G01")
    ends = {
        row["id"]: TermEnd(
            due_on=on(row["term_end"]),
            old_value=int(row["old_value"]),
            renewed_on=day_of(row["renewed_on"]),
            new_value=int(row["new_value"]) if row["new_value"] else None,
            refunded_on=day_of(row["refunded_on"]),
        )
        for row in rows_of("G01")
    }
    due = {id_: end for id_, end in ends.items() if end.due_on.month == 6}

    rates = renewal_rates(due.values(), grace_days=GRACE)

    turned = {id_: outcome(end, grace_days=GRACE) for id_, end in due.items()}
    assert turned == expected["classification"]
    assert len(due) == expected["due_count"]
    assert sum(end.old_value for end in due.values()) == expected["due_value"]
    assert parts(rates.on_time) == expected["on_time_rate"]
    assert parts(rates.late_in_grace) == expected["late_in_grace_rate"]
    assert parts(rates.count) == expected["renewal_rate_count"]
    assert parts(rates.value_gross) == expected["renewal_rate_value_gross"]
    assert parts(rates.value_net) == expected["renewal_rate_value_net"]
    back = sum(how in RENEWED | {Renewal.WIN_BACK} for how in turned.values())
    assert parts(Rate(back, len(due))) == expected["renewal_rate_count_incl_win_back"]
    assert ON_TIME < RENEWED


def customers_of_g03() -> list[Recurring]:
    netted: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of("G03"):
        netted[row["customer"]].append(row)
    return [customer_of(mine) for mine in netted.values()]


def customer_of(mine: list[Row]) -> Recurring:
    stopped = [row for row in mine if row["mrr_end"] == "0"]
    return Recurring(
        start=sum(int(row["mrr_start"]) for row in mine),
        end=sum(int(row["mrr_end"]) for row in mine),
        all_stopped_are_paused=bool(stopped)
        and all(row["status_end"] == "paused" for row in stopped),
        paid_before=any(row["ever_paid_before_start"] == "1" for row in mine),
    )


def test_g03_movements_are_netted_per_customer() -> None:
    """STD-01: start + gains − losses = end."""
    expected, customers = expected_of("G03"), customers_of_g03()

    moved = movements(customers)

    kinds = ("new", "reactivation", "expansion", "contraction", "churn", "paused")
    assert {kind: getattr(moved, kind) for kind in kinds} == {
        kind: expected[kind] for kind in kinds
    }
    assert sum(one.start for one in customers) == expected["start_mrr"]
    assert sum(one.end for one in customers) == expected["end_mrr"]
    assert sum(one.start > 0 for one in customers) == expected["start_customers"]


def test_g04_retention_under_both_policies_for_pauses() -> None:
    expected, customers = expected_of("G04"), customers_of_g03()
    moved = movements(customers)
    lost = sum(one.start > 0 == one.end and not one.all_stopped_are_paused for one in customers)
    start = sum(one.start for one in customers)

    assert parts(Rate(lost, 7)) == expected["logo_churn_rate"]
    assert parts(Rate(7 - lost, 7)) == expected["logo_retention_rate"]
    assert parts(gross_retention(customers)) == expected["GRR_pause_as_loss"]
    assert parts(net_retention(customers)) == expected["NRR_pause_as_loss"]
    apart = {"pause_counts_as_loss": False}
    assert parts(gross_retention(customers, **apart)) == expected["GRR_pause_excluded"]
    assert parts(net_retention(customers, **apart)) == expected["NRR_pause_excluded"]
    losses = moved.contraction + moved.churn + moved.paused
    assert parts(Rate(losses, start)) == expected["gross_mrr_churn_rate"]
    assert parts(quick_ratio(moved)) == expected["quick_ratio"]
    assert parts(quick_ratio(moved, **apart)) == expected["quick_ratio_pause_excluded"]


def test_g06_revenue_per_month_is_exact_and_rounded_once() -> None:
    """STD-01: the total is the rounded sum, not the sum of the rounded."""
    expected = expected_of("G06")

    found = {
        row["subscription"]: monthly_revenue(
            Billing(
                interval=row["interval"],
                interval_count=int(row["interval_count"]),
                amount_minor=int(row["amount_per_period"]),
                quantity=int(row["quantity"]),
                discount_percent=int(row["recurring_discount_percent"]),
                tax_percent=int(row["tax_included_percent"]),
                is_recurring=row["kind"] == "recurring",
            )
        )
        for row in rows_of("G06")
    }

    assert {name: str(value) for name, value in found.items()} == expected["mrr_exact"]
    shown = {name: rounded(value) for name, value in found.items()}
    assert shown == expected["mrr_rounded"]
    total = sum(found.values(), Fraction())
    assert rounded(total) == expected["total_rounded"]
    assert sum(shown.values()) == expected["sum_of_rounded"]
    assert rounded(total * 12) == expected["arr_rounded"]


def test_g07_when_and_how_a_customer_is_lost() -> None:
    """By the rule that closes terms; a cancellation that was taken back asks nothing of it."""
    expected, rows = expected_of("G07"), rows_of("G07")
    found = {row["id"]: ending_of(row) for row in rows}

    for row in rows:
        one = found[row["id"]]
        assert (one.kind if one else "none") == row["expected_type"], row["id"]
        assert (one.on if one else None) == day_of(row["expected_churn_on"]), row["id"]
    june = {id_: one for id_, one in found.items() if one and one.on.month == 6}
    assert sorted(june) == expected["churn_in_2026_06"]
    assert Counter(one.kind for one in june.values()) == expected["by_type_2026_06"]


def ending_of(row: Row) -> Any:
    if "reverted" in row["mode"]:
        return None
    return close_decision(
        on(row["paid_through"]),
        grace_days=GRACE,
        cancel_asked_on=day_of(row["cancel_clicked_on"]),
        is_at_once=row["mode"] == "immediate_refund",
        last_failure_on=day_of(row["payment_final_failure_on"]),
    )


def month_number(text: str) -> int:
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def test_g09_the_triangle_of_paid_cohorts() -> None:
    """STD-02: columns are pooled over the cohorts that reached them."""
    expected = expected_of("G09")
    customers = [
        (
            month_number(row["first_paid_month"]),
            frozenset(map(month_number, row["paid_months"].split("|"))),
        )
        for row in rows_of("G09")
    ]

    cells = triangle(customers, as_of_month=month_number("2026-04"))

    told = {
        f"{cohort // 12}-{cohort % 12 + 1:02d}": {f"M{k}": parts(one) for k, one in row.items()}
        for cohort, row in cells.items()
        if cohort < month_number("2026-04")
    }
    assert told == expected["triangle"]
    averages = {f"M{k}": parts(one) for k, one in pooled(cells).items()}
    assert averages == expected["weighted_average"]


def test_g12_scores_of_surveys() -> None:
    """MET-05, MET-06: with n and how sure it is."""
    expected = expected_of("G12")
    given = dict(re.findall(r"^(\w+)_scores=(.*)$", text_of("G12"), re.MULTILINE))
    nps, csat, ces = (json.loads(f"[{given[kind]}]") for kind in ("nps", "csat", "ces"))

    found = promoters_of(nps)

    assert {
        "n": found.n,
        "promoters": found.promoters,
        "passives": found.passives,
        "detractors": found.detractors,
        "nps_exact": str(found.exact),
        "nps": found.score,
        "standard_error_points": f"{found.standard_error:.4f}",
    } == expected["nps"]
    assert parts(best_share(csat, kind="csat")) == expected["csat"]
    assert f"{float(mean_score(ces) or 0):.2f}" == expected["ces_mean"]
    assert parts(best_share(ces, kind="ces")) == expected["ces_easy_share"]


def test_g13_what_became_of_failed_payments() -> None:
    expected = expected_of("G13")
    cases = [
        Dunning(
            amount_minor=int(row["amount"]),
            first_failed_on=on(row["first_failed_on"]),
            end=DunningEnd(row["outcome"]),
            recovered_on=day_of(row["recovered_on"]),
            channel=row["recovery_channel"],
        )
        for row in rows_of("G13")
    ]

    found = recovery_of(cases, other_churners=6)

    assert found.open == expected["open"]
    assert found.count.den == expected["closed"]
    assert parts(found.count) == expected["recovery_rate_count"]
    assert parts(found.value) == expected["recovery_rate_value"]
    assert found.involuntary == expected["involuntary_churn_count"]
    assert parts(found.involuntary_share) == expected["involuntary_share_of_churn"]
    assert found.median_days == expected["median_days_to_recover"]
    assert found.by_channel == expected["recovered_by_channel"]


def test_g29_movements_stand_at_the_rates_of_the_start() -> None:
    expected, rows = expected_of("G29"), rows_of("G29")
    start = {"CNY": Fraction(1), "USD": Fraction(710, 100), "JPY": Fraction(47, 1000)}
    end = {"CNY": Fraction(1), "USD": Fraction(7), "JPY": Fraction(49, 1000)}
    held = [
        InCurrency(
            row["currency"],
            Fraction(int(row["mrr_start_minor"]), 10 ** int(row["exponent"])),
            Fraction(int(row["mrr_end_minor"]), 10 ** int(row["exponent"])),
        )
        for row in rows
    ]

    found = at_constant_rates(
        held,
        start_rates=start | {"KWD": Fraction(2310, 100)},
        end_rates=end | {"KWD": Fraction(23)},
    )

    assert all(EXPONENTS[row["currency"]] == int(row["exponent"]) for row in rows)
    assert found.start == expected["start_cny_minor"]
    assert found.end_constant == expected["end_constant_cny_minor"]
    assert found.end_constant - found.start == expected["expansion_cny_minor"]
    assert found.fx == expected["fx_cny_minor"]
    assert found.end_spot == expected["end_spot_cny_minor"]
    retention = Rate(found.net_retention.numerator, found.net_retention.denominator)
    assert retention.text == expected["NRR_constant_currency"]


def test_g32_refunds_and_recurring_revenue() -> None:
    """A month that is closed is not restated: its refund is churn of the month of the refund."""
    expected, rows = expected_of("G32"), rows_of("G32")

    at, moved = dict.fromkeys(expected["mrr_at"], 0), Counter[str]()
    for row in rows:
        starts, refund, mrr = on(row["starts_on"]), day_of(row["refund_on"]), int(row["mrr"])
        how = Movement.NONE
        if refund is not None:
            how = movement_of(
                sold_on=starts,
                refunded_on=refund,
                is_whole=row["refund_kind"] == "full",
                ends=row["terminated"] == "1",
            )
        ends = refund if how in {Movement.CHURN, Movement.REVERSAL, Movement.ERASED} else None
        for month_end in at:
            last = date.fromisoformat(month_end)
            at[month_end] += mrr * (starts <= last and (ends is None or last < ends))
        if row["kind"] == "new" and how is not Movement.ERASED:
            moved[f"{starts:%B} new"] += mrr
        if refund is not None and how in {Movement.CHURN, Movement.REVERSAL}:
            moved[f"{refund:%B} churn"] += mrr
            moved[f"{refund:%B} reversal"] += mrr * (how is Movement.REVERSAL)

    assert at == expected["mrr_at"]
    for name in ("June", "July"):
        wanted = expected[name.lower()]
        assert moved[f"{name} new"] == wanted["new"]
        assert moved[f"{name} churn"] == wanted["churn"]
        assert moved[f"{name} reversal"] == wanted["churn_of_which_refund_reversal"]
