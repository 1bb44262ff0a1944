"""The life of a message. A receipt never moves it backwards (R-C-002)."""

from enum import StrEnum

from tenure.kernel.lifecycle import Lifecycle
from tenure.records.contacts.states import MessageState


class MessageVerb(StrEnum):
    """What may happen to a message."""

    CLAIM = "be claimed"
    PUT_BACK = "be put back"
    SEND = "be sent"
    DELIVER = "be delivered"
    READ = "be read"
    SUPPRESS = "be suppressed"
    FAIL = "fail"
    EXPIRE = "expire"


MESSAGE = Lifecycle(
    {
        (MessageState.PLANNED, MessageVerb.CLAIM): MessageState.SENDING,
        (MessageState.PLANNED, MessageVerb.SUPPRESS): MessageState.SUPPRESSED,
        (MessageState.PLANNED, MessageVerb.EXPIRE): MessageState.EXPIRED,
        # The lease ran out, or the channel asked to try again later.
        (MessageState.SENDING, MessageVerb.PUT_BACK): MessageState.PLANNED,
        (MessageState.SENDING, MessageVerb.SEND): MessageState.SENT,
        (MessageState.SENDING, MessageVerb.SUPPRESS): MessageState.SUPPRESSED,
        (MessageState.SENDING, MessageVerb.FAIL): MessageState.FAILED,
        (MessageState.SENDING, MessageVerb.EXPIRE): MessageState.EXPIRED,
        (MessageState.SENT, MessageVerb.DELIVER): MessageState.DELIVERED,
        (MessageState.SENT, MessageVerb.READ): MessageState.READ,
        (MessageState.SENT, MessageVerb.FAIL): MessageState.FAILED,
        (MessageState.DELIVERED, MessageVerb.READ): MessageState.READ,
    },
    name="message",
    start=MessageState.PLANNED,
)

# What a provider reports, by the state that it claims.
RECEIPTS = {
    MessageState.SENT: MessageVerb.SEND,
    MessageState.DELIVERED: MessageVerb.DELIVER,
    MessageState.READ: MessageVerb.READ,
    MessageState.FAILED: MessageVerb.FAIL,
}


def after_receipt(state: MessageState, reported: MessageState) -> MessageState:
    """Where a message stands after a provider's report; late and doubled reports change nothing.

    Reports arrive in any order: "delivered" after "read" is old news, and a message that was
    delivered cannot fail any more.
    """
    verb = RECEIPTS[reported]
    return MESSAGE.after(state, verb) if MESSAGE.allows(state, verb) else state
