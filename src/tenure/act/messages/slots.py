"""The slots of a message: what is known about its reader, in words of one language."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from tenure.act.consequences.ends.rules import Countdown
from tenure.act.consequences.queries import catalog_steps
from tenure.act.consequences.rules import Export, consequences, first_loss
from tenure.act.messages.aftermath import leaving_slots
from tenure.act.messages.declines import said_of
from tenure.act.messages.hanging import DueFacts
from tenure.act.messages.own_confirming import confirming_slots
from tenure.act.messages.own_waiver import waiver_slots
from tenure.act.messages.presents import benefit_slots, gift_slots
from tenure.act.messages.terms import TermFacts
from tenure.act.messages.tokens import token_of
from tenure.act.messages.usage import NOTHING_KNOWN, Used
from tenure.act.messages.wording import dated, gigabytes, priced
from tenure.act.messages.works import maintenance_slots
from tenure.act.prices.decided import Given
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.catalog.rules import NoPrice
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.strategy.library import About, ItemKind, told_to
from tenure.strategy.sections import Strategy

_LIBRARY: Final = {
    "previews": ItemKind.PREVIEW,
    "news": ItemKind.NEWS,
    "cases": ItemKind.CASE,
}
_LINKED: Final = ("renew", "cancel", "unsubscribe", "survey", "export", "confirm")
_METHODS: Final = {
    "wechat": Sentence(zh="微信支付", en="WeChat Pay"),
    "alipay": Sentence(zh="支付宝", en="Alipay"),
    "card": Sentence(zh="银行卡", en="your card"),
    "bank": Sentence(zh="银行账户", en="your bank account"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a text speaks to, and when."""

    name: str
    language: str
    on: date
    message_id: int | None = None
    used: Used = NOTHING_KNOWN
    export: Export | None = None
    given: Given | None = None
    code: str = ""
    benefit: Benefit | None = None
    countdown: Countdown | None = None


def slots_for(
    reader: Reader, *, term: TermFacts, strategy: Strategy, asked: Collection[str]
) -> dict[str, object]:
    """What a template names, as far as it is known; the rest stays undefined.

    Only what is `asked` for is worked out: links are sealed, prices quoted and letters' subjects
    read one by one.
    """
    language, needed = reader.language, _needed(frozenset(asked))
    business = strategy.business
    found = dict(_of_business(strategy, language))
    for name, told in needed.told:
        found[name] = told(reader, term)
    if "library" in needed.groups:
        found |= _of_library(reader, term, strategy=strategy, asked=asked)
    if "prices" in needed.groups:
        found |= _of_prices(term, asked=asked)
    if term.due is not None:
        found |= _of_due(term.due, zone=business.zone, language=language)
    if "use" in needed.groups:
        found |= _of_use(reader, term)
    if "lapse" in needed.groups:
        found |= _of_lapse(term, strategy=strategy, language=language)
    found |= _of_links(reader, portal=business.portal_url, asked=needed.linked)
    if reader.export is not None:
        found |= _of_export(reader.export, language)
    if reader.countdown is not None:
        found |= _of_countdown(reader.countdown, language)
    if "leaving" in needed.groups:
        found |= leaving_slots(term.term_id, strategy=strategy, language=language)
    if "benefit" in needed.groups:
        found |= benefit_slots(reader.benefit, language=language)
    if "gift" in needed.groups:
        found |= gift_slots(reader.message_id, strategy=strategy, language=language)
    if "maintenance" in needed.groups:
        found |= maintenance_slots(reader.message_id, zone=business.zone, language=language)
    if "waived" in needed.groups:
        found |= waiver_slots(reader.message_id, zone=business.zone)
    if "confirm_text" in asked:
        found |= confirming_slots(reader.message_id)
    if reader.given is not None:
        found |= _of_offer(reader.given, term=term, language=language)
        if reader.given.saves is not None and asks_offer(asked):
            found |= _of_offer_price(reader.given, term=term)
    return found


@lru_cache(maxsize=64)
def _of_business(strategy: Strategy, language: str) -> dict[str, object]:
    """What every text of a business may say."""
    business = strategy.business
    return {
        "business_name": business.name.say(language),
        "support_phone": business.support_phone,
        "postal_address": business.postal_address.say(language),
    }


def _last_day(reader: Reader, term: TermFacts) -> str:
    return dated(term.ends_on - timedelta(days=1), reader.language)


