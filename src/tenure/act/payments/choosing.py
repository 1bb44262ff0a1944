"""Which ways of paying suit the device that a customer holds (R-Y-020, R-Y-030)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Device(StrEnum):
    """Where a customer stands when they are about to pay."""

    WECHAT = "wechat"  # WeChat's own browser
    ALIPAY = "alipay"  # Alipay's own browser
    MOBILE = "mobile"
    DESKTOP = "desktop"


_MOBILE: Final = ("iphone", "android", "ipad", "harmony", "mobile")
#: A code is for another screen to scan; a phone cannot scan itself.
_UNFIT: Final = {
    Device.WECHAT: frozenset(
        {"wechat_native", "wechat_h5", "alipay_page", "alipay_wap", "alipay_precreate"}
    ),
    Device.ALIPAY: frozenset(
        {"wechat_native", "wechat_jsapi", "wechat_h5", "alipay_page", "alipay_precreate"}
    ),
    Device.MOBILE: frozenset(
        {"wechat_native", "wechat_jsapi", "alipay_page", "alipay_precreate"}
    ),
    Device.DESKTOP: frozenset({"wechat_jsapi", "wechat_h5", "alipay_wap", "alipay_precreate"}),
}  # fmt: skip


def device_of(user_agent: str) -> Device:
    """The device, by what its browser says of itself; a desktop where it says nothing."""
    said = user_agent.lower()
    if "micromessenger" in said:
        return Device.WECHAT
    if "alipayclient" in said:
        return Device.ALIPAY
    return Device.MOBILE if any(word in said for word in _MOBILE) else Device.DESKTOP


def methods_for(user_agent: str, *, offered: Iterable[str]) -> tuple[str, ...]:
    """Of the methods that are offered those that suit the device, at most one per provider's kind.

    Desktop → a WeChat code and Alipay's page; WeChat's browser → jsapi, as Alipay cannot open
    there; other mobile browsers → WeChat's h5 and Alipay's wap. Cards, UnionPay and transfers suit
    every device.
    """
    unfit = _UNFIT[device_of(user_agent)]
    return tuple(method for method in offered if method not in unfit)
