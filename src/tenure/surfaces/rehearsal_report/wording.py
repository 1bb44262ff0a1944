"""The report of a rehearsal as sections of sentences, the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tenure.act.messages.reasons import told
from tenure.decide.decisions.reasons import sentence_of_reason
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view.happenings import CLASSES

TITLE: Final = Sentence(
    zh="预演：{market} 市场，{customers} 户，{days} 天，截至 {until}",
    en="Rehearsal: {market} market, {customers} customers, {days} days until {until}",
)
_NAMED: Final = ("customers", "days", "until")
_CAVEAT: Final = Sentence(
    zh="合成市场的数字用来比较与检查上限，不是对真实客户的承诺。",
    en="Figures of a synthetic market compare strategies and test limits; they promise nothing "
    "about real customers.",
)
_MARKET: Final = Sentence(zh="合成市场中", en="In the synthetic market")
_RENEWED: Final = Sentence(
    zh="到期 {terms} 期，续费 {renewed} 期，毛利 {margin}（已扣触达成本）。",
    en="{renewed} of {terms} terms at stake renewed; their margin is {margin}, contact paid.",
)
_SENT: Final = Sentence(zh="发出：{sent}；未发：{held}。", en="Sent: {sent}. Held back: {held}.")
_CAPS_KEPT: Final = Sentence(
    zh="每条触达上限都守住了（{caps}）。", en="Every contact cap was kept ({caps})."
)
_CAP_BROKEN: Final = Sentence(
    zh="触达上限“{cap}”被突破 {count} 次。", en="The contact cap “{cap}” was broken {count} times."
)
_QUIET: Final = Sentence(
    zh="可发送时段之外发送：{shut} 次；因法定期限而发：{forced} 次。",
    en="Sent outside the hours allowed: {shut}; sent there because a deadline forced it: {forced}.",
)
_TROUBLE: Final = Sentence(
    zh="投诉 {complaints} 起，撤回营销许可 {opt_outs} 人。",
    en="Complaints: {complaints}. Took their permission for marketing back: {opt_outs}.",
)
_CHOSE: Final = Sentence(zh="决策：{chosen}。", en="Choices: {chosen}.")
_BUDGET: Final = Sentence(
    zh="预算：每月 {planned}，用去 {used}。", en="Budget: {planned} a month; used {used}."
)
_BITE: Final = Sentence(
    zh="拦下 {count} 次，第一次是“{action}”：{rule}。",
    en="Refused {count} times, first “{action}”: {rule}.",
)
_NO_BITE: Final = Sentence(zh="没有护栏拦下任何动作。", en="No line refused anything.")
_OWN: Final = Sentence(zh="在自己的历史上", en="On your own past")
_ROWS: Final = Sentence(
    zh="{rows} 次已成熟的随机选择（截至 {as_of}）；其中 {left_out} 次，这套策略想做的是过去从未"
    "有机会做的，未计入。",
    en="{rows} matured choices by chance until {as_of}; for {left_out} of them the strategy wants "
    "what the past could never have given, and they are left out.",
)
_VALUE: Final = Sentence(
    zh="每位客户：双重稳健 {dr}，IPS {ips}，SNIPS {snips}；过去实际 {past}。",
    en="Per customer: doubly robust {dr}, IPS {ips}, SNIPS {snips}; the past itself {past}.",
)
_BEYOND: Final = Sentence(
    zh="比什么都不做多 {gain}（区间 95 %）。",
    en="Beyond doing nothing: {gain} (intervals of 95 %).",
)
_OVERLAP: Final = Sentence(
    zh="重合：{matching_rows} 次过去的选择与之一致，相当于 {effective} 次；最小概率 {least}。",
    en="Overlap: {matching_rows} past choices agree, worth {effective}; the least probability is "
    "{least}.",
)
_BIASED: Final = Sentence(
    zh="注意：“{column}”能看出谁得到“{arm}”，写下的概率可能不实，以上数字可能有偏。",
    en="Beware: “{column}” tells who got “{arm}”; the written probabilities may not be those that "
    "chose, and the figures may be biased.",
)
_VERSUS: Final = Sentence(zh="“{one}”对“{other}”", en="“{one}” against “{other}”")
_DIFFER: Final = Sentence(
    zh="{accounts} 位客户中 {differ} 位结果不同；同样的客户、同样的随机数。",
    en="{differ} of {accounts} customers fare differently; the same customers, the same chance.",
)
_MORE: Final = Sentence(
    zh="续费多 {renewed} 期，毛利多 {margin}（区间 95 %）。",
    en="Renewals more: {renewed}; margin more: {margin} (intervals of 95 %).",
)
_NONE: Final = Sentence(zh="无", en="none")
_COUNTED: Final = Sentence(zh="{name} {count}", en="{name}: {count}")
_WITHHELD: Final = Sentence(zh="没有给出动作", en="nothing could be given")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences."""

    title: Sentence
    lines: tuple[Sentence, ...]


def sections_of(report: Mapping[str, Any], strategies: Mapping[str, Strategy]) -> list[Section]:
    """The whole report; what was compared stands first."""
    found = []
    sides = report["sides"]
    if report["versus"] is not None:
        found.append(_versus(report["versus"], sides))
    for side in sides:
        strategy = strategies[side["strategy"]]
        name = Sentence(zh=side["strategy"], en=side["strategy"])
        found.append(Section(_joined(name, _MARKET), tuple(_market(side, strategy))))
        found.append(Section(_joined(name, _OWN), tuple(_own(side, strategy))))
    return found


