"""Template tags that print exactly the markup of the reference design."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, ngettext

from tenure.decide.decisions.queries import Capacity
from tenure.kernel.money import Money
from tenure.records.catalog.models import Plan
from tenure.surfaces import wording
from tenure.surfaces.console import wordbook
from tenure.surfaces.console.templatetags import tenure_marks

register = template.Library()

FAR_BELOW = 25
SMALL_SHARE = 0.1
LARGE_COUNT = 100
HALF_A_YEAR = 182  # days

# Pages load one library.
register.tags.update(tenure_marks.register.tags)


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage."""
    return wording.percent(share, digits=digits)


@register.filter
def points(share: float | None) -> str:
    """A difference of shares in percentage points, signed."""
    return wording.points(share)


@register.filter
def signed(value: float | None) -> str:
    """A whole number with its sign; a dash where it is not known."""
    if value is None:
        return "—"
    text = wording.figure(value)
    return f"+{text}" if value > 0 and text != "0" else text


@register.filter
def percent_figure(share: float) -> str:
    """A share times a hundred, the sign standing beside it: two digits below ten per cent."""
    return wording.figure(share * 100, digits=2 if abs(share) < SMALL_SHARE else 1)


def _digits(size: float) -> int:
    return 2 if size < 1 else int(size < LARGE_COUNT)


@register.filter
def tenths(value: float) -> str:
    """An estimated count with its sign: two digits where it is small, none where it is large."""
    text = wording.figure(value, digits=_digits(abs(value)))
    return f"+{text}" if value > 0 else text


@register.filter
def share_of_limit(one: Capacity) -> float:
    """How much of a capacity is used, 0 to 100."""
    return one.used / one.limit * 100 if one.limit else 0.0


@register.filter
def arm_name(arm: str) -> str:
    """An arm of the holdout as people call it."""
    return str(wordbook.word(wordbook.ARMS, arm))


@register.filter
def brief(day: date, today: date) -> str:
    """08-22; with its year where another day of that name lies nearer to today."""
    is_near = abs((day - today).days) <= HALF_A_YEAR
    return day.strftime("%m-%d" if is_near else "%Y-%m-%d")


@register.filter
def term_clock(ends_on: date, today: date) -> str:
    """T-9: nine days before the end of a term; T+2: two days after it."""
    days = (ends_on - today).days
    return f"T-{days}" if days >= 0 else f"T+{-days}"


@register.filter
def part_tone(score: float, line: float) -> str:
    """The tone of a bar: fine at or above a line, bad far below it."""
    if score >= line:
        return "fil"
    return "badf" if score < line - FAR_BELOW else "warnf"


@register.filter
def plan_name(plan: Plan) -> str:
    """How people call a plan, in the reader's language."""
    chinese = wording.is_chinese(wording.reader_language())
    return plan.name_zh if chinese else plan.name_en


@register.filter
def figure(value: float | None) -> str:
    """A whole number with separators."""
    return "—" if value is None else wording.figure(value)


@register.simple_tag
def money(amount_minor: int | None, currency: str) -> str:
    """An amount with its symbol."""
    return wording.money(amount_minor, currency)


@register.simple_tag
def short_money(amount_minor: int | None, currency: str) -> str:
    """A large amount in 万 or k."""
    return wording.money_short(amount_minor, currency, language=wording.reader_language())


@register.filter
def amount(value: Money | None) -> str:
    """Money with its symbol, decimals only where they say something."""
    return "—" if value is None else wording.money(value.amount_minor, value.currency)


@register.filter
def receipt(value: Money | None) -> str:
    """Money as on a receipt: always with its decimals."""
    if value is None:
        return "—"
    return wording.money(value.amount_minor, value.currency, decimals=True)


@register.filter
def prose(day: date | None, year: str = "") -> str:
    """A day in running text; with "year" the year too."""
    if day is None:
        return "—"
    return wording.day(day, wording.reader_language(), year=bool(year))


@register.filter
def cycle(months: int) -> str:
    """How often is paid: monthly, yearly, every so many months."""
    return wording.cycle(months, wording.reader_language())


@register.filter
def cycle_said(months: int) -> str:
    """How long a term is: one year, two years, so many months."""
    years, left = divmod(months, 12)
    if left or not years:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


@register.filter
def time_of_day(at: datetime, zone: str) -> str:
    """The time on the wall of a zone."""
    return wording.clock(at, zone)


@register.filter
def masked(name: str, sees_people: bool) -> str:
    """A name, or only its first character for whoever may not see people."""
    return name if sees_people else wording.masked_name(name)


@register.filter
def large(value: float) -> str:
    """A large count in 万 or k."""
    return wording.large(value, wording.reader_language())


