"""Ways to pay, by what the reader's browser can do."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tenure.act.payments import registry

# For each kind of browser the methods in order; of each provider the first that is offered.
_BY_BROWSER: Final = {
    "wechat": ("wechat_jsapi", "wechat_native", "card"),
    "alipay": ("alipay_wap", "card"),
    "phone": ("wechat_h5", "wechat_native", "alipay_wap", "alipay_page", "card"),
    "desk": ("wechat_native", "alipay_page", "alipay_precreate", "card"),
}
_EVERYWHERE: Final = ("unionpay_form", "unionpay", "bank_transfer", "bank", "transfer")
# Needs the reader's own id at WeChat, which only an official account can give.
_NEEDS_PAYER: Final = frozenset({"wechat_jsapi"})
NAMES: Final[dict[str, Promise]] = {
    "wechat": gettext_lazy("WeChat Pay"),
    "alipay": gettext_lazy("Alipay"),
    "stripe": gettext_lazy("Bank card"),
    "unionpay": gettext_lazy("UnionPay"),
    "bank": gettext_lazy("Bank transfer"),
    "free": gettext_lazy("Nothing to pay"),
}
HINTS: Final[dict[str, Promise]] = {
    "wechat_native": gettext_lazy("Scan a code with WeChat"),
    "alipay_precreate": gettext_lazy("Scan a code with Alipay"),
    "bank": gettext_lazy("Renewed when the money arrives, in one to three days"),
}


@dataclass(frozen=True, slots=True)
class PayBy:
    """One way to pay, as it is offered."""

    method: str
    name: Promise | str
    hint: Promise | str


def browser_of(agent: str) -> str:
    """wechat, alipay, phone or desk, by what a browser says of itself."""
    if "MicroMessenger" in agent:
        return "wechat"
    if "AlipayClient" in agent:
        return "alipay"
    return "phone" if "Mobile" in agent or "Android" in agent else "desk"


def ways_to_pay(agent: str) -> tuple[PayBy, ...]:
    """What can be paid by here and in this browser, one way for each provider."""
    offered = set(registry.methods_offered())
    found: dict[str, str] = {}
    for method in (*_BY_BROWSER[browser_of(agent)], *_EVERYWHERE):
        if method in offered and method not in _NEEDS_PAYER:
            found.setdefault(registry.METHODS[method][0], method)
    return tuple(
        PayBy(method, NAMES.get(provider, provider), HINTS.get(method, HINTS.get(provider, "")))
        for provider, method in found.items()
    )


def ways_to_sign(agent: str) -> tuple[PayBy, ...]:
    """With whom a mandate can be signed here, one way for each provider."""
    alipay = "alipay_page" if browser_of(agent) == "desk" else "alipay_wap"
    signing = {"wechat": "wechat_native", "alipay": alipay, "stripe": "card"}
    return tuple(
        PayBy(method, NAMES.get(provider, provider), "")
        for provider, method in signing.items()
        if provider in registry.names_offered() and registry.provider_of(provider).signs
    )
