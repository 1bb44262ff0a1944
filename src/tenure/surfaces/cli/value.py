"""`tenure value`: what customers are still worth, from a table of contracts or of purchases."""

import csv
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.observe.uploads.texts import NotAmounts, amounts_of, dates_of, read_texts
from tenure.surfaces.cli.terminal import result, result_json, said
from tenure.understand.value.contracts import ContractValue, value_of_contracts
from tenure.understand.value.histories import Bought, bought_of
from tenure.understand.value.purchases import PerCustomer, PurchaseValue, value_of_purchases

_ABOUT = Sentence(
    zh="客户还值多少：合同留存（sBG、离散风险率、朴素公式）或无合同购买（BG/NBD、Gamma-Gamma）。",
    en="What customers are still worth: contracts (sBG, discrete hazard, the plain formula) or "
    "purchases without one (BG/NBD, Gamma-Gamma).",
)
_CONTRACTS = Sentence(
    zh="由留存人数估计合同寿命与每次续费时留住一位客户的价值。",
    en="From survivors: how long contracts live, and what keeping a customer is worth at each "
    "renewal.",
)
_PURCHASES = Sentence(
    zh="由购买记录估计谁还在、还会买几次、带来多少，并用最后三分之一的时间检验。",
    en="From purchases: who is still here, how often they will buy and what they bring, held "
    "against the last third of the time.",
)
_FILE = Sentence(
    zh="CSV（可为 .gz）、XLSX 或 Parquet 文件", en="a CSV (or .gz), XLSX or Parquet file"
)
_SURVIVORS = Sentence(
    zh="留存所在的列：第一行是开始时，其后每行是一次续费之后",
    en="the column of who is left: the first row at the start, then one for each renewal",
)
_OF = Sentence(
    zh="若该列是百分比，开始时有多少位客户",
    en="where the column holds percentages, how many customers there were at the start",
)
_SEEN = Sentence(zh="只用前几次续费来估计", en="fit only so many renewals, the first ones")
_DISCOUNT = Sentence(zh="每期折现率", en="the discount of one term")
_MARGIN = Sentence(zh="每期毛利", en="the margin of one term")
_CUSTOMER = Sentence(zh="客户所在的列", en="the column of the customer")
_TIME = Sentence(zh="购买日期所在的列", en="the column of the day of the purchase")
_AMOUNT = Sentence(zh="金额所在的列", en="the column of the amount")
_UNTIL = Sentence(
    zh="观察的最后一天（默认为表中最后一天）",
    en="the last day that was watched (the last of the table if not given)",
)
_WEEKS = Sentence(zh="向前看多少周", en="weeks to look ahead")
_OUT = Sentence(zh="逐客户结果写入的 CSV", en="a CSV for a row of each customer")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_CURVE = Sentence(
    zh="sBG：α {alpha}，β {beta}，对数似然 {ll}（{customers} 位客户，{renewals} 次续费）",
    en="sBG: α {alpha}, β {beta}, log-likelihood {ll} ({customers} customers, {renewals} renewals)",
)
_LIFETIME = Sentence(
    zh="新客户预计 {middle} 期（P10 {low}，P90 {high}，每期折现 {discount}）；"
    "按离散风险率 {hazard}；毛利÷流失 {plain}（不折现）",
    en="A new customer: {middle} terms (P10 {low}, P90 {high}, discounted by {discount} a term); "
    "by the discrete hazard {hazard}; margin ÷ churn {plain} (nothing discounted)",
)
_RESIDUAL = Sentence(
    zh="第 1 至 5 次续费前，留住一位客户值（期）：{residuals}",
    en="Keeping one before the 1st to 5th renewal is worth, in terms: {residuals}",
)
_MONEY = Sentence(
    zh="按每期毛利 {margin}：新客户 {new}，第 1 至 5 次续费前 {kept}",
    en="At a margin of {margin} a term: a new customer {new}, before the 1st to 5th renewal {kept}",
)
_ASSUMED = Sentence(
    zh="假设：每期毛利不变，每位客户有自己不变的离开概率；风险率法假设最后一次的风险率一直不变。",
    en="Assumes that the margin of a term stays and everybody leaves with a chance of their own "
    "that stays; the hazard goes on as at the last renewal.",
)
_RATES = Sentence(
    zh="BG/NBD：r {r}，α {alpha}，a {a}，b {b}，对数似然 {ll}"
    "（{customers} 位客户，{repeaters} 位再次购买）",
    en="BG/NBD: r {r}, α {alpha}, a {a}, b {b}, log-likelihood {ll} ({customers} customers, "
    "{repeaters} bought again)",
)
_EXPECTED = Sentence(
    zh="今后 {weeks} 周预计购买 {middle} 次（P10 {low}，P90 {high}）",
    en="In the next {weeks} weeks {middle} purchases are expected (P10 {low}, P90 {high})",
)
_SPEND = Sentence(
    zh="Gamma-Gamma：p {p}，q {q}，v {v}；平均每次 {mean}，预计金额合计 {value}；"
    "次数与金额的相关系数 {correlation}（模型假设为 0）",
    en="Gamma-Gamma: p {p}, q {q}, v {v}; {mean} at a time, {value} in all; correlation of number "
    "and amount {correlation} (the model takes it for 0)",
)
_NO_SPEND = Sentence(
    zh="没有金额，或有正金额的重复购买太少：不估计金额。",
    en="No amounts, or too few repeated purchases with one above 0: no amount is estimated.",
)
_CHECKED = Sentence(
    zh="检验：用前三分之二的时间预计后 {weeks} 周 {expected} 次，实际 {came} 次（偏差 {bias}，"
    "每位客户平均误差 {error}）",
    en="Checked: from the first two thirds {expected} were expected in the {weeks} weeks after, "
    "{came} came (bias {bias}, mean error a customer {error})",
)
_UNCHECKED = Sentence(
    zh="前三分之二的时间里客户太少，无法检验。",
    en="Too few customers in the first two thirds of the time: this could not be checked.",
)
_STEADY: Final = Sentence(
    zh="假设：每位客户在离开前以自己不变的速度购买；之后不再回来。",
    en="Assumes that everybody buys at a pace of their own until they leave, and never comes back.",
)