@register.filter
def said(sentence: object) -> str:
    """A Sentence in the reader's language; plain text stays as it is."""
    say = getattr(sentence, "say", None)
    return str(sentence) if say is None else str(say(wording.reader_language()))


WORDS = {
    "message": wordbook.MESSAGE_STATES,
    "carriage": wordbook.CARRIAGES,
    "class": wordbook.MESSAGE_CLASSES,
    "channel": wordbook.CHANNELS,
    "term": wordbook.TERM_STATES,
    "todo": wordbook.TODO_KINDS,
    "department": wordbook.DEPARTMENTS,
    **wordbook.OF_PROMISES,
    "ticket": wordbook.TICKET_KINDS,
    "account": wordbook.ACCOUNT_KINDS,
    "payment": wordbook.PAYMENT_STATES,
    "method": wordbook.PAYMENT_METHODS,
    **(wordbook.OF_REFUNDS | wordbook.OF_AUDIENCES | wordbook.OF_MEETINGS),
    "deduction": wordbook.DEDUCTION_STATES,
    "finding": wordbook.FINDINGS,
    "statement": wordbook.STATEMENT_LINES,
    "cancellation": wordbook.CANCELLATION_STATES,
    "data_request": wordbook.DATA_REQUESTS,
    "data_state": wordbook.DATA_STATES,
    "invoice": wordbook.INVOICE_STATES,
    "invoice_kind": wordbook.INVOICE_KINDS,
    "contract": wordbook.CONTRACT_STATES,
    "document": wordbook.DOCUMENT_KINDS,
    "batch": wordbook.BATCH_STATES,
    "stage": wordbook.STAGES,
    "segment_group": wordbook.SEGMENT_GROUPS,
    "batch_line": wordbook.BATCH_LINE_STATES,
    "goodwill": wordbook.GOODWILL_STATES,
    "plan": wordbook.PLAN_STATES,
    "campaign": wordbook.CAMPAIGN_STATES,
    "campaign_stage": wordbook.CAMPAIGN_STAGES,
}


@register.filter
def word(code: str, book: str) -> str:
    """The word for a stored code, by the book it belongs to."""
    return str(wordbook.word(WORDS[book], code))


@register.filter
def tone(state: str) -> str:
    """good, warn or bad for the state of a message."""
    return wordbook.MESSAGE_TONES.get(state, "")


@register.filter
def money_tone(state: str) -> str:
    """good, warn or bad for the state of a payment, a refund or a deduction."""
    return wordbook.MONEY_TONES.get(state, "")


@register.filter
def clock(at: datetime | None, zone: str) -> str:
    """An instant on the wall of the business's zone; who points at it reads it in UTC (R-U-046)."""
    if at is None:
        return "—"
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        utc.strftime("%Y-%m-%d %H:%M"),
        at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"),
    )


@register.filter
def in_language(texts: Mapping[str, str] | None) -> str:
    """The text for the reader out of a stored pair of languages."""
    if not texts:
        return "—"
    chinese = wording.is_chinese(wording.reader_language())
    return texts.get("zh-Hans" if chinese else "en", "—")


@register.simple_tag
def bilingual(row: object, field: str) -> str:
    """The column of a row for the reader's language: `title_zh` or `title_en`."""
    chinese = wording.is_chinese(wording.reader_language())
    return str(getattr(row, f"{field}_{'zh' if chinese else 'en'}"))


PAYMENT_STATES = {
    "created": gettext_lazy("begun"),
    "pending": gettext_lazy("being confirmed"),
    "unknown": gettext_lazy("being confirmed"),
    "succeeded": gettext_lazy("paid"),
    "won": gettext_lazy("paid"),
    "failed": gettext_lazy("did not go through"),
    "closed": gettext_lazy("not used"),
    "expired": gettext_lazy("not paid in time"),
    "disputed_amount": gettext_lazy("being checked"),
    "partially_refunded": gettext_lazy("partly sent back"),
    "refunded": gettext_lazy("sent back"),
    "charged_back": gettext_lazy("taken back by the bank"),
    "lost": gettext_lazy("taken back by the bank"),
}


@register.filter
def payment_state(state: str) -> str:
    """How a payment stands, in a customer's words."""
    return str(PAYMENT_STATES.get(state, state))


DEVICES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
BROWSERS = {
    "MicroMessenger": "WeChat",
    "AlipayClient": "Alipay",
    "Edg/": "Edge",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}


@register.filter
def device(agent: str) -> str:
    """A browser and its machine, as far as its own words tell: Chrome, Windows."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    machine = next((name for name in DEVICES if name in agent), "")
    told = ", ".join(one for one in (browser, machine) if one)
    return told or gettext("an unknown device")


@register.filter
def plotted(value: float) -> str:
    """A coordinate of a drawing: the same in every language."""
    return f"{value:.1f}"
