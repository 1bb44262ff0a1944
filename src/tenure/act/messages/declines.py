"""Why a payment was declined, as the customer is told: what happened and what helps, no code."""

from typing import Final

from tenure.kernel.failures import Sentence

_SAID: Final = {
    "insufficient_funds": Sentence(zh="账户余额不足", en="there was not enough money"),
    "amount_too_large": Sentence(
        zh="金额超过该付款方式的单次限额", en="the amount is above the limit of this way to pay"
    ),
    "expired_card": Sentence(zh="银行卡已过期", en="the card has expired"),
    "account_closed": Sentence(zh="付款账户已关闭", en="the account is closed"),
    "agreement_ended": Sentence(
        zh="自动扣款授权已失效", en="the leave to deduct has ended at the provider"
    ),
    "authentication_required": Sentence(
        zh="银行要求您本人确认", en="the bank asks you to confirm it yourself"
    ),
    "processing_error": Sentence(zh="渠道暂时无法处理", en="the provider could not process it"),
    "no_answer": Sentence(zh="渠道没有应答", en="the provider did not answer"),
}
_OTHER: Final = Sentence(zh="付款方拒绝了这笔扣款", en="the bank or provider declined it")


def said_of(code: str) -> Sentence:
    """The reason of a decline in words; a code that nobody knows is told plainly as a refusal."""
    return _SAID.get(code, _OTHER)
