"""Who the merchant is at each provider: read from one file and from the environment.

`TENURE_PAYMENTS` names a TOML file with a section per provider. Each value may be given, or given
again, in the environment as `TENURE_PAY_<PROVIDER>_<NAME>`; a value that begins with `file:` is
read from that file, which is where keys belong. No secret is ever shown: the dataclasses leave
them out of their text.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money

_PREFIX: Final = "TENURE_PAY_"
_FILE: Final = "file:"


class BadPaymentSettings(Refusal):
    """A provider's settings cannot be used as they stand."""

    code = "bad_payment_settings"
    said = Sentence(
        zh="支付渠道 {provider} 的设置不可用：{why}。",
        en="The settings of the payment provider {provider} cannot be used: {why}.",
    )


_MISSING = Sentence(zh="缺少 {names}", en="{names} is missing")
_UNKNOWN = Sentence(zh="不认识 {names}", en="there is no setting {names}")
_NO_FILE = Sentence(zh="{name} 所指的文件读不到", en="the file named by {name} cannot be read")
_NO_MODE = Sentence(
    zh="deduction_mode 应为 announce 或 reserve", en="deduction_mode is announce or reserve"
)
_NO_NUMBER = Sentence(zh="{name} 应为整数", en="{name} is a whole number")
_NOT_TOML = Sentence(zh="{path} 不是有效的 TOML 文件", en="{path} is no valid TOML file")
_INSECURE = Sentence(
    zh="生产环境的网关地址必须是 https", en="in production a gateway's address begins with https"
)


def _secret() -> Any:
    return field(repr=False)


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """A merchant of WeChat Pay, in the mode of the platform's public key."""

    mchid: str
    appid: str
    certificate_serial: str
    public_key_id: str
    public_key: str
    private_key: str = _secret()
    api_v3_key: str = _secret()
    plan_id: str = ""
    #: For how many days after the waiting period a deduction may be tried (R-Y-025).
    deduct_days: int = 7
    #: "announce", or "reserve" where the template is one of 预约扣费 (R-Y-026).
    deduction_mode: str = "announce"
    #: What the template allows one deduction to take (R-Y-028).
    deduction_limit: str = "500.00 CNY"
    gateway: str = "https://api.mch.weixin.qq.com"

    @property
    def limit(self) -> Money:
        """The most that one deduction may take."""
        return Money.parse(self.deduction_limit)

    def __post_init__(self) -> None:
        if self.deduction_mode not in {"announce", "reserve"}:
            raise BadPaymentSettings(provider="wechat", why=_NO_MODE)


@dataclass(frozen=True, slots=True)
class AlipayAccount:
    """An application of Alipay, signing with RSA2 and plain public keys."""

    app_id: str
    seller_id: str
    alipay_public_key: str
    private_key: str = _secret()
    sign_scene: str = "INDUSTRY|DIGITAL_MEDIA"
    #: How many days before its date a deduction may be tried; documents say 3, later ones 5.
    early_days: int = 3
    deduction_limit: str = "100.00 CNY"
    gateway: str = "https://openapi.alipay.com/gateway.do"

    @property
    def limit(self) -> Money:
        """The most that one deduction may take."""
        return Money.parse(self.deduction_limit)


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """An account at Stripe; `webhook_secrets` may name several, with commas, while rotating."""

    account_id: str
    secret_key: str = _secret()
    webhook_secrets: str = _secret()
    gateway: str = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class UnionpayAccount:
    """A merchant of UnionPay's form gateway."""

    merchant_id: str
    certificate_id: str
    root_certificate: str
    private_key: str = _secret()
    #: Whom the certificate in an answer must name.
    signer: str = "中国银联股份有限公司"
    gateway: str = "https://gateway.95516.com"
    #: Where its settlement files are fetched.
    file_gateway: str = "https://filedownload.95516.com/"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where customers transfer to."""

    holder: str
    bank: str
    number: str
    #: The word before a payment's number in the reference, if the bank wants one.
    reference_prefix: str = ""
    currency: str = "CNY"


KINDS: Final[Mapping[str, type]] = {
    "wechat": WechatAccount,
    "alipay": AlipayAccount,
    "stripe": StripeAccount,
    "unionpay": UnionpayAccount,
    "bank": BankAccount,
}


def accounts(path: Path | None, *, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The configured providers, by name; those of which nothing is said are left out.

    Raises:
        BadPaymentSettings: a section lacks a value, or holds one that does not exist.
    """
    written = _written(path)
    unknown = sorted(written.keys() - KINDS.keys())
    if unknown:
        raise BadPaymentSettings(provider=unknown[0], why=_UNKNOWN.fill(names=unknown))
    found = {}
    for name, kind in KINDS.items():
        values = {**written.get(name, {}), **_from_environment(name, kind, environ=environ)}
        if values:
            found[name] = _account(name, kind, values=values)
    _refuse_open_lines(found, environment=environ.get("TENURE_ENV", ""))
    return found


def _written(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None or not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadPaymentSettings(provider="*", why=_NOT_TOML.fill(path=path)) from error


def _from_environment(name: str, kind: type, *, environ: Mapping[str, str]) -> dict[str, Any]:
    prefix = f"{_PREFIX}{name.upper()}_"
    given = {one.name: environ.get(prefix + one.name.upper(), "") for one in _fields(kind)}
    return {key: value for key, value in given.items() if value}


def _account(name: str, kind: type, *, values: Mapping[str, Any]) -> object:
    known = {one.name: one for one in _fields(kind)}
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise BadPaymentSettings(provider=name, why=_UNKNOWN.fill(names=unknown))
    needed = {key for key, one in known.items() if one.default is MISSING}
    missing = sorted(needed - {key for key, value in values.items() if value != ""})
    if missing:
        raise BadPaymentSettings(provider=name, why=_MISSING.fill(names=missing))
    return kind(**{key: _value(name, known[key], value) for key, value in values.items()})


def _value(provider: str, one: Field[Any], value: object) -> object:
    if isinstance(value, str) and value.startswith(_FILE):
        try:
            value = Path(value.removeprefix(_FILE)).read_text(encoding="utf-8")
        except OSError as error:
            why = _NO_FILE.fill(name=one.name)
            raise BadPaymentSettings(provider=provider, why=why) from error
    if one.type not in (int, "int"):
        return str(value)
    if not str(value).isdecimal():
        raise BadPaymentSettings(provider=provider, why=_NO_NUMBER.fill(name=one.name))
    return int(cast("str", value))


def _refuse_open_lines(found: Mapping[str, Any], *, environment: str) -> None:
    for name, account in found.items():
        given = [getattr(account, key, "https://") for key in ("gateway", "file_gateway")]
        if environment == "production" and not all(one.startswith("https://") for one in given):
            raise BadPaymentSettings(provider=name, why=_INSECURE)


def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)
