"""Which way to the tax platform this installation has: by hand unless a service is configured."""

import os

from tenure.act.documents.invoicing.manual import ByHand
from tenure.act.documents.invoicing.nuonuo import Access, Nuonuo
from tenure.act.documents.invoicing.provider import InvoiceProvider
from tenure.kernel.failures import Refusal, Sentence

NUONUO_URL = "https://sdk.nuonuo.com/open/v1/services"


class NoSuchProvider(Refusal):
    """A name of a service that is not connected."""

    code = "no_such_invoice_provider"
    said = Sentence(
        zh="没有接入开票服务“{name}”；可用：manual、nuonuo（环境变量 TENURE_INVOICING）。",
        en="No invoicing service “{name}” is connected; TENURE_INVOICING takes manual or nuonuo.",
    )


class NotConfigured(Refusal):
    """A service without what it knows us by."""

    code = "invoicing_not_configured"
    said = Sentence(
        zh="开票服务 nuonuo 缺少环境变量：{missing}。",
        en="The invoicing service nuonuo lacks the environment variables {missing}.",
    )


def configured_name() -> str:
    """The name of the way that new requests take: TENURE_INVOICING."""
    return os.environ.get("TENURE_INVOICING", ByHand.name)


def configured() -> InvoiceProvider:
    """The way that new requests take."""
    return provider_of(configured_name())


def is_connected() -> bool:
    """Whether this installation has a service, for new requests or for earlier ones."""
    return configured_name() != ByHand.name or "TENURE_NUONUO_APP_KEY" in os.environ


def provider_of(name: str) -> InvoiceProvider:
    """The way that a stored request took.

    Raises:
        NoSuchProvider, NotConfigured
    """
    if name == ByHand.name:
        return ByHand()
    if name == Nuonuo.name:
        return Nuonuo(_access())
    raise NoSuchProvider(name=name)


def _access() -> Access:
    wanted = {
        name: os.environ.get(f"TENURE_NUONUO_{name}", "")
        for name in ("APP_KEY", "APP_SECRET", "TOKEN", "TAX_ID")
    }
    missing = sorted(f"TENURE_NUONUO_{name}" for name, value in wanted.items() if not value)
    if missing:
        raise NotConfigured(missing=missing)
    return Access(
        url=os.environ.get("TENURE_NUONUO_URL", NUONUO_URL),
        app_key=wanted["APP_KEY"],
        app_secret=wanted["APP_SECRET"],
        token=wanted["TOKEN"],
        tax_id=wanted["TAX_ID"],
    )
