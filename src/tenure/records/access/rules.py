"""How long a code, a session and a link hold, and how often somebody may try."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

CODE_HOLDS: Final = timedelta(minutes=10)
CODE_ATTEMPTS: Final = 5
CODES_PER_ADDRESS: Final = 5
CODES_WINDOW: Final = timedelta(hours=1)
SESSION_HOLDS: Final = timedelta(days=30)
LINK_HOLDS: Final = timedelta(days=30)


class WrongCode(Refusal):
    """A code that is not the one that was sent; nobody learns which part was wrong."""

    code = "wrong_code"
    said = Sentence(
        zh="验证码不对或已失效；请核对邮件中的 6 位数字，或重新获取。",
        en="This code is wrong or no longer valid; check the 6 digits in the mail, "
        "or ask for a new one.",
    )


class WrongPasskey(Refusal):
    """A passkey whose answer does not fit."""

    code = "wrong_passkey"
    said = Sentence(
        zh="通行密钥没有通过验证；请重试，或改用邮箱验证码登录。",
        en="The passkey was not accepted; try again, or sign in with a code by e-mail.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Where one code stands."""

    expires_at: datetime
    attempts: int
    used_at: datetime | None
    has_person: bool


def may_try(asked: Asked, *, at: datetime) -> bool:
    """Whether a code can still open anything: in time, unused, and not guessed at too often."""
    in_time = at < asked.expires_at and asked.used_at is None
    return in_time and asked.has_person and asked.attempts < CODE_ATTEMPTS


def may_send(asked_before: int) -> bool:
    """Whether one more code goes out to an address that asked so often in the last hour."""
    return asked_before < CODES_PER_ADDRESS


def normalised(address: str) -> str:
    """An e-mail address as it is compared: without spaces around it and in lower case."""
    return address.strip().lower()


def six_digits(number: int) -> str:
    """A large random number as six digits."""
    return f"{number % 1_000_000:06d}"