class NotADay(Refusal):
    """A day that is none."""

    code = "not_a_day"
    said = Sentence(
        zh="“{given}”不是日期；请写成 2026-03-31。", en="“{given}” is no day; write 2026-03-31."
    )


class SharesWithoutCustomers(Refusal):
    """Shares of a cohort of which nobody said how many there were."""

    code = "shares_without_customers"
    said = Sentence(
        zh="“{column}”列不是人数（例如：{example}）；"
        "若是百分比，请用 --of 写明开始时有多少位客户。",
        en="The column “{column}” does not count customers (for example: {example}); where it "
        "holds percentages, say with --of how many there were at the start.",
    )


class NothingBought(Refusal):
    """A table in which no row names a customer and a day."""

    code = "nothing_bought"
    said = Sentence(
        zh="没有一行同时有客户和日期（截至 {until}）；至少需要 100 位客户的购买记录。",
        en="No row names a customer and a day until {until}; purchases of at least 100 customers "
        "are needed.",
    )


class NotAbove(Refusal):
    """A number that has to be above nothing."""

    code = "not_above_zero"
    said = Sentence(zh="{name} 应大于 0。", en="{name} must be above 0.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    app.add_typer(group, name="value")

    @group.command(name="contracts", help=said(_CONTRACTS))
    def contracts(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        survivors: Annotated[str, typer.Option(help=said(_SURVIVORS))],
        of: Annotated[int, typer.Option("--of", help=said(_OF))] = 0,
        seen: Annotated[int, typer.Option(help=said(_SEEN))] = 0,
        discount: Annotated[float, typer.Option(help=said(_DISCOUNT))] = 0.1,
        margin: Annotated[float, typer.Option(help=said(_MARGIN))] = 0.0,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        _above(discount, "--discount")
        left = _counts(file, survivors, of=of)
        found = value_of_contracts(left[: seen + 1] if seen > 0 else left, discount=discount)
        if as_json:
            result_json(asdict(found))
        else:
            _tell_contracts(found, margin=margin)

    @group.command(name="purchases", help=said(_PURCHASES))
    def purchases(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        customer: Annotated[str, typer.Option(help=said(_CUSTOMER))],
        time: Annotated[str, typer.Option(help=said(_TIME))],
        amount: Annotated[str, typer.Option(help=said(_AMOUNT))] = "",
        until: Annotated[str, typer.Option(help=said(_UNTIL))] = "",
        weeks: Annotated[float, typer.Option(help=said(_WEEKS))] = 52.0,
        out: Annotated[Path | None, typer.Option(help=said(_OUT))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        _above(weeks, "--weeks")
        bought, names = _bought(file, customer=customer, time=time, amount=amount)
        last = _day(until) if until else int(bought.day.max(initial=0))
        if not len(bought.until(last).day):
            raise NothingBought(until=date_of(last))
        found, each = value_of_purchases(bought, until=last, weeks=weeks)
        if out is not None:
            _write(out, each, names)
        if as_json:
            result_json(asdict(found))
        else:
            _tell_purchases(found)


def _above(number: float, name: str) -> None:
    if not 0 < number < float("inf"):
        raise NotAbove(name=name)


def _counts(file: Path, column: str, *, of: int) -> list[int]:
    cells = read_texts(file, [column])[column]
    shares = [cell.rstrip("% ") for cell in cells]
    found = [float(one) for one in amounts_of(shares, column=column) if one is not None]
    if wrong := next((one for one in found if one < 0), None):
        raise NotAmounts(column=column, example=f"{wrong:g}")
    if of <= 0 and (broken := next((one for one in found if one != int(one)), None)) is not None:
        raise SharesWithoutCustomers(column=column, example=f"{broken:g}")
    scale = of / found[0] if of > 0 and found and found[0] > 0 else 1.0
    return [int(one * scale + 0.5) for one in found]


def _bought(file: Path, *, customer: str, time: str, amount: str) -> tuple[Bought, list[str]]:
    read = read_texts(file, [customer, time, *([amount] if amount else [])])
    days = dates_of(read[time], column=time)
    amounts = amounts_of(read[amount], column=amount) if amount else [None] * len(days)
    rows = [
        (name, day_number(day), float(paid or 0))
        for name, day, paid in zip(read[customer], days, amounts, strict=True)
        if name and day is not None
    ]
    return bought_of(rows)


def _day(text: str) -> int:
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise NotADay(given=text[:20]) from None


def _write(path: Path, each: PerCustomer, names: list[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["customer", "p_alive", "purchases", "value"])
        for place, alive, bought, worth in zip(
            each.customer.tolist(), each.p_alive, each.purchases, each.value, strict=True
        ):
            value = "" if worth != worth else f"{worth:.2f}"
            writer.writerow([_guarded(names[place]), f"{alive:.4f}", f"{bought:.4f}", value])


def _guarded(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _tell_contracts(found: ContractValue, *, margin: float) -> None:
    result(
        said(
            _CURVE.fill(
                alpha=f"{found.alpha:.3f}",
                beta=f"{found.beta:.3f}",
                ll=f"{found.log_likelihood:.2f}",
                customers=found.customers,
                renewals=found.renewals,
            )
        )
    )
    low, middle, high = (f"{one:.2f}" for one in found.lifetime)
    shown = {"low": low, "middle": middle, "high": high, "discount": f"{found.discount:.1%}"}
    hazard, plain = f"{found.by_hazard:.2f}", f"{found.plain:.2f}"
    result(said(_LIFETIME.fill(**shown, hazard=hazard, plain=plain)))
    result(said(_RESIDUAL.fill(residuals=[f"{one:.3f}" for one in found.residuals])))
    if margin > 0:
        kept = [f"{margin * one:.2f}" for one in found.residuals]
        new = f"{margin * found.lifetime[1]:.2f}"
        result(said(_MONEY.fill(margin=f"{margin:.2f}", new=new, kept=kept)))
    result(said(_ASSUMED))


def _tell_purchases(found: PurchaseValue) -> None:
    rates = found.rates
    named = {"r": rates.r, "alpha": rates.alpha, "a": rates.a, "b": rates.b}
    shown = {name: f"{one:.4f}" for name, one in named.items()}
    counts = {"customers": found.customers, "repeaters": found.repeaters}
    result(said(_RATES.fill(**shown, **counts, ll=f"{rates.log_likelihood:.2f}")))
    low, middle, high = (f"{one:.0f}" for one in found.purchases)
    result(said(_EXPECTED.fill(weeks=f"{found.weeks:g}", low=low, middle=middle, high=high)))
    spend = found.spend
    if spend is None or found.value is None or found.correlation is None:
        result(said(_NO_SPEND))
    else:
        fitted = {"p": spend.p, "q": spend.q, "v": spend.v}
        sums = {"mean": f"{spend.mean_spend:.2f}", "value": f"{found.value:.2f}"}
        rest = {name: f"{one:.3f}" for name, one in fitted.items()}
        result(said(_SPEND.fill(**rest, **sums, correlation=f"{found.correlation:.3f}")))
    checked = found.checked
    if checked is None:
        result(said(_UNCHECKED))
    else:
        facts = {"expected": f"{checked.expected:.0f}", "came": checked.came}
        rest = {"bias": f"{checked.bias:+.1%}", "error": f"{checked.mean_error:.3f}"}
        result(said(_CHECKED.fill(weeks=f"{checked.weeks:.0f}", **facts, **rest)))
    result(said(_STEADY))
