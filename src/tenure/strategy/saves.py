"""What may be offered, once, to somebody who is about to leave: published rules, as data.

Everybody in the same position gets the same: the rules look at the visit, the reason, the plan and
the time with us, and never at a score. `published` says who gets it, in words that the customer
reads beside the offer (R-A-054, R-A-086).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.buckets import BUCKETS
from tenure.kernel.failures import Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.features import FeatureKind, FeatureName
from tenure.strategy.persuasion import pressing
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule


class SaveKind(StrEnum):
    """What an offer to stay does."""

    REPAIR = "repair"  # mends what is broken, and makes good the days
    PAUSE = "pause"
    DOWNGRADE = "downgrade"  # a smaller plan; what is stored stays
    DISCOUNT = "discount"  # off the list price of the next term
    FREE_MONTHS = "free_months"  # so many months bought, so many more on top


# First mend, then fit the plan to the customer, and only then lower the price.
LADDER: Final = {
    SaveKind.REPAIR: 0,
    SaveKind.DOWNGRADE: 1,
    SaveKind.PAUSE: 1,
    SaveKind.DISCOUNT: 2,
    SaveKind.FREE_MONTHS: 2,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that an offer may come before its turn.

    `source` names the experiment or the doubly robust value; `low` and `high` bound what it adds
    to the renewal rate.
    """

    source: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Save:
    """One offer to stay.

    `evidence` lets it stand before kinds that come earlier. A `rung` of 0 stands beside the
    ladder, 1 is its first step. `reasons` names those for which it is relevant; empty is whatever
    the reason, also none. What a kind does not use is zero.
    """

    id: str
    name: Sentence
    text: Sentence
    published: Sentence
    kind: SaveKind
    rung: int
    reasons: tuple[str, ...]
    discount_share: Decimal
    buy_months: int
    free_months: int
    pause_months: int
    extension_days: int
    valid_days: int
    eligible: Rule
    evidence: Evidence | None = None

    @property
    def lowers_price(self) -> bool:
        """Whether it promises a lower price of the next term."""
        return self.kind in (SaveKind.DISCOUNT, SaveKind.FREE_MONTHS)


@dataclass(frozen=True, slots=True)
class Saves:
    """The offers in the order in which they are looked at, and the limits over all of them.

    `memory_days` is how long an offer that was shown counts as known; within `repeat_days` a
    second visit finds the same step of the ladder, not the next. `holdout_share` of those who
    would see an offer see none, by offer, for ever the same. `refunds_unused` is the seller's own
    promise to pay back the days not used when somebody stops at once.
    """

    memory_days: int
    repeat_days: int
    accepted_per_year: int
    holdout_share: Decimal
    holdout_salt: str
    bypass_reasons: tuple[str, ...]
    abandoned_after_hours: int
    refunds_unused: bool
    offers: Mapping[str, Save]

    @property
    def top_rung(self) -> int:
        """The last step of the ladder; 0 where there is no ladder."""
        return max((one.rung for one in self.offers.values()), default=0)


_DAYS: Final = Sentence(zh="天", en="days")
_MONTHS: Final = Sentence(zh="个月", en="months")
_NONE: Final = Sentence(zh="", en="")
# What a rule of this file may ask: facts of the contract that the customer knows too.
FACTS: Final[dict[str, FeatureName]] = {
    one.id: one
    for one in (
        FeatureName(
            "tenure_days",
            FeatureKind.NUMBER,
            Sentence(zh="在网天数", en="days as a customer"),
            _DAYS,
        ),
        FeatureName(
            "cycle_months", FeatureKind.NUMBER, Sentence(zh="付费周期", en="billing cycle"), _MONTHS
        ),
        FeatureName(
            "days_left", FeatureKind.NUMBER, Sentence(zh="距到期天数", en="days left"), _DAYS
        ),
        FeatureName("plan_code", FeatureKind.TEXT, Sentence(zh="套餐", en="plan"), _NONE),
        FeatureName(
            "is_business", FeatureKind.FLAG, Sentence(zh="企业客户", en="business customer"), _NONE
        ),
    )
}

