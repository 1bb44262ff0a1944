"""What a provider says to every question about mandates when it has none."""

from datetime import datetime
from typing import Final

from tenure.act.payments.provider import NotOffered
from tenure.act.payments.values import (
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    Found,
    HandOff,
    PreNotice,
    PreNotified,
)
from tenure.kernel.failures import Sentence

_MANDATES: Final = Sentence(zh="代扣签约", en="mandates")


class Mandateless:
    """A provider whose customers pay each time themselves."""

    name: str
    signs = False

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        """Refuse."""
        raise NotOffered(provider=self.name, what=_MANDATES)

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        """Refuse."""
        raise NotOffered(provider=self.name, what=_MANDATES)

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        """Refuse."""
        raise NotOffered(provider=self.name, what=_MANDATES)

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        """Refuse."""
        raise NotOffered(provider=self.name, what=_MANDATES)

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        """Refuse."""
        raise NotOffered(provider=self.name, what=_MANDATES)
