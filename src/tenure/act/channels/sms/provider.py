"""What the providers of text messages have in common: the text in its template, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tenure.act.channels.channel import Outcome, Parcel, Result
from tenure.act.channels.sms.accounts import SmsAccount
from tenure.act.channels.sms.numbers import e164
from tenure.act.channels.sms.refusing import says_how_to_refuse
from tenure.act.channels.sms.segments import count
from tenure.act.channels.sms.templates import Fitted, fitted, without_sign
from tenure.act.channels.wire import Line, NobodyKnows
from tenure.strategy.messages import Channel as Way

#: Until a limit that a provider counts by the day or the hour is over, at the latest.
DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


class SmsChannel:
    """One provider; a subclass asks it for one message and reads its codes."""

    name: str = ""
    way: Way = Way.SMS
    takes_keys: bool = False

    def __init__(self, account: SmsAccount) -> None:
        self.account = account
        self.limits = account.limits
        self.line = Line(self.name)

    @property
    def signature(self) -> str:
        """What stands before each text."""
        return f"【{self.account.sign_name}】"

    def segments_of(self, body: str) -> int:
        """What a text counts as with the provider's signature before it."""
        return count(self.signature + without_sign(body)).segments

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        """Each by a call of its own, so that one number that cannot be harms nobody else."""
        for parcel in batch:
            yield self._one(parcel, at=at)

    def _one(self, parcel: Parcel, *, at: datetime) -> Result:
        number, text = e164(parcel.address), without_sign(parcel.body)
        if not number:
            return Result(Outcome.REFUSED, "bad_number")
        if parcel.is_marketing and not says_how_to_refuse(text):
            return Result(Outcome.REFUSED, "no_way_out")
        found = fitted(text, self.account.templates, is_marketing=parcel.is_marketing)
        if found is None:
            return Result(Outcome.REFUSED, "no_approved_template")
        if any(len(value) > self.account.value_limit for _, value in found.values):
            return Result(Outcome.REFUSED, "value_too_long")
        segments = count(self.signature + text).segments
        try:
            said = self.ask(parcel, number, found=found, at=at)
        except NobodyKnows as error:
            return Result(Outcome.IN_DOUBT, str(error), segments=segments)
        return Result(said.outcome, said.code, said.provider_id, said.wait, segments)

    def ask(self, parcel: Parcel, number: str, *, found: Fitted, at: datetime) -> Result:
        """Ask the provider to send one message; raises ChannelDown or NobodyKnows."""
        raise AssertionError(f"{self.name} asks in its own words")


@dataclass(frozen=True, slots=True)
class Codes:
    """What a provider's codes mean: those that are not named refuse this message alone."""

    dead: frozenset[str] = frozenset()
    waits: Mapping[str, timedelta] = field(default_factory=dict)
    #: The account or the line: nobody's message leaves until somebody looks.
    down: frozenset[str] = frozenset()

    def read(self, code: str) -> Result:
        """What one code means for one message; those of `down` are not asked for here."""
        if code in self.dead:
            return Result(Outcome.DEAD, code)
        if code in self.waits:
            return Result(Outcome.LATER, code, wait=self.waits[code])
        return Result(Outcome.REFUSED, code)