def _tariffs(reader: Reader, term: TermFacts) -> list[dict[str, object]]:
    return [
        {"name": name.say(reader.language), "months": months, "price": priced(price)}
        for name, months, price in term.tariffs
    ]


# What is said of a reader and a term as they stand there, by the name of its slot.
_TOLD: Final[Mapping[str, Callable[[Reader, TermFacts], object]]] = {
    "customer_name": lambda reader, term: reader.name or term.account_name,
    "plan_name": lambda reader, term: term.plan_name.say(reader.language),
    "ends_on": _last_day,
    "days_left": lambda reader, term: (term.ends_on - reader.on).days,
    "renewals_count": lambda _, term: term.number - 1 or None,
    "tenure_years": lambda reader, term: _whole_years(term.started_on, reader.on) or None,
    "cycle_months": lambda _, term: term.cycle_months,
    "owner_name": lambda _, term: term.owner_name,
    "deduct_on": lambda reader, term: dated(term.ends_on, reader.language),
    "cancel_by_on": _last_day,
    "payment_method": lambda reader, term: _method(term.paid_by, reader.language),
    "tariffs": _tariffs,
    "login_code": lambda reader, _: reader.code or None,
}
_OF_USE: Final = frozenset(
    {"benefits", "usage_gb", "active_days", "usage_before_gb", "active_before_days"}
)


@dataclass(frozen=True, slots=True)
class _Needed:
    """What a text asks for, sorted once for all its readers."""

    told: tuple[tuple[str, Callable[[Reader, TermFacts], object]], ...]
    linked: tuple[str, ...]  # purposes
    groups: frozenset[str]


@lru_cache(maxsize=512)
def _needed(asked: frozenset[str]) -> _Needed:
    groups = {name.partition("_")[0] for name in asked if "_" in name}
    groups &= {"lapse", "leaving", "benefit", "gift", "maintenance", "waived"}
    if not _LIBRARY.keys().isdisjoint(asked):
        groups.add("library")
    if "price" in asked or "options" in asked:
        groups.add("prices")
    if asks_use(asked):
        groups.add("use")
    return _Needed(
        told=tuple((name, _TOLD[name]) for name in asked if name in _TOLD),
        linked=tuple(purpose for purpose in _LINKED if f"{purpose}_url" in asked),
        groups=frozenset(groups),
    )


def asks_use(asked: Collection[str]) -> bool:
    """Whether a text that names these slots says what its reader used."""
    return not _OF_USE.isdisjoint(asked)


def asks_price(asked: Collection[str]) -> bool:
    """Whether a text that names these slots may need to know what renewing costs."""
    return "price" in asked or "options" in asked or asks_offer(asked)


def asks_offer(asked: Collection[str]) -> bool:
    """Whether a text that names these slots says what an offer comes to."""
    return "offer_price" in asked or "offer_saves" in asked


def asks_export(asked: Collection[str]) -> bool:
    """Whether a text that names these slots counts down to the end of exporting."""
    return any(name.startswith("export_") for name in asked)


def _of_prices(term: TermFacts, *, asked: Collection[str]) -> dict[str, object]:
    """What the link in a text charges; where there is none to follow, what was agreed to."""
    found: dict[str, object] = {}
    if "price" in asked:
        agreed = None if "renew_url" in asked else term.agreed
        found["price"] = priced(agreed or term.charges.price)
    if "options" in asked:
        ways = [(one, term.charges.cost(one).to_pay) for one in term.charges.cycles]
        known = sorted(ways) or [(term.cycle_months, term.charges.price)]
        found["options"] = [{"months": months, "price": priced(one)} for months, one in known]
    return found


def _whole_years(started_on: date, on: date) -> int:
    return on.year - started_on.year - ((on.month, on.day) < (started_on.month, started_on.day))


def _method(paid_by: str, language: str) -> str:
    known = _METHODS.get(paid_by.partition("_")[0])
    return known.say(language) if known else paid_by


def _of_due(due: DueFacts, *, zone: str, language: str) -> dict[str, object]:
    """The automatic payment exactly as it is planned: its day, its amount, its way (R-A-011)."""
    found: dict[str, object] = {
        "price": priced(due.amount),
        "deduct_on": dated(due.due_on, language),
        "cancel_by_on": dated(due.due_on - timedelta(days=1), language),
        "payment_method": _method(due.method, language),
    }
    if due.decline_code:
        found["decline_reason"] = said_of(due.decline_code).say(language)
    if due.retry_at is not None:
        found["retry_on"] = dated(today(zone, due.retry_at), language)
    return found


