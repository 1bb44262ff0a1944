"""The life of a contract, whose turn it is, and when a code is good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.contracts.states import ContractState, SignatoryState

CODE_LASTS: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
CODE_PAUSE: Final = timedelta(seconds=60)


class ContractVerb(StrEnum):
    """What may happen to a contract."""

    SEND = "be sent"
    VIEW = "be viewed"
    COMPLETE = "be signed by each"
    TAKE_EFFECT = "take effect"
    EXPIRE = "expire"
    TERMINATE = "be terminated"


class SignatoryVerb(StrEnum):
    """What a signatory may do."""

    VIEW = "view"
    SIGN = "sign"


CONTRACT = Lifecycle(
    {
        (ContractState.DRAFT, ContractVerb.SEND): ContractState.SENT,
        (ContractState.DRAFT, ContractVerb.TERMINATE): ContractState.TERMINATED,
        (ContractState.SENT, ContractVerb.VIEW): ContractState.VIEWED,
        (ContractState.SENT, ContractVerb.TERMINATE): ContractState.TERMINATED,
        (ContractState.VIEWED, ContractVerb.COMPLETE): ContractState.SIGNED,
        (ContractState.VIEWED, ContractVerb.TERMINATE): ContractState.TERMINATED,
        (ContractState.SIGNED, ContractVerb.TAKE_EFFECT): ContractState.EFFECTIVE,
        (ContractState.SIGNED, ContractVerb.TERMINATE): ContractState.TERMINATED,
        (ContractState.EFFECTIVE, ContractVerb.EXPIRE): ContractState.EXPIRED,
        (ContractState.EFFECTIVE, ContractVerb.TERMINATE): ContractState.TERMINATED,
    },
    name="contract",
    start=ContractState.DRAFT,
)

SIGNATORY = Lifecycle(
    {
        (SignatoryState.WAITING, SignatoryVerb.VIEW): SignatoryState.VIEWED,
        (SignatoryState.VIEWED, SignatoryVerb.SIGN): SignatoryState.SIGNED,
    },
    name="signature",
    start=SignatoryState.WAITING,
)


class NotYourTurn(Refusal):
    """Somebody before has not signed yet."""

    code = "not_your_turn"
    said = Sentence(
        zh="请等待 {name} 先签署；轮到您时我们会通知您。",
        en="{name} signs first; we tell you when it is your turn.",
    )


class WrongCode(Refusal):
    """A code that is not the one that was sent."""

    code = "wrong_code"
    said = Sentence(
        zh="验证码不正确；还可以再试 {left} 次。", en="The code is wrong; {left} tries are left."
    )


class CodeIsOver(Refusal):
    """A code that is too old, used up, or was never sent."""

    code = "code_is_over"
    said = Sentence(
        zh="验证码已失效；请重新获取。", en="The code is no longer good; ask for a new one."
    )


class CodeTooSoon(Refusal):
    """A second code right after the first."""

    code = "code_too_soon"
    said = Sentence(
        zh="验证码刚刚发出，请 {seconds} 秒后再试。",
        en="A code was just sent; ask again in {seconds} seconds.",
    )


class NoConsent(Refusal):
    """A signature without the box that says so."""

    code = "no_consent"
    said = Sentence(
        zh="请先勾选同意以电子签名方式签署。",
        en="Tick that you agree to sign electronically first.",
    )


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """What is known of a code: when it was sent, and how often a wrong one was given."""

    sent_at: datetime | None
    tries: int


def check_code(standing: CodeStanding, *, matches: bool, at: datetime) -> None:
    """Whether a code is good now.

    Raises:
        CodeIsOver: none was sent, it is older than ten minutes, or five wrong ones were given.
        WrongCode
    """
    if standing.sent_at is None or at >= standing.sent_at + CODE_LASTS:
        raise CodeIsOver()
    if standing.tries >= CODE_TRIES:
        raise CodeIsOver()
    if not matches:
        raise WrongCode(left=CODE_TRIES - standing.tries - 1)


def check_pause(sent_at: datetime | None, *, at: datetime) -> None:
    """Whether another code may be sent.

    Raises:
        CodeTooSoon: the last one is younger than a minute.
    """
    if sent_at is not None and at < sent_at + CODE_PAUSE:
        raise CodeTooSoon(seconds=int((sent_at + CODE_PAUSE - at).total_seconds()) + 1)


def after_signing(starts_on: date | None, *, on: date) -> bool:
    """Whether a contract that everybody signed is in effect on a day."""
    return starts_on is None or starts_on <= on
