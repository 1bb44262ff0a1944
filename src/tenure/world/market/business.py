"""Three businesses that can be built, each as a handful of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tenure.kernel.failures import Refusal, Sentence


class NoSuchBusiness(Refusal):
    """A business that the world cannot build."""

    code = "no_such_business"
    said = Sentence(
        zh="没有名为“{name}”的示例业务；可选：{known}。",
        en="There is no sample business called “{name}”; choose one of {known}.",
    )


@dataclass(frozen=True, slots=True)
class Business:
    """What one kind of business is like; rates are per customer and day."""

    code: str
    account_kind: str
    number_prefix: str
    regions: tuple[str, ...]
    cycle_weights: Mapping[int, float]  # months → share of customers, where the catalogue sells it
    # Where the renewal logit of an average customer lies, by months of the cycle.
    renewal_logits: Mapping[int, float]
    tier_weights: tuple[float, ...]
    visits: float  # logins besides the monthly look at the bill
    pulse: float  # share of turns on which the core feature is used without being thought of
    uses: float  # of everything beyond the core
    meter: str  # what "Usage Recorded" counts
    meter_log_mean: float  # of half a month
    has_network: bool
    exports: float  # "Data Exported", before somebody leaves
    tickets: float
    english_share: float
    business_share: float  # accounts that are companies
    seats_log_mean: float  # of the seats of an account; 0: one seat each
    sla_hours: float = 4.0
    integrations: tuple[str, ...] = ()  # other programs that the product can work with

    def renewal_logit(self, cycle_months: int) -> float:
        """The intercept for a cycle: a month is renewed more surely than a year."""
        near = min(self.renewal_logits, key=lambda months: abs(months - cycle_months))
        return self.renewal_logits[near]


_BROADBAND = Business(
    code="broadband",
    account_kind="household",
    number_prefix="LJ",
    regions=("滨江区", "望澜区", "云栖区", "江口区", "南屏区", "北岸区", "临港区", "青浦口区"),
    cycle_weights={1: 0.15, 12: 0.70, 24: 0.15},
    renewal_logits={1: 4.9, 12: 3.05, 24: 3.05},
    tier_weights=(0.38, 0.42, 0.20),
    visits=0.020,
    pulse=0.985,
    uses=0.020,
    meter="traffic",
    meter_log_mean=3.7,
    has_network=True,
    exports=0.05,
    tickets=0.0011,
    english_share=0.04,
    business_share=0.03,
    seats_log_mean=0.0,
)

_SAAS = Business(
    code="saas",
    account_kind="business",
    number_prefix="YC",
    regions=("New York", "California", "Texas", "Ohio", "Oregon", "Georgia", "Ontario", "Maine"),
    cycle_weights={1: 0.25, 12: 0.68, 24: 0.07},
    renewal_logits={1: 4.8, 12: 3.05, 24: 3.05},
    tier_weights=(0.45, 0.38, 0.17),
    visits=0.32,
    pulse=0.985,
    uses=0.40,
    meter="api_calls",
    meter_log_mean=6.4,
    has_network=False,
    exports=0.55,
    tickets=0.0035,
    english_share=0.94,
    business_share=1.0,
    seats_log_mean=2.0,
    sla_hours=8.0,
    integrations=("slack", "dingtalk", "salesforce", "feishu", "github", "wecom"),
)

_MEMBERSHIP = Business(
    code="membership",
    account_kind="individual",
    number_prefix="HY",
    regions=("华东", "华南", "华北", "华中", "西南", "西北", "东北", "港澳"),
    cycle_weights={1: 0.45, 12: 0.50, 24: 0.05},
    renewal_logits={1: 4.6, 12: 2.85, 24: 2.85},
    tier_weights=(0.55, 0.33, 0.12),
    visits=0.09,
    pulse=0.90,
    uses=0.10,
    meter="benefits",
    meter_log_mean=1.1,
    has_network=False,
    exports=0.10,
    tickets=0.0008,
    english_share=0.05,
    business_share=0.0,
    seats_log_mean=0.0,
    sla_hours=24.0,
)

BUSINESSES: Final[Mapping[str, Business]] = MappingProxyType(
    {business.code: business for business in (_BROADBAND, _SAAS, _MEMBERSHIP)}
)


def business_named(name: str) -> Business:
    """The business of a code; refuses one that does not exist."""
    if name not in BUSINESSES:
        raise NoSuchBusiness(name=name, known=sorted(BUSINESSES))
    return BUSINESSES[name]
