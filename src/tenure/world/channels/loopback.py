"""Text messages of a rehearsal: taken at once, reported by the next round, and nobody's line."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tenure.act.channels.channel import Limits, Outcome, Parcel, Report, Result
from tenure.act.channels.sms.accounts import SmsAccount
from tenure.act.channels.sms.provider import SmsChannel
from tenure.act.channels.sms.templates import Approved, Fitted, wanted
from tenure.act.messages.hearing import take_reports
from tenure.strategy.business import LANGUAGES
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy
from tenure.world.channels.tower import GONE, OFF

_FAST: Final = 1_000_000_000
_NOBODY: Final = ""  # nobody calls a rehearsal
_BATCH: Final = 500
_REPORTED_AFTER: Final = timedelta(seconds=8)
_SLOT: Final = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")
#: The kind of field in which WeChat takes a value, beside plain words.
_FIELDS: Final = {"ends_on": "time", "price": "amount"}
#: Provider's code by the end of the number.
_FAILURES: Final[Mapping[str, tuple[str, bool]]] = {
    OFF: ("MOBILE_OFF", False),
    GONE: ("MOBILE_NOT_ON_SERVICE", True),
}


class LoopbackSms(SmsChannel):
    """Plays Aliyun inside the rehearsal's own process, in the same approved words."""

    name = "aliyun"

    def __init__(self, strategy: Strategy) -> None:
        approved = tuple(registered(strategy))
        account = SmsAccount(
            sign_name=sign_of(strategy), gateway="", callback_token=_NOBODY, templates=approved
        )
        super().__init__(account)
        self.limits = Limits(_FAST, _FAST, _FAST, at_once=_BATCH)
        self.sent = 0
        self._reports: list[Report] = []

    def ask(self, parcel: Parcel, number: str, *, found: Fitted, at: datetime) -> Result:
        """Take it, and remember what to report."""
        self.sent += 1
        provider_id = f"L{parcel.message_id}"
        code, is_dead = _FAILURES.get(number[-len(OFF) :], ("DELIVERED", False))
        report = Report(
            event_id=f"rehearsed:{parcel.message_id}:{at:%y%m%d%H}",
            outcome="delivered" if code == "DELIVERED" else "failed",
            at=at + _REPORTED_AFTER,
            provider_id=provider_id,
            message_id=parcel.message_id,
            code=code,
            is_dead=is_dead,
        )
        self._reports.append(report)
        return Result(Outcome.ACCEPTED, "OK", provider_id)

    def report(self, *, at: datetime) -> int:
        """Tell what became of everything that was sent since the last time."""
        told, self._reports = self._reports, []
        return take_reports(self.name, told, at=at)


def registered(strategy: Strategy) -> list[Approved]:
    """Every text that a strategy may send, as approved."""
    return [
        Approved(f"SMS_{place:06d}", one.text, is_marketing=one.is_marketing)
        for place, one in enumerate(wanted(strategy), start=100_001)
    ]


def noticed(strategy: Strategy) -> list[Approved]:
    """Every notice of WeChat that a strategy may send, as approved: a named field for each slot."""
    portal = strategy.business.portal_url.rstrip("/")
    found: list[Approved] = []
    for template in strategy.messages.values():
        rendering = template.renderings.get(Channel.WECHAT)
        for language in LANGUAGES if rendering else ():
            assert rendering is not None, "it was asked for"
            text = rendering.body.say(language)
            for place, slot in enumerate(_SLOT.findall(text), start=1):
                field = f"{_FIELDS.get(slot, 'thing')}{place}"
                named = f"{portal}/${{link}}" if slot.endswith("_url") else f"${{{field}}}"
                text = _SLOT.sub(named, text, count=1)
            found.append(Approved(f"T{len(found) + 1}", text))
    return found


def sign_of(strategy: Strategy) -> str:
    """The business's name, as it stands before its texts."""
    return strategy.business.name.say("zh-Hans")
