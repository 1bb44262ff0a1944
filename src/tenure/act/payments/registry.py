"""Which providers there are here, and which one a way of paying belongs to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings

from tenure.act.payments.configuration import accounts
from tenure.act.payments.provider import PaymentProvider
from tenure.kernel.failures import Refusal, Sentence

#: A method of payment, as customers choose and records keep it: the provider and its way.
METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "wechat_native": ("wechat", "native"),
    "wechat_jsapi": ("wechat", "jsapi"),
    "wechat_h5": ("wechat", "h5"),
    "alipay_page": ("alipay", "page"),
    "alipay_wap": ("alipay", "wap"),
    "alipay_precreate": ("alipay", "precreate"),
    "card": ("stripe", "card"),
    "unionpay": ("unionpay", "form"),
    "bank_transfer": ("bank", "transfer"),
}
_MAKERS: Final[Mapping[str, str]] = {
    "wechat": "tenure.act.payments.providers.wechat.provider:WechatPay",
    "alipay": "tenure.act.payments.providers.alipay.provider:Alipay",
    "stripe": "tenure.act.payments.providers.stripe_card:StripeCard",
    "unionpay": "tenure.act.payments.providers.unionpay.provider:Unionpay",
    "bank": "tenure.act.payments.providers.bank.provider:BankTransfer",
}
_standing_in: dict[str, PaymentProvider] = {}


class NoSuchProvider(Refusal):
    """Nobody takes money this way here."""

    code = "no_such_provider"
    said = Sentence(
        zh="这里没有启用支付方式“{method}”；可用的有：{known}。",
        en="Nobody takes payments by “{method}” here; there is: {known}.",
    )


def provider_of(method_or_name: str) -> PaymentProvider:
    """The configured provider of a method (`wechat_native`) or of a name (`wechat`).

    Raises:
        NoSuchProvider: it is not configured.
    """
    name = METHODS.get(method_or_name, (method_or_name, ""))[0]
    if name in _standing_in:
        return _standing_in[name]
    found = _configured(*_place())
    if name not in found:
        raise NoSuchProvider(method=method_or_name, known=sorted(set(found) | set(_standing_in)))
    return found[name]


def is_ours(name: str) -> bool:
    """Whether a payment's source is a provider that we can speak to once it is configured."""
    return name in {provider for provider, _ in METHODS.values()} | set(_standing_in)


def way_of(method: str) -> str:
    """The way in which a method is paid at its provider."""
    if method not in METHODS:
        raise NoSuchProvider(method=method, known=sorted(METHODS))
    return METHODS[method][1]


def methods_offered() -> tuple[str, ...]:
    """The methods that can be paid here now, in the order in which they are shown."""
    names = set(_configured(*_place())) | set(_standing_in)
    return tuple(method for method, (name, _) in METHODS.items() if name in names)


def names_offered() -> tuple[str, ...]:
    """The providers that are configured here."""
    return tuple(sorted(set(_configured(*_place())) | set(_standing_in)))


@contextmanager
def standing_in(provider: PaymentProvider) -> Iterator[None]:
    """Let a provider answer to its name for as long as the block runs: rehearsals and tests."""
    before = _standing_in.get(provider.name)
    _standing_in[provider.name] = provider
    try:
        yield
    finally:
        del _standing_in[provider.name]
        if before is not None:
            _standing_in[provider.name] = before


def _place() -> tuple[str, int]:
    """Where the settings stand, and when they changed last."""
    path = Path(settings.TENURE_PAYMENTS)
    return str(path), path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=4)
def _configured(path: str, changed: int) -> dict[str, PaymentProvider]:
    return {name: _made(name, account) for name, account in accounts(Path(path)).items()}


def _made(name: str, account: Any) -> PaymentProvider:
    # Each provider's library is loaded only where that provider is configured.
    module, _, maker = _MAKERS[name].partition(":")
    return cast("PaymentProvider", getattr(import_module(module), maker)(account))