def _of_use(reader: Reader, term: TermFacts) -> dict[str, object]:
    """A use of nothing is not worth a sentence: it is left out like what is not known."""
    used = reader.used
    names = (term.gives.get(code) for code in used.most)
    return {
        "benefits": [name.say(reader.language) for name in names if name is not None],
        "usage_gb": gigabytes(used.usage_gb) if used.usage_gb else None,
        "active_days": used.active_days or None,
        "usage_before_gb": gigabytes(used.usage_before_gb) if used.usage_before_gb else None,
        "active_before_days": used.active_before_days or None,
    }


def _of_library(
    reader: Reader, term: TermFacts, *, strategy: Strategy, asked: Collection[str]
) -> dict[str, object]:
    """What comes next, what is new and cases alike, for this reader (VAL-02, JRN-13, JRN-16)."""
    kinds = {name: kind for name, kind in _LIBRARY.items() if name in asked}
    if not kinds:
        return {}
    about = About(
        plan=term.plan_code,
        modules=reader.used.most,
        kind=term.account_kind,
        industry=str(term.attributes.get("industry", "")),
        size=str(term.attributes.get("size", "")),
    )
    items = strategy.library.items.values()
    found: dict[str, object] = {"previews": []} if "previews" in kinds else {}
    for name, kind in kinds.items():
        if told := told_to(about, items, kind=kind, on=reader.on):
            found[name] = [one.text.say(reader.language) for one in told]
    return found


def _of_lapse(term: TermFacts, *, strategy: Strategy, language: str) -> dict[str, object]:
    """What a lapse really does, from the policy the term was sold under (JRN-05)."""
    steps = term.lapse or catalog_steps(strategy.catalog.plans.get(term.plan_code))
    told = consequences(steps, term.ends_on)
    found: dict[str, object] = {"lapse_steps": [one.said.say(language) for one in told]}
    loss = first_loss(told)
    if loss is not None:
        found |= {
            "lapse_effect": loss.effect.say(language),
            "lapse_day": dated(loss.on, language),
        }
    return found


def _of_export(export: Export, language: str) -> dict[str, object]:
    """The countdown to the end of exporting; the caller has checked that it is true (TOP-14)."""
    return {
        "export_size": export.size,
        "export_days_left": export.days_left,
        "export_by_on": dated(export.last_on, language),
    }


def _of_countdown(after: Countdown, language: str) -> dict[str, object]:
    """What follows the end of everything that a customer had (R-P-009)."""
    return {
        "after_ended_on": dated(after.ended_on, language),
        "after_export_until": dated(after.export_until, language),
        "after_delete_on": dated(after.delete_on, language),
    }


def _of_links(reader: Reader, *, portal: str, asked: Collection[str]) -> dict[str, object]:
    if reader.message_id is None:
        return {"renew_url": f"{portal}/renew", "cancel_url": f"{portal}/cancel"}
    return {
        f"{purpose}_url": f"{portal}/{purpose}/{token_of(reader.message_id, purpose=purpose)}"
        for purpose in asked
    }


def _of_offer(given: Given, *, term: TermFacts, language: str) -> dict[str, object]:
    found: dict[str, object] = {
        "offer_name": given.name.say(language),
        "offer_months": given.months,
        "coupon_code": given.coupon_code,
    }
    if given.valid_until is not None:
        found["offer_ends_on"] = dated(given.valid_until, language)
    if given.extension_days:
        last_on = term.ends_on + timedelta(days=given.extension_days - 1)
        found |= {
            "extension_days": given.extension_days,
            "new_ends_on": dated(last_on, language),
        }
    return found


def _of_offer_price(given: Given, *, term: TermFacts) -> dict[str, object]:
    """What the offer comes to when its link is followed; nothing where it takes nothing off."""
    try:
        cost = term.charges.cost(given.months)
    except NoPrice:
        return {}
    if cost.to_pay >= cost.list_total:
        return {}
    return {
        "offer_price": priced(cost.to_pay),
        "offer_saves": priced(cost.list_total - cost.to_pay),
    }
