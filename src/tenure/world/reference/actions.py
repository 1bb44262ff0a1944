"""The ten actions of the reference market: what they are, what they cost, how they arrive."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.market.truth import Action


@dataclass(frozen=True, slots=True)
class Choice:
    """One action; `discount_share` of the yearly fee is given away only if the term is renewed."""

    id: str
    action: Action
    contact_cost: float = 0.0  # paid whatever follows, in the currency of the fee
    discount_share: float = 0.0
    reach: float = 1.0  # how often the contact arrives, where delivery is not certain
    fades_days: float = 7.0  # the effect falls to 1/e so many days after the contact


CHOICES: Final = (
    Choice("nothing", Action.NOTHING),
    Choice("reminder", Action.REMINDER, 0.1, reach=0.92),
    Choice("recap", Action.RECAP, 0.2, reach=0.35),
    Choice("upgrade", Action.UPGRADE, 10.0, reach=0.55, fades_days=21.0),
    Choice("coupon_10", Action.DISCOUNT, 0.1, 0.10, reach=0.55, fades_days=14.0),
    Choice("coupon_20", Action.DISCOUNT, 0.1, 0.20, reach=0.55, fades_days=14.0),
    Choice("coupon_30", Action.DISCOUNT, 0.1, 0.30, reach=0.55, fades_days=14.0),
    Choice("instalments", Action.INSTALMENTS, 4.0, reach=0.92),
    Choice("pause", Action.PAUSE, 2.0, reach=0.55),
    Choice("call", Action.CALL, 12.0, reach=0.40, fades_days=21.0),
)
NAMES: Final = tuple(one.id for one in CHOICES)
CONTACT_COST: Final = np.array([one.contact_cost for one in CHOICES])
DISCOUNT_SHARE: Final = np.array([one.discount_share for one in CHOICES])
