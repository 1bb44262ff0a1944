"""Who we are at each channel's provider: read from one file and from the environment.

`TENURE_CHANNELS` names a TOML file with a section per provider, and in it a `[[….template]]` for
each approved text. Each value may be given, or given again, in the environment as
`TENURE_CHANNEL_<PROVIDER>_<NAME>`; a value that begins with `file:` is read from that file, and
one that begins with `sealed:` was sealed by `tenure channel seal` (R-C-008).
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from tenure.act.channels.push.accounts import ApnsAccount, FcmAccount, WebPushAccount
from tenure.act.channels.sealing import SEALED, BadSeal, unseal
from tenure.act.channels.sms.accounts import AliyunAccount, TencentAccount
from tenure.act.channels.sms.templates import Approved
from tenure.act.channels.wechat.accounts import WeChatMiniAccount, WeChatServiceAccount
from tenure.act.channels.workplace.accounts import (
    DingTalkAccount,
    FeishuAccount,
    WeComAccount,
    WeComContactAccount,
)
from tenure.kernel.failures import Refusal, Sentence

_PREFIX: Final = "TENURE_CHANNEL_"
_FILE: Final = "file:"
_TEMPLATE: Final = "template"
KINDS: Final[Mapping[str, type]] = {
    "aliyun": AliyunAccount,
    "tencent": TencentAccount,
    "wechat": WeChatServiceAccount,
    "wechat_mini": WeChatMiniAccount,
    "wecom": WeComContactAccount,
    "wecom_app": WeComAccount,
    "dingtalk": DingTalkAccount,
    "feishu": FeishuAccount,
    "webpush": WebPushAccount,
    "fcm": FcmAccount,
    "apns": ApnsAccount,
}
_MISSING = Sentence(zh="缺少 {names}", en="{names} is missing")
_UNKNOWN = Sentence(zh="不认识 {names}", en="there is no setting {names}")
_NO_FILE = Sentence(zh="{name} 所指的文件读不到", en="the file named by {name} cannot be read")
_NO_NUMBER = Sentence(zh="{name} 应为正整数", en="{name} is a whole number above 0")
_NOT_TOML = Sentence(zh="{path} 不是有效的 TOML 文件", en="{path} is no valid TOML file")
_PLAIN = Sentence(
    zh="生产环境的密钥不能明文写在文件里（{names}）；请运行 tenure channel seal，或用环境变量",
    en="in production no secret stands plainly in the file ({names}); run tenure channel seal, "
    "or give it in the environment",
)
_INSECURE = Sentence(
    zh="生产环境的网关地址必须是 https", en="in production a gateway's address begins with https"
)


class BadChannelSettings(Refusal):
    """A provider's settings cannot be used as they stand."""

    code = "bad_channel_settings"
    said = Sentence(
        zh="消息渠道 {provider} 的设置不可用：{why}。",
        en="The settings of the channel {provider} cannot be used: {why}.",
    )


def accounts(path: Path, *, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The configured providers, by name, in the order of the file; the others are left out.

    Raises:
        BadChannelSettings: a section lacks a value, or holds one that does not exist.
    """
    written = _written(path)
    names = [*written, *(name for name in KINDS if name not in written)]
    found = {}
    for name in names:
        if name not in KINDS:
            raise BadChannelSettings(provider=name, why=_UNKNOWN.fill(names=[name]))
        given = _from_environment(name, environ)
        values = {**written.get(name, {}), **given}
        if environ.get("TENURE_ENV", "") == "production":
            _refuse_plain(name, written.get(name, {}), given=given)
        if values:
            found[name] = _account(name, values)
            _refuse_open_line(name, found[name], environment=environ.get("TENURE_ENV", ""))
    return found


def secrets_of(name: str) -> frozenset[str]:
    """The settings of a provider that are secrets: those that are never shown."""
    if name not in KINDS:
        return frozenset()
    return frozenset(one.name for one in fields(KINDS[name]) if not one.repr)


def _refuse_plain(name: str, written: Mapping[str, Any], *, given: Mapping[str, str]) -> None:
    plain = [
        one
        for one in sorted(secrets_of(name) & written.keys() - given.keys())
        if not str(written[one]).startswith((SEALED, _FILE))
    ]
    if plain:
        raise BadChannelSettings(provider=name, why=_PLAIN.fill(names=plain))


def _written(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadChannelSettings(provider="*", why=_NOT_TOML.fill(path=path)) from error


def _from_environment(name: str, environ: Mapping[str, str]) -> dict[str, Any]:
    prefix = f"{_PREFIX}{name.upper()}_"
    given = {one.name: environ.get(prefix + one.name.upper(), "") for one in fields(KINDS[name])}
    return {key: value for key, value in given.items() if value}


def _account(name: str, values: Mapping[str, Any]) -> object:
    given = dict(values)
    whole = {one.name: one for one in fields(KINDS[name])}
    if "templates" in whole:
        templates = tuple(_approved(name, one) for one in given.pop(_TEMPLATE, ()))
        more: dict[str, object] = {"templates": templates}
    else:
        more = {}
    known = {key: one for key, one in whole.items() if key != "templates"}
    if unknown := sorted(given.keys() - known.keys()):
        raise BadChannelSettings(provider=name, why=_UNKNOWN.fill(names=unknown))
    needed = {key for key, one in known.items() if one.default is MISSING}
    if missing := sorted(needed - {key for key, value in given.items() if value != ""}):
        raise BadChannelSettings(provider=name, why=_MISSING.fill(names=missing))
    read: dict[str, str | int] = {
        key: _value(name, key, value=value) for key, value in given.items()
    }
    for key, one in known.items():
        if key in read and one.type in (int, "int"):
            read[key] = _number(name, key, value=str(read[key]))
    return KINDS[name](**read, **more)


def _approved(name: str, values: object) -> Approved:
    if not isinstance(values, dict):
        raise BadChannelSettings(provider=name, why=_UNKNOWN.fill(names=[_TEMPLATE]))
    known = {"code", "text", "is_marketing"}
    if unknown := sorted(values.keys() - known):
        raise BadChannelSettings(provider=name, why=_UNKNOWN.fill(names=unknown))
    if missing := sorted({"code", "text"} - values.keys()):
        raise BadChannelSettings(provider=name, why=_MISSING.fill(names=missing))
    return Approved(
        str(values["code"]), str(values["text"]), values.get("is_marketing", False) is True
    )


def _value(provider: str, name: str, *, value: object) -> str:
    text = str(value)
    if text.startswith(SEALED):
        try:
            return unseal(text)
        except BadSeal as refusal:
            raise BadChannelSettings(provider=provider, why=refusal.said) from refusal
    if not text.startswith(_FILE):
        return text
    try:
        return Path(text.removeprefix(_FILE)).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadChannelSettings(provider=provider, why=_NO_FILE.fill(name=name)) from error


def _number(provider: str, name: str, *, value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise BadChannelSettings(provider=provider, why=_NO_NUMBER.fill(name=name))
    return int(value)


def _refuse_open_line(name: str, account: Any, *, environment: str) -> None:
    if environment == "production" and not account.gateway.startswith("https://"):
        raise BadChannelSettings(provider=name, why=_INSECURE)
