"""The one place that touches WeChat Pay's client library, and its private parts.

`wechatpayv3` has no function for 委托代扣 and only one way to another address: `_core` (R-Y-050).
Its checks of an answer are tightened here: an unknown serial never makes it call out for
certificates, a missing signature type is a refusal rather than a crash, and old answers are
refused as old notifications are (R-Y-022).
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType

from tenure.act.payments.configuration import WechatAccount
from tenure.act.payments.provider import BadNotice, ProviderDown, ProviderRefused
from tenure.kernel.failures import Sentence

NAME: Final = "wechat"
SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
PROBE: Final = "WECHATPAY/SIGNTEST/"
MOST_SKEW_S: Final = 300
_TIMEOUTS_S: Final = (5, 10)
_HEADERS: Final = ("Timestamp", "Nonce", "Serial", "Signature", "Signature-Type")

_NO_HEADER = Sentence(zh="缺少请求头 {name}", en="the header {name} is missing")
_SCHEME = Sentence(zh="签名类型不是 {wanted}", en="the signature type is not {wanted}")
_SERIAL = Sentence(zh="证书序列号未知", en="its serial number is not known")
_TEST = Sentence(zh="这是签名探测", en="it is a probe with a false signature")
_TIME = Sentence(zh="时间戳相差超过 {seconds} 秒", en="its time is more than {seconds} s off")
_SIGNATURE = Sentence(zh="签名不符", en="the signature does not fit")
_UNREADABLE = Sentence(zh="内容无法解读", en="its content cannot be read")
_ANSWER = Sentence(zh="应答的签名不可信", en="its answer was not signed by it")

type Answer = tuple[int, str | bytes]


class _Unsigned(Exception):
    """A message that WeChat did not sign."""


class _CarefulCore(Core):  # type: ignore[misc]
    """The library's core, which asks nobody about a serial that it does not know."""

    def _verify_signature(self, headers: Mapping[str, str], body: str) -> bool:
        if _sender_fault(headers, serial=self._public_key_id) is not None:
            raise _Unsigned
        if not super()._verify_signature(headers, body):
            raise _Unsigned
        return True

    def _update_certificates(self) -> None:
        raise AssertionError("with the platform's public key no certificate is ever fetched")


class WechatLine:
    """The library for one merchant: calls that fail as the house wants them to."""

    def __init__(self, account: WechatAccount) -> None:
        self._account = account
        given = {
            "mchid": account.mchid,
            "cert_serial_no": account.certificate_serial,
            "private_key": account.private_key,
            "apiv3_key": account.api_v3_key,
            "timeout": _TIMEOUTS_S,
            "public_key": account.public_key,
            "public_key_id": account.public_key_id,
        }
        self.sdk = WeChatPay(WeChatPayType.NATIVE, appid=account.appid, **given)
        self.sdk._core = _CarefulCore(**given)
        self.sdk._core._gate_way = account.gateway.rstrip("/")

    def call(self, ask: Callable[[WeChatPay], Answer]) -> dict[str, Any]:
        """One call of the library's own; the answer's content, empty for none.

        Raises:
            ProviderDown: no answer, a 5xx or 429, or an answer that is not WeChat's.
            ProviderRefused: any other refusal, with WeChat's code.
        """
        status, text = self._asked(ask)
        content = _content(text)
        if status == 429 or status >= 500:
            raise ProviderDown(provider=NAME, why=content.get("code", str(status)))
        if status >= 300:
            raise ProviderRefused(provider=NAME, reason=content.get("code", str(status)))
        return content

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A call that the library has no function for."""
        return self.call(lambda sdk: sdk._core.request(path, RequestType.POST, dict(body)))

    def get(self, path: str) -> dict[str, Any]:
        """A question that the library has no function for."""
        return self.call(lambda sdk: sdk._core.request(path, RequestType.GET))

    def download(self, url: str) -> bytes:
        """A file; it carries no signature, its digest was in a signed answer."""
        status, content = self._asked(lambda sdk: sdk.download_bill(url))
        if status != 200:
            raise ProviderDown(provider=NAME, why=str(status))
        return content if isinstance(content, bytes) else content.encode()

    def opened(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> dict[str, Any]:
        """A notification, checked over its raw body and decrypted.

        Raises:
            BadNotice: it is not WeChat's, or not of now. No call goes out to find that.
        """
        named = {name.lower(): value for name, value in headers.items()}
        marks = [f"Wechatpay-{name}" for name in _HEADERS]
        headers = {name: named[name.lower()] for name in marks if name.lower() in named}
        fault = fault_of(headers, serial=self._account.public_key_id, at=at)
        if fault is not None:
            raise BadNotice(provider=NAME, why=fault)
        try:
            notice = self.sdk.callback(headers, body.decode())
        except _Unsigned as error:
            raise BadNotice(provider=NAME, why=_SIGNATURE) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadNotice(provider=NAME, why=_UNREADABLE) from error
        if not notice or not isinstance(notice.get("resource"), dict):
            raise BadNotice(provider=NAME, why=_UNREADABLE)
        return dict(notice)

    def _asked(self, ask: Callable[[WeChatPay], Answer]) -> Answer:
        try:
            return ask(self.sdk)
        except OSError as error:  # whatever `requests` raises is one
            raise ProviderDown(provider=NAME, why=type(error).__name__) from error
        except _Unsigned as error:
            raise ProviderDown(provider=NAME, why=_ANSWER) from error


def fault_of(headers: Mapping[str, str], *, serial: str, at: datetime) -> Sentence | None:
    """What is wrong with the headers of a notification, before any key is used."""
    fault = _sender_fault(headers, serial=serial)
    if fault is not None:
        return fault
    if headers["Wechatpay-Signature"].startswith(PROBE):
        return _TEST
    stamp = headers["Wechatpay-Timestamp"]
    if not stamp.isdecimal() or abs(at.timestamp() - int(stamp)) > MOST_SKEW_S:
        return _TIME.fill(seconds=MOST_SKEW_S)
    return None


def _sender_fault(headers: Mapping[str, str], *, serial: str | None) -> Sentence | None:
    for name in _HEADERS:
        if not headers.get(f"Wechatpay-{name}"):
            return _NO_HEADER.fill(name=f"Wechatpay-{name}")
    if headers["Wechatpay-Signature-Type"] != SCHEME:
        return _SCHEME.fill(wanted=SCHEME)
    if headers["Wechatpay-Serial"] != serial:
        return _SERIAL
    return None


def _content(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
