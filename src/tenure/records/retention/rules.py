"""Why something may not be deleted."""

from typing import Final

from tenure.kernel.failures import Refusal, Sentence

LONGEST_REASON: Final = 200


class UnderHold(Refusal):
    """A deletion of what a legal hold keeps."""

    code = "legal_hold"
    said = Sentence(
        zh="客户的资料处于法律保全中（{reason}），在解除之前不能删除；没有删除任何内容。",
        en="A legal hold keeps the customer's data ({reason}); until it is lifted nothing can be "
        "deleted, and nothing was.",
    )


class NoReason(Refusal):
    """A hold that says nothing, or too much."""

    code = "legal_hold_needs_reason"
    said = Sentence(
        zh="请写明保全原因，最多 {longest} 个字。",
        en="Say why, in at most {longest} characters.",
    )
