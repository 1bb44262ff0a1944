"""Who we are at each provider of text messages; no secret is ever shown."""

from dataclasses import dataclass, field

from tenure.act.channels.channel import Limits
from tenure.act.channels.sms.templates import Approved


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAccount:
    """What every provider of text messages asks for."""

    sign_name: str
    gateway: str
    #: In the address that reports come to; whoever knows it may report.
    callback_token: str = field(repr=False)
    templates: tuple[Approved, ...] = ()
    per_second: int = 200
    template_per_second: int = 100
    #: So many signs may stand in one place of a template.
    value_limit: int = 35

    @property
    def limits(self) -> Limits:
        """How fast this account may be used."""
        return Limits(self.per_second, self.per_second, self.template_per_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunAccount(SmsAccount):
    """A RAM user that may send text messages, and nothing else."""

    gateway: str = "https://dysmsapi.aliyuncs.com"
    access_key_id: str
    access_key_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentAccount(SmsAccount):
    """A sub-account that may send text messages, and nothing else."""

    gateway: str = "https://sms.tencentcloudapi.com"
    region: str = "ap-guangzhou"
    sdk_app_id: str
    secret_id: str
    secret_key: str = field(repr=False)
