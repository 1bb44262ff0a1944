"""Marks that are drawn exactly as the reference design has them: icons, steps, bars, intervals."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from tenure.surfaces import wording

register = template.Library()

RISK_NAMES = {
    1: gettext_lazy("Low"),
    2: gettext_lazy("Medium"),
    3: gettext_lazy("High"),
    4: gettext_lazy("Critical"),
}
FULL_RISK_NAMES = {
    1: gettext_lazy("Low risk"),
    2: gettext_lazy("Medium risk"),
    3: gettext_lazy("High risk"),
    4: gettext_lazy("Critical risk"),
}


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
def risk(
    band: int | None,
    probability: float | None = None,
    *,
    full: bool = False,
    is_average: bool = False,
) -> SafeString:
    """Four steps, the word and the probability: never a colour alone.

    An average of the plan, which stands in for an estimator that is not better than chance, has
    no steps and says so: it tells nobody from anybody.
    """
    if not band:
        return format_html('<span class="t3">{}</span>', "—")
    if is_average:
        said = gettext("not better than chance; average of the plan")
        share = "" if probability is None else f" {wording.percent(probability, digits=0)}"
        return format_html('<span class="t2 s13">{}{}</span>', said, share)
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
        (FULL_RISK_NAMES if full else RISK_NAMES)[band],
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


@register.simple_tag
def delta(change: float | None, *, falling_is_better: bool = False) -> SafeString:
    """An arrow with the size of a change in percentage points; nothing where it is not known."""
    if change is None:
        return SafeString("")
    text = wording.figure(abs(change) * 100, digits=1)
    if text == "0.0":
        return format_html('<span class="tn-delta">± {}</span>', text)
    is_better = (change > 0) != falling_is_better
    return format_html(
        '<span class="tn-delta tn-delta--{}">{} {}</span>',
        "good" if is_better else "bad",
        "▲" if change > 0 else "▼",
        text,
    )