def title_of(report: Mapping[str, Any]) -> Sentence:
    """What was rehearsed."""
    return TITLE.fill(market=report["business"], **{name: report[name] for name in _NAMED})


def lines_of(report: Mapping[str, Any], strategies: Mapping[str, Strategy]) -> Iterator[Sentence]:
    """The report line by line, for a terminal."""
    empty = Sentence(zh="", en="")
    yield title_of(report)
    yield _CAVEAT
    for section in sections_of(report, strategies):
        yield empty
        yield section.title
        yield from section.lines


def caveat() -> Sentence:
    """What no rehearsal can promise."""
    return _CAVEAT


def _joined(one: Sentence, other: Sentence) -> Sentence:
    return Sentence(
        zh=f"{one.zh}：{other.zh}", en=f"{one.en}: {other.en[:1].lower()}{other.en[1:]}"
    )


def _versus(versus: Mapping[str, Any], sides: list[Mapping[str, Any]]) -> Section:
    one, other = sides
    currency = one["currency"]
    return Section(
        _VERSUS.fill(one=one["strategy"], other=other["strategy"]),
        (
            _DIFFER.fill(accounts=versus["accounts"], differ=versus["differ"]),
            _MORE.fill(
                renewed=_count(versus["renewed"]),
                margin=_money(versus["margin_minor"], currency),
            ),
        ),
    )


def _market(side: Mapping[str, Any], strategy: Strategy) -> Iterator[Sentence]:
    currency = side["currency"]
    margin = Money(side["margin_minor"], currency)
    yield _RENEWED.fill(terms=side["terms"], renewed=side["renewed"], margin=margin)
    yield _SENT.fill(
        sent=_counts(side["sent"], CLASSES.get),
        held=_counts(side["held_back"], partial(told, strategy=strategy)),
    )
    broken = {cap: count for cap, count in side["over_caps"].items() if count}
    names = {cap.id: cap.name for cap in strategy.contact.caps}
    if not broken:
        kept = tuple(names.get(cap, cap) for cap in side["over_caps"])
        yield _CAPS_KEPT.fill(caps=kept or _NONE)
    for cap, count in broken.items():
        yield _CAP_BROKEN.fill(cap=names[cap], count=count)
    hours = side["outside_hours"]
    yield _QUIET.fill(shut=hours["not_allowed"], forced=hours["forced"])
    yield _TROUBLE.fill(complaints=side["complaints"], opt_outs=side["opt_outs"])
    offers = {one.id: one.name for one in strategy.offers.values()}
    yield _CHOSE.fill(chosen=_counts(side["decisions"], {"withheld": _WITHHELD, **offers}.get))
    used = tuple(
        f"{month[:7]}: {Money(amount, currency)}" for month, amount in side["used_minor"].items()
    )
    planned = Money(side["budget_minor"], currency)
    yield _BUDGET.fill(planned=planned, used=used or _NONE)
    if not side["bites"]:
        yield _NO_BITE
    for code, bite in sorted(side["bites"].items(), key=lambda one: (-one[1]["count"], one[0])):
        action = bite["action"]
        rule = sentence_of_reason(code, strategy=strategy, action=action, value=bite["value"])
        yield _BITE.fill(count=bite["count"], action=strategy.offers[action].name, rule=rule)


def _own(side: Mapping[str, Any], strategy: Strategy) -> Iterator[Sentence]:
    past, currency = side["own_past"], side["currency"]
    if "why" in past:
        yield Sentence(zh=past["why"]["zh"], en=past["why"]["en"])
        return
    for doubt in past["doubts"][:1]:
        offer = strategy.offers.get(doubt["arm"])
        arm = doubt["arm"] if offer is None else offer.name
        yield _BIASED.fill(column=doubt["column"], arm=arm)
    yield _ROWS.fill(**{name: past[name] for name in ("rows", "as_of", "left_out")})
    values = {name: _money(past[name], currency) for name in ("dr", "ips", "snips", "past")}
    yield _VALUE.fill(**values)
    yield _BEYOND.fill(gain=_money(past["beyond_nothing"], currency))
    overlap = past["overlap"]
    yield _OVERLAP.fill(
        matching_rows=overlap["matching_rows"],
        effective=f"{overlap['effective_rows']:.0f}",
        least=f"{overlap['least_propensity']:.2%}",
    )


def _counts(
    found: Mapping[str, Any], named: Callable[[str], Sentence | None]
) -> Sentence | tuple[Sentence, ...]:
    """Each count with what it counts as people call it; what nobody named keeps its code."""
    told_of = []
    for code, count in found.items():
        name = named(code) or Sentence(zh=code, en=code)
        told_of.append(_COUNTED.fill(name=name, count=count))
    return tuple(told_of) or _NONE


def _money(estimate: Mapping[str, float], currency: str) -> str:
    value, low, high = (
        Money(
            int(estimate[name] + 0.5) if estimate[name] >= 0 else -int(0.5 - estimate[name]),
            currency,
        )
        for name in ("value", "low", "high")
    )
    return f"{value} ({low} … {high})"


def _count(estimate: Mapping[str, float]) -> str:
    return f"{estimate['value']:+.0f} ({estimate['low']:+.1f} … {estimate['high']:+.1f})"
