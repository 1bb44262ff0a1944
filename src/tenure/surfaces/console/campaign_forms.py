"""What the forms of a campaign say, read or refused in one sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.http import HttpRequest

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.campaigns.actions import NewCampaign
from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.refusals import BadCampaign
from tenure.records.campaigns.states import CampaignKind
from tenure.strategy.sections import Strategy
from tenure.surfaces.editing import version_tag
from tenure.understand.segments.queries import known

# What the form of a plan holds.
_PLANNED: Final = (
    "name", "purpose", "kind", "owner", "audiences", "starts_on", "ends_on", "control_share",
)  # fmt: skip
_NO_SEGMENT = Sentence(
    zh="没有名为“{name}”的人群，请从列表中选择",
    en="there is no audience “{name}”; choose one of the list",
)
_NOT_READ = Sentence(zh="“{value}”读不懂，请检查", en="“{value}” cannot be read; check it")


def planned(request: HttpRequest, strategy: Strategy, *, as_of: date) -> NewCampaign:
    """What the form of a plan says.

    Raises:
        BadCampaign: a segment that is none, a day or a number that cannot be read.
    """
    audiences, every = request.POST.getlist("audience"), known(as_of=as_of, strategy=strategy)
    unknown = next((one for one in audiences if one not in every), None)
    if unknown is not None:
        raise BadCampaign(why=_NO_SEGMENT.fill(name=unknown[:60]))
    return NewCampaign(
        name=request.POST.get("name", ""),
        starts_on=day(request, "starts_on"),
        ends_on=day(request, "ends_on"),
        currency=strategy.at(as_of).business.currency,
        audiences=audiences,
        owner=request.POST.get("owner", ""),
        purpose=request.POST.get("purpose", ""),
        kind=CampaignKind.REFERRAL if request.POST.get("referral") else CampaignKind.PLAIN,
        control_share=int(number(request, "control") * 100),
    )


def day(request: HttpRequest, name: str) -> date:
    """A day as the browser sends it."""
    given = request.POST.get(name, "")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadCampaign(why=_NOT_READ.fill(value=given)) from None


def number(request: HttpRequest, name: str) -> Decimal:
    """A number of ordinary size."""
    given = request.POST.get(name, "").strip()
    try:
        value = Decimal(given)
    except InvalidOperation:
        raise BadCampaign(why=_NOT_READ.fill(value=given)) from None
    if not value.is_finite() or abs(value) > 10**9:
        raise BadCampaign(why=_NOT_READ.fill(value=given))
    return value


def money(request: HttpRequest, name: str, *, currency: str) -> Money:
    """An amount in a currency, rounded to its hundredths."""
    return Money.parse(f"{number(request, name):.2f} {currency}")


def plan_tag(campaign: Campaign) -> str:
    """The version of a plan that a form is made from (R-E-026)."""
    return version_tag(campaign.pk, *(getattr(campaign, name) for name in _PLANNED))
