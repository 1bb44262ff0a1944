"""Template tags that print exactly the markup of the reference design."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from tenure.surfaces import wording
from tenure.surfaces.console import wordbook

register = template.Library()

RISK_NAMES = {
    1: gettext_lazy("Low"),
    2: gettext_lazy("Medium"),
    3: gettext_lazy("High"),
    4: gettext_lazy("Critical"),
}
INTERVENTION_LINE = 70


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One icon of the sprite, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " icon-s" if size == "s" else "",
        static("tenure/icons.svg"),
        name,
    )


@register.simple_tag
def risk(band: int | None, probability: float | None = None) -> SafeString:
    """Four steps, the word and the probability: never a colour alone."""
    if not band:
        return format_html('<span class="t3">{}</span>', "—")
    steps = format_html_join(
        "",
        '<rect x="{}" width="5" height="10" rx="1" class="{}"/>',
        ((7 * step, "on" if step < band else "off") for step in range(4)),
    )
    return format_html(
        '<span class="tn-risk tn-risk--{}"><svg viewBox="0 0 26 10" aria-hidden="true">{}</svg>'
        "{}{}</span>",
        band,
        steps,
        RISK_NAMES[band],
        "" if probability is None else f" {wording.percent(probability, digits=0)}",
    )


@register.simple_tag
def bar(share: float, tone: str = "fil", tick: float | None = None) -> SafeString:
    """A bar of 0 to 100; `tone` is fil, warnf, badf or goodf; `tick` marks a line on it."""
    mark = (
        ""
        if tick is None
        else format_html('<rect class="tick" x="{}" width="0.6" height="6"/>', f"{tick:.1f}")
    )
    return format_html(
        '<svg class="tn-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="trk" width="100" height="6"/>'
        '<rect class="{}" width="{}" height="6"/>{}</svg>',
        tone,
        f"{min(max(share, 0.0), 100.0):.1f}",
        mark,
    )


@register.simple_tag
def interval(low: float, point: float, high: float) -> SafeString:
    """A line from low to high with its point and a dotted zero, on its own scale."""
    left, right = min(low, 0.0), max(high, 0.0)
    width = (right - left) or 1.0

    def x(value: float) -> str:
        return f"{(value - left) / width * 200:.1f}"

    return format_html(
        '<svg class="tn-ci{}" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="zero" x1="{}" x2="{}" y1="0" y2="16"/>'
        '<line class="rng" x1="{}" x2="{}" y1="8" y2="8"/>'
        '<rect class="pt" x="{}" y="3" width="3" height="10"/></svg>',
        " tn-ci--mut" if low <= 0 <= high else "",
        x(0),
        x(0),
        x(low),
        x(high),
        x(point),
    )


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage."""
    return wording.percent(share, digits=digits)


@register.filter
def points(share: float | None) -> str:
    """A difference of shares in percentage points, signed."""
    return wording.points(share)


@register.filter
def figure(value: float | None) -> str:
    """A whole number with separators."""
    return "—" if value is None else wording.figure(value)


@register.simple_tag
def money(amount_minor: int | None, currency: str) -> str:
    """An amount with its symbol."""
    return wording.money(amount_minor, currency)


@register.filter
def large(value: float) -> str:
    """A large count in 万 or k."""
    return wording.large(value, get_language() or "zh-hans")


@register.filter
def said(sentence: object) -> str:
    """A Sentence in the reader's language; plain text stays as it is."""
    say = getattr(sentence, "say", None)
    return str(sentence) if say is None else str(say(get_language() or "zh-hans"))


WORDS = {
    "message": wordbook.MESSAGE_STATES,
    "class": wordbook.MESSAGE_CLASSES,
    "channel": wordbook.CHANNELS,
    "term": wordbook.TERM_STATES,
    "todo": wordbook.TODO_KINDS,
    "account": wordbook.ACCOUNT_KINDS,
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
def clock(at: datetime | None, zone: str) -> str:
    """An instant on the wall of the business's zone."""
    return "—" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@register.filter
def in_language(texts: Mapping[str, str] | None) -> str:
    """The text for the reader out of a stored pair of languages."""
    if not texts:
        return "—"
    chinese = wording.is_chinese(get_language() or "zh-hans")
    return texts.get("zh-Hans" if chinese else "en", "—")
