"""Why a deduction was declined, and what that lets us do (R-Y-045, R-Y-047).

The words are those that providers' adapters speak; a network's own code comes as `visa:14` or
`mastercard:03`. A reason that nobody knows may pass by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class DeclineClass(StrEnum):
    """What a decline asks for."""

    NEVER = "never"  # this account is not asked again
    FIX_DATA = "fix_data"  # the customer must give new account data first
    CUSTOMER_ACTION = "customer_action"  # the customer must act in person: a payment link
    LATER = "later"  # may pass by itself


@dataclass(frozen=True, slots=True)
class Declined:
    """The class of a decline, and the least time until another try."""

    kind: DeclineClass
    after: timedelta = timedelta(0)

    @property
    def may_retry(self) -> bool:
        """Whether trying again without the customer makes sense."""
        return self.kind is DeclineClass.LATER


_NEVER: Final = frozenset({
    "account_closed", "agreement_ended", "card_not_supported", "currency_not_supported",
    "fraudulent", "invalid_account", "lost_card", "merchant_blacklist", "pickup_card",
    "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization",
    "security_violation", "stolen_card", "stop_payment_order", "transaction_not_allowed",
    # Visa category 1, and Mastercard's "do not try again".
    "visa:04", "visa:07", "visa:12", "visa:15", "visa:41", "visa:43", "visa:46", "visa:57",
    "visa:r0", "visa:r1", "visa:r3", "mastercard:03", "mastercard:21",
})  # fmt: skip
_FIX_DATA: Final = frozenset({
    "expired_card", "incorrect_address", "incorrect_cvc", "incorrect_number", "incorrect_zip",
    "invalid_cvc", "invalid_expiry_month", "invalid_expiry_year", "invalid_number",
    "new_account_information_available", "visa:14", "visa:54", "mastercard:01",
})  # fmt: skip
_CUSTOMER: Final = frozenset({
    "amount_too_large", "approve_with_id", "authentication_required", "call_issuer",
    "offline_pin_required", "online_or_offline_pin_required", "visa:1a", "mastercard:65",
})  # fmt: skip
# Mastercard's merchant advice codes 24 to 30.
_AFTER: Final = {
    "mastercard:24": timedelta(hours=1),
    "mastercard:25": timedelta(hours=24),
    "mastercard:26": timedelta(days=2),
    "mastercard:27": timedelta(days=4),
    "mastercard:28": timedelta(days=6),
    "mastercard:29": timedelta(days=8),
    "mastercard:30": timedelta(days=10),
}


def classify(code: str) -> Declined:
    """What a decline code lets us do."""
    word = code.strip().casefold()
    if word in _NEVER:
        return Declined(DeclineClass.NEVER)
    if word in _FIX_DATA:
        return Declined(DeclineClass.FIX_DATA)
    if word in _CUSTOMER:
        return Declined(DeclineClass.CUSTOMER_ACTION)
    return Declined(DeclineClass.LATER, _AFTER.get(word, timedelta(0)))