_FIELDS: Final[dict[SaveKind, frozenset[str]]] = {
    SaveKind.REPAIR: frozenset({"extension_days"}),
    SaveKind.PAUSE: frozenset({"pause_months"}),
    SaveKind.DOWNGRADE: frozenset(),
    SaveKind.DISCOUNT: frozenset({"discount"}),
    SaveKind.FREE_MONTHS: frozenset({"buy_months", "free_months"}),
}
_NOT_OF_KIND = Sentence(
    zh="kind 为“{kind}”的挽留方案没有“{field}”；请删去或改用别的 kind",
    en="an offer to stay of the kind “{kind}” has no “{field}”; remove it or choose another kind",
)
_GAP = Sentence(
    zh="阶梯须从 1 起逐级连续，现有：{found}",
    en="the rungs of the ladder start at 1 without a gap; here stand: {found}",
)
_OUT_OF_TURN = Sentence(
    zh="“{save}”排在“{gentler}”之前：先修复，再调整套餐或暂停，最后才降价；"
    "请调整顺序，或用 evidence 写明区间下限大于 0 的证据",
    en="“{save}” stands before “{gentler}”: mend first, then fit the plan or pause, and lower the "
    "price last; change the order, or attach evidence whose interval lies above 0",
)
_NOT_SHOWN = Sentence(
    zh="证据的区间须在 0 以上：low 大于 0 且不大于 high",
    en="evidence must lie above 0: low is above 0 and not above high",
)
_COLON = Sentence(zh="不能含冒号", en="must not hold a colon")
_FINE = Sentence(zh="比例须为 0.01 % 的整数倍", en="a share is a whole multiple of 0.01 %")


def read(reader: Reader) -> Saves:
    """Read saves.toml. A strategy without it offers nothing to those who leave."""
    saves = Saves(
        memory_days=reader.whole("memory_days", 365, least=1),
        repeat_days=reader.whole("repeat_days", 7, least=0),
        accepted_per_year=reader.whole("accepted_per_year", 1, least=0),
        holdout_share=_share(reader),
        holdout_salt=_salt(reader),
        bypass_reasons=reader.names("bypass_reasons", default=()),
        abandoned_after_hours=reader.whole("abandoned_after_hours", 24, least=1),
        refunds_unused=reader.flag("refunds_unused", False),
        offers={(save := _save(one)).id: save for one in reader.each("save", unique="id")},
    )
    rungs = sorted({one.rung for one in saves.offers.values() if one.rung})
    if rungs != list(range(1, len(rungs) + 1)):
        reader.refuse("save", _GAP.fill(found=rungs))
    _check_order(saves, reader)
    return saves


def _check_order(saves: Saves, reader: Reader) -> None:
    """A deeper step stands behind a gentler one, unless evidence is attached (L4)."""
    every = list(saves.offers.values())
    for place, one in enumerate(every):
        gentler = [
            later.id for later in every[place + 1 :] if LADDER[later.kind] < LADDER[one.kind]
        ]
        if gentler and one.evidence is None:
            reader.refuse(f"save[{one.id}]", _OUT_OF_TURN.fill(save=one.id, gentler=gentler[0]))


def _evidence(reader: Reader) -> Evidence | None:
    if not reader.has("evidence"):
        return None
    table = reader.below("evidence")
    shown = Evidence(table.text("source"), table.share("low"), table.share("high"))
    if not 0 < shown.low <= shown.high:
        table.refuse("low", _NOT_SHOWN)
    table.done()
    return shown


def _fair(reader: Reader, key: str) -> Sentence:
    """A sentence that the customer reads, which tells and does not press (R-A-082)."""
    said = reader.sentence(key)
    for language in LANGUAGES:
        for one in pressing(said.say(language)):
            reader.refuse(f"{key}.{language}", one.said)
    return said


def _save(reader: Reader) -> Save:
    kind = reader.choice("kind", SaveKind)
    wanted = _FIELDS[kind]
    for field in sorted(frozenset().union(*_FIELDS.values()) - wanted):
        if reader.has(field):
            reader.refuse(field, _NOT_OF_KIND.fill(kind=kind, field=field))
    return Save(
        id=reader.name("id"),
        name=reader.sentence("name"),
        text=_fair(reader, "text"),
        published=_fair(reader, "published"),
        kind=kind,
        rung=reader.whole("rung", 0, most=9),
        reasons=reader.names("reasons", default=()),
        discount_share=reader.share("discount") if "discount" in wanted else Decimal(0),
        buy_months=reader.whole("buy_months", least=1) if "buy_months" in wanted else 0,
        free_months=reader.whole("free_months", least=1) if "free_months" in wanted else 0,
        pause_months=reader.whole("pause_months", least=1) if "pause_months" in wanted else 0,
        extension_days=reader.whole("extension_days", 0) if "extension_days" in wanted else 0,
        valid_days=reader.whole("valid_days", 30, least=1, most=365),
        eligible=rule_at(reader, "eligible", features=FACTS, optional=True),
        evidence=_evidence(reader),
    )


def _share(reader: Reader) -> Decimal:
    share = reader.share("holdout", Decimal("0.05"), most=Decimal("0.5"))
    if (share * BUCKETS) % 1 != 0:
        reader.refuse("holdout", _FINE)
    return share


def _salt(reader: Reader) -> str:
    salt = reader.text("holdout_salt", "saves-1")
    if ":" in salt:
        reader.refuse("holdout_salt", _COLON)
    return salt
