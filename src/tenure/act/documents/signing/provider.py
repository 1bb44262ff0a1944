"""What whoever seals a contract can be asked (R-I-022)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tenure.kernel.failures import Outage, Sentence


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature to put on a file: in which field, for whom, and why."""

    contract: str
    place: int
    name: str
    reason: str

    @property
    def field(self) -> str:
        """The signature's own field in the file."""
        return f"Signature{self.place}"


class SigningDown(Outage):
    """The service did not answer, or gave back no signed file."""

    code = "signing_down"
    said = Sentence(
        zh="签署服务 {signer} 暂时不可用（{why}）；合同没有变化，请稍后重试。",
        en="The signing service {signer} failed ({why}); the contract is unchanged, try later.",
    )


class ContractSigner(Protocol):
    """One who seals. The same seal asked for twice may be two signatures; only one is kept."""

    name: str

    def seal(self, pdf: bytes, seal: Seal, *, at: datetime) -> bytes:
        """The file with one more signature, everything before it untouched."""
        ...
