"""What the providers of text messages have in common: the text in its template, one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tenure.act.channels.channel import Outcome, Parcel, Result
from tenure.act.channels.sms.accounts import SmsAccount
from tenure.act.channels.sms.numbers import e164
from tenure.act.channels.sms.refusing import says_how_to_refuse
from tenure.act.channels.sms.segments import count
from tenure.act.channels.sms.templates import Fitted, fitted, without_sign
from tenure.act.channels.wire import Line, NobodyKnows
from tenure.strategy.messages import Channel as Way


class SmsChannel:
    """One provider; a subclass asks it for one message and reads its codes."""

    name: str = ""
    way: Way = Way.SMS
    scheme: str = ""
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
