"""R-Y-020, R-Y-030: the way of paying is chosen by the device."""

import pytest

from tenure.act.payments.choosing import Device, device_of, methods_for
from tenure.act.payments.registry import METHODS

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142 Safari/537.36"
ANYWHERE = ("card", "unionpay", "bank_transfer")


@pytest.mark.parametrize(
    ("user_agent", "device", "methods"),
    [
        (DESKTOP, Device.DESKTOP, ("wechat_native", "alipay_page")),
        ("", Device.DESKTOP, ("wechat_native", "alipay_page")),
        (IPHONE, Device.MOBILE, ("wechat_h5", "alipay_wap")),
        ("Mozilla/5.0 (Linux; Android 15)", Device.MOBILE, ("wechat_h5", "alipay_wap")),
        (f"{IPHONE} MicroMessenger/8.0.54", Device.WECHAT, ("wechat_jsapi",)),
        (f"{DESKTOP} MicroMessenger/7.0 WindowsWechat", Device.WECHAT, ("wechat_jsapi",)),
        (f"{IPHONE} AlipayClient/10.6", Device.ALIPAY, ("alipay_wap",)),
    ],
)
def test_each_device_gets_what_it_can_do(
    user_agent: str, device: Device, methods: tuple[str, ...]
) -> None:
    assert device_of(user_agent) is device
    assert methods_for(user_agent, offered=METHODS) == (*methods, *ANYWHERE)


def test_what_is_not_offered_is_not_shown() -> None:
    assert methods_for(DESKTOP, offered=["card", "wechat_h5"]) == ("card",)
