"""Which stores there are, and how what they sold stands."""

from django.db.models import TextChoices


class Store(TextChoices):
    """Who renews a contract instead of us (R-A-070)."""

    APPLE = "apple"
    GOOGLE = "google"
    HUAWEI = "huawei"


class StoreState(TextChoices):
    """How a store's subscription stands, in words that all of them share."""

    ACTIVE = "active"
    WILL_END = "will_end"  # paid, and its renewal is switched off
    IN_GRACE = "in_grace"  # a payment failed, and the service goes on meanwhile
    ON_HOLD = "on_hold"  # the payment still fails, and the service rests
    PAUSED = "paused"
    EXPIRED = "expired"
    REVOKED = "revoked"  # the store gave the money back


class PriceRise(TextChoices):
    """How a higher price of a store stands (R-A-071)."""

    NONE = "none"
    NEEDS_CONSENT = "needs_consent"
    AGREED = "agreed"
    ANNOUNCED = "announced"  # within the store's limits: told, and no consent is asked
