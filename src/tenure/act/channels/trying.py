"""Try a channel out, with addresses of one's own alone: each proved by a code that it received.

What a try-out says is no message to a customer, and no customer's address can be tried (R-C-008).
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.act.channels.channel import Parcel, Result
from tenure.act.channels.registry import channel_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry

HOLDS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
_ASKED: Final = "channel.address_asked"
_PROVED: Final = "channel.address_proved"
_WRONG: Final = "channel.code_refused"
_TEXT: Final = Sentence(
    zh="这是您自己的渠道测试验证码：{code}，10 分钟内有效。",
    en="Your own code for trying this channel is {code}; it works for 10 minutes.",
)


class NotOwnAddress(Refusal):
    """A try-out to an address that nobody proved to be one's own."""

    code = "not_own_address"
    said = Sentence(
        zh="没有发送：{channel} 的测试只能发到已验证的自有地址；请先运行 tenure channel verify。",
        en="Nothing was sent: {channel} is tried with addresses of your own alone; prove this "
        "one with tenure channel verify first.",
    )


class CustomersAddress(Refusal):
    """A try-out to a customer."""

    code = "customers_address"
    said = Sentence(
        zh="没有发送：这是客户的地址，不能用于测试。",
        en="Nothing was sent: a customer has this address, so it cannot be tried.",
    )


class WrongCode(Refusal):
    """A code that does not prove an address."""

    code = "wrong_code"
    said = Sentence(
        zh="验证码不对或已过期；请重新获取。地址未被验证。",
        en="The code is wrong or over; ask for another one. The address is not proved.",
    )


@dataclass(frozen=True, slots=True)
class Own:
    """An address that is said to be one's own, on one channel."""

    channel: str
    address: str

    @property
    def digest(self) -> str:
        """What stands for it in the journal."""
        known = f"{self.channel}:{self.address.strip().lower()}"
        return salted_hmac("tenure.channels.own", known, algorithm="sha256").hexdigest()[:32]


def ask_code(own: Own, *, on: date, at: datetime, by: str) -> Result:
    """Send a code to an address that is said to be one's own; how the provider took it.

    Raises:
        NoSuchChannel, ChannelDown.
        CustomersAddress: it belongs to a customer.
    """
    channel = channel_of(own.channel)
    _check_no_customer(own.address)
    nonce = secrets.token_urlsafe(12)
    content = {"channel": own.channel, "address": own.digest, "nonce": nonce}
    with transaction.atomic():
        append(Fact(_ASKED, on=on, content=content), at=at, by=by)
    body = _TEXT.fill(code=_code(nonce)).say("zh-Hans")
    return next(iter(channel.deliver([_parcel(nonce, own.address, body)], at=at)))


@transaction.atomic
def prove(own: Own, *, code: str, on: date, at: datetime, by: str) -> None:
    """Take the code that an address received: it is one's own from now on.

    Raises:
        WrongCode: it is another one, is over, or was guessed at too often.
    """
    about = {"content__channel": own.channel, "content__address": own.digest}
    asked = Entry.objects.filter(kind=_ASKED, at__gt=at - HOLDS, **about).order_by("-pk").first()
    if asked is not None:
        guessed = Entry.objects.filter(kind=_WRONG, pk__gt=asked.pk, **about).count()
        is_right = constant_time_compare(code.strip(), _code(asked.content["nonce"]))
        if guessed < MOST_TRIES and is_right:
            content = {"channel": own.channel, "address": own.digest}
            append(Fact(_PROVED, on=on, content=content), at=at, by=by)
            return
    raise WrongCode()


def note_wrong(own: Own, *, on: date, at: datetime, by: str) -> None:
    """Count a code that did not fit, in a transaction of its own."""
    content = {"channel": own.channel, "address": own.digest}
    append(Fact(_WRONG, on=on, content=content), at=at, by=by)


def try_out(own: Own, text: str, *, on: date, at: datetime, by: str) -> Result:
    """Send a text to an address of one's own; how the provider took it.

    Raises:
        NotOwnAddress: nobody proved that it is.
        CustomersAddress: it belongs to a customer by now.
        NoSuchChannel, ChannelDown.
    """
    channel = channel_of(own.channel)
    _check_no_customer(own.address)
    about = {"content__channel": own.channel, "content__address": own.digest}
    if not Entry.objects.filter(kind=_PROVED, **about).exists():
        raise NotOwnAddress(channel=own.channel)
    key = secrets.token_urlsafe(12)
    result = next(iter(channel.deliver([_parcel(key, own.address, text)], at=at)))
    content = {"channel": own.channel, "address": own.digest, "outcome": str(result.outcome)}
    with transaction.atomic():
        append(Fact("channel.tried", on=on, content=content), at=at, by=by)
    return result


def _check_no_customer(address: str) -> None:
    if ContactPoint.objects.filter(address__iexact=address.strip()).exists():
        raise CustomersAddress()


def _parcel(key: str, address: str, body: str) -> Parcel:
    return Parcel(message_id=0, key=f"try:{key}", address=address.strip(), body=body)


def _code(nonce: str) -> str:
    sealed = salted_hmac("tenure.channels.code", nonce, algorithm="sha256").hexdigest()
    return f"{int(sealed, 16) % 1_000_000:06}"
