"""What an offer hands over beside the price: what it costs us, how many there are, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.components import Entitlement, entitlements
from tenure.strategy.reading import Reader


class When(StrEnum):
    """When something promised is due: with the choice, or when the term is renewed."""

    AT_ONCE = "at_once"
    ON_RENEWAL = "on_renewal"


class IfWithdrawn(StrEnum):
    """What becomes of a promise when its offer is withdrawn."""

    HONOUR = "honour"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Handed:
    """One thing beside the price (OFR-15).

    `cost` is what handing over one costs us (a credit costs itself); `stock` how many there are,
    in every month where `is_monthly`, None without limit. `stacks` says whether it may stand beside
    another promise of the term. `gives` are switched on for `days`; `credit` goes to the balance.
    Once the offer is withdrawn, a promise is kept, or `replaced_by` takes its place. What belongs
    to a `module` is only for those whose use it is most of, with `least_share` of it or more
    (OFR-13).
    """

    cost: Money
    when: When
    stock: int | None = None
    is_monthly: bool = False
    stacks: bool = False
    team: Sentence | None = None
    within_days: int = 7
    days: int = 0
    gives: tuple[Entitlement, ...] = ()
    credit: Money | None = None
    if_withdrawn: IfWithdrawn = IfWithdrawn.HONOUR
    replaced_by: str = ""
    module: str = ""
    least_share: Decimal = Decimal(0)


_OF_KIND: Final[Mapping[str, frozenset[str]]] = {
    "benefit": frozenset({"days", "entitlement"}),
    "credit": frozenset({"credit"}),
    "goods": frozenset({"team", "within_days"}),
    "expert": frozenset({"team", "within_days"}),
    "make_up": frozenset(),
}
_NOT_OF_KIND = Sentence(
    zh="kind 为“{kind}”的动作不交付“{field}”；请删去",
    en="an offer of the kind “{kind}” hands over no “{field}”; remove it",
)
_GIVES_NOTHING = Sentence(
    zh="没有写明给出哪些权益；请至少写一项 entitlement",
    en="it does not say which rights it gives; write at least one entitlement",
)
_NO_TEAM = Sentence(
    zh="要由人交付，请写明由哪个团队负责（team）",
    en="people hand it over: say which team does",
)
_NO_REPLACEMENT = Sentence(
    zh="if_withdrawn 为 replace 时须写明 replaced_by",
    en="with if_withdrawn = replace, say what it is replaced by",
)


def handed_at(reader: Reader, kind: str, *, zero: Money) -> Handed:
    """Read the table `handed` of one offer.

    Raises:
        StrategyError: something is missing, or does not belong to its kind.
    """
    wanted = _OF_KIND[kind]
    for field in sorted(frozenset[str]().union(*_OF_KIND.values()) - wanted):
        if reader.has(field):
            reader.refuse(field, _NOT_OF_KIND.fill(kind=str(kind), field=field))
    credit = reader.money("credit") if "credit" in wanted else None
    found = Handed(
        cost=reader.money("cost", credit or zero),
        when=reader.choice("when", When, default=When.ON_RENEWAL),
        stock=reader.whole_or_none("stock"),
        is_monthly=reader.flag("stock_is_monthly", False),
        stacks=reader.flag("stacks", False),
        team=reader.sentence("team") if reader.has("team") else None,
        within_days=reader.whole("within_days", 7, least=1, most=90),
        days=reader.whole("days", least=1, most=3660) if "days" in wanted else 0,
        gives=entitlements(reader) if "entitlement" in wanted else (),
        credit=credit,
        if_withdrawn=reader.choice("if_withdrawn", IfWithdrawn, default=IfWithdrawn.HONOUR),
        replaced_by=reader.name("replaced_by", ""),
        module=reader.name("module", ""),
        least_share=reader.share("module_share", Decimal(0)),
    )
    if "entitlement" in wanted and not found.gives:
        reader.refuse("entitlement", _GIVES_NOTHING)
    if "team" in wanted and found.team is None:
        reader.refuse("team", _NO_TEAM)
    if (found.if_withdrawn is IfWithdrawn.REPLACE) != bool(found.replaced_by):
        reader.refuse("replaced_by", _NO_REPLACEMENT)
    reader.done()
    return found
