"""The one place that touches Alipay's client library.

`python-alipay-sdk` stamps requests with the machine's local time, where Alipay reads Beijing's:
each call here says its time itself (R-Y-037). Its answers are verified over the exact characters
that came (R-Y-031), which the library does and which therefore nobody else may repeat. Importing
it sets up a log handler of its own on the console; that is taken away again.
"""

import http.client
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig

from tenure.act.payments.configuration import AlipayAccount
from tenure.act.payments.provider import BadNotice, ProviderDown, ProviderRefused
from tenure.kernel.failures import Sentence

NAME: Final = "alipay"
BEIJING: Final = ZoneInfo("Asia/Shanghai")
SIGN_TYPE: Final = "RSA2"
OK, WAITING, UNSURE = "10000", "10003", "20000"
_STAMP: Final = "%Y-%m-%d %H:%M:%S"
_TIMEOUT_S: Final = 10
_MOST_FIELDS: Final = 200

_ANSWER = Sentence(zh="应答的签名不可信", en="its answer was not signed by it")
_UNREADABLE = Sentence(zh="内容无法解读", en="its content cannot be read")
_SIGN_TYPE = Sentence(zh="签名类型不是 RSA2", en="the signature type is not RSA2")
_SIGNATURE = Sentence(zh="签名不符", en="the signature does not fit")

logging.getLogger("python-alipay-sdk").handlers.clear()


class AlipayLine:
    """The library for one application: calls that fail as the house wants them to."""

    def __init__(self, account: AlipayAccount) -> None:
        self._gateway = account.gateway
        self.sdk = AliPay(
            appid=account.app_id,
            app_private_key_string=account.private_key,
            alipay_public_key_string=account.alipay_public_key,
            sign_type=SIGN_TYPE,
            config=AliPayConfig(timeout=_TIMEOUT_S),
        )
        self.sdk._gateway = account.gateway

    def ask(
        self, method: str, content: Mapping[str, Any], *, at: datetime, **extra: str
    ) -> dict[str, Any]:
        """One call; the verified answer, whatever its code, except what is thrown.

        Raises:
            ProviderDown: no answer, an unsure one (20000), or one that Alipay did not sign.
            ProviderRefused: any other refusal, with Alipay's sub-code.
        """
        told = self._asked(
            lambda: self.sdk.server_api(method, dict(content), timestamp=stamp(at), **extra)
        )
        code = told.get("code", "")
        if code == UNSURE:
            raise ProviderDown(provider=NAME, why=told.get("sub_code", code))
        if code not in {OK, WAITING}:
            raise ProviderRefused(provider=NAME, reason=told.get("sub_code", code))
        return told

    def page(self, method: str, content: Mapping[str, Any], *, at: datetime, **extra: str) -> str:
        """The address of a page of Alipay's, signed."""
        signed = self.sdk.client_api(method, dict(content), timestamp=stamp(at), **extra)
        return f"{self._gateway}?{signed}"

    def opened(self, body: bytes) -> dict[str, str]:
        """The fields of a notification, their signature checked.

        Raises:
            BadNotice: it is not Alipay's. A signature type other than RSA2 is refused before any
                key is used (R-Y-032).
        """
        try:
            fields = dict(
                parse_qsl(
                    body.decode(),
                    keep_blank_values=True,
                    strict_parsing=True,
                    max_num_fields=_MOST_FIELDS,
                )
            )
        except ValueError as error:
            raise BadNotice(provider=NAME, why=_UNREADABLE) from error
        if fields.get("sign_type") != SIGN_TYPE:
            raise BadNotice(provider=NAME, why=_SIGN_TYPE)
        # The library takes fields out of what it verifies.
        signed = {name: value for name, value in fields.items() if name != "sign"}
        try:
            is_right = self.sdk.verify(signed, fields.get("sign", ""))
        except ValueError:
            is_right = False
        if not is_right:
            raise BadNotice(provider=NAME, why=_SIGNATURE)
        return fields

    def _asked(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return ask()
        except AliPayValidationError as error:
            raise ProviderDown(provider=NAME, why=_ANSWER) from error
        except AliPayException as error:
            # Not signed: what the gateway refuses before it knows who asks.
            raise ProviderRefused(provider=NAME, reason=_unsigned_reason(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise ProviderDown(provider=NAME, why=type(error).__name__) from error
        except (ValueError, AttributeError) as error:
            raise ProviderDown(provider=NAME, why=_UNREADABLE) from error


def stamp(at: datetime) -> str:
    """An instant as Alipay reads it: Beijing's wall clock, whatever zone the machine has."""
    return at.astimezone(BEIJING).strftime(_STAMP)


def read_stamp(text: str | None) -> datetime | None:
    """An instant that Alipay wrote; None where there is none."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING) if text else None


def _unsigned_reason(error: AliPayException) -> str:
    """The sub-code in an unsigned refusal's text, else the code."""
    text = str(error)
    _, _, rest = text.partition('"sub_code"')
    found = rest.split('"')
    return found[1] if len(found) > 1 else text[:40]
