"""Who seals contracts in this installation: ourselves unless a service is configured."""

import os

from tenure.act.documents.signing.local import LocalSigner, timestamper
from tenure.act.documents.signing.provider import ContractSigner
from tenure.act.documents.signing.remote import Access, RemoteSigner
from tenure.kernel.failures import Refusal, Sentence


class NoSuchSigner(Refusal):
    """A name of a service that is not connected, or lacks what it knows us by."""

    code = "no_such_signer"
    said = Sentence(
        zh="签署服务“{name}”没有接入或缺少配置；TENURE_SIGNING 可为 local 或 remote，"
        "remote 需要 TENURE_SIGNING_URL、_APP_ID 和 _APP_SECRET。",
        en="The signing service “{name}” is not connected or not configured; TENURE_SIGNING takes "
        "local or remote, and remote needs TENURE_SIGNING_URL, _APP_ID and _APP_SECRET.",
    )


def configured_name() -> str:
    """Who seals new contracts: TENURE_SIGNING."""
    return os.environ.get("TENURE_SIGNING", LocalSigner.name)


def signer_of(name: str, *, issuer: str) -> ContractSigner:
    """Who seals a stored contract.

    Raises:
        NoSuchSigner
    """
    if name == LocalSigner.name:
        return LocalSigner(issuer=issuer, timestamper=timestamper())
    wanted = [
        os.environ.get(f"TENURE_SIGNING_{key}", "") for key in ("URL", "APP_ID", "APP_SECRET")
    ]
    if name != RemoteSigner.name or not all(wanted):
        raise NoSuchSigner(name=name)
    return RemoteSigner(Access(*wanted))
