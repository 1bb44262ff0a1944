"""What every provider has in common that is asked by HTTPS for one message at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

from tenure.act.channels.channel import Limits, Outcome, Parcel, Result
from tenure.act.channels.codes import MINUTE, Codes
from tenure.act.channels.wire import Line, NobodyKnows, Said, is_too_many
from tenure.strategy.messages import Channel as Way

JSON: Final[Mapping[str, str]] = {"Content-Type": "application/json; charset=utf-8"}


class Account(Protocol):
    """Who we are at a provider."""

    @property
    def limits(self) -> Limits:
        """How fast this account may be used."""
        ...

    @property
    def gateway(self) -> str:
        """Where the provider listens."""
        ...


class AskingChannel:
    """One provider; a subclass says what it asks, and what its codes mean."""

    name: str = ""
    way: Way | None = None
    scheme: str = ""
    takes_keys: bool = False
    codes: ClassVar[Codes] = Codes()
    speaks_http2: ClassVar[bool] = False

    def __init__(self, account: Account) -> None:
        self.limits = account.limits
        self.line = Line(self.name, speaks_http2=self.speaks_http2)

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        """Each by a call of its own, so that one recipient that cannot be harms nobody else."""
        for parcel in batch:
            yield self._one(parcel, at=at)

    def _one(self, parcel: Parcel, *, at: datetime) -> Result:
        wrong = self.wrong(parcel)
        if wrong:
            return Result(Outcome.REFUSED, wrong)
        try:
            return self.ask(parcel, at=at)
        except NobodyKnows as error:
            return Result(Outcome.IN_DOUBT, str(error))

    def wrong(self, parcel: Parcel) -> str:
        """Why this message cannot be asked for at all; empty where it can."""
        return "" if self.own(parcel.address) else "bad_address"

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """Ask the provider to send one message; raises ChannelDown or NobodyKnows."""
        raise AssertionError(f"{self.name} asks in its own words")

    def own(self, address: str) -> str:
        """An address as the provider knows it, without the scheme before it."""
        return address.removeprefix(f"{self.scheme}:") if self.scheme else address

    def post(
        self, url: str, content: Mapping[str, object], *, headers: Mapping[str, str] | None = None
    ) -> Said:
        """Send JSON."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return self.line.post(url, headers={**JSON, **(headers or {})}, body=body)

    def refused(self, said: Said, code: str) -> Result:
        """What an answer means that is no yes.

        Raises:
            ChannelDown: the account is refused, and nobody's message leaves.
        """
        if is_too_many(said):
            return Result(Outcome.LATER, code or "429", wait=said.wait or MINUTE)
        found = self.codes.read_or_stop(code or str(said.status), channel=self.name)
        if found.outcome is Outcome.LATER and said.wait is not None:
            return Result(Outcome.LATER, found.code, wait=said.wait)
        return found
