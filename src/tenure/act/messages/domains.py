"""What has to stand in the DNS so that letters of our domain are believed, and whether it does.

SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489), aligned (R-C-033). Nothing is looked up: the
records are given, as a zone file, `dig` or the provider's page shows them.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.act.messages.dkim import Signer
from tenure.kernel.failures import Sentence

#: So many mechanisms of SPF may ask the DNS (RFC 7208 §4.6.4).
MOST_LOOKUPS: Final = 10
_ASKING: Final = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
_LINE: Final = re.compile(r"^(\S+?)\.?\s+(?:\d+\s+)?(?:IN\s+)?(TXT|MX)\s+(.+)$", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')

type Records = Mapping[tuple[str, str], Sequence[str]]  # (name, type) → values


class Mark(StrEnum):
    """How one of them stands."""

    GOOD = "good"
    WEAK = "weak"  # letters arrive, and the domain is not protected
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is so in the DNS, and what to do about it."""

    about: str  # spf | dkim | dmarc | mx
    mark: Mark
    said: Sentence


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that should stand there."""

    name: str
    kind: str
    value: str


_SAID: Final = {
    "spf_none": Sentence(
        zh="{domain} 没有 SPF 记录；请添加 TXT “{value}”（把 include 换成邮件服务商的）。",
        en="{domain} has no SPF record; add the TXT “{value}”, with your provider's include.",
    ),
    "spf_many": Sentence(
        zh="{domain} 有 {count} 条 SPF 记录，收件方会全部作废；请合并成一条。",
        en="{domain} has {count} SPF records, and receivers then ignore all; make them one.",
    ),
    "spf_open": Sentence(
        zh="{domain} 的 SPF 以 +all 结尾，任何人都能冒用；请改成 -all 或 ~all。",
        en="The SPF of {domain} ends in +all: anybody may send as you; end it in -all or ~all.",
    ),
    "spf_endless": Sentence(
        zh="{domain} 的 SPF 没有以 -all 或 ~all 结尾；冒用的邮件不会被识别。",
        en="The SPF of {domain} does not end in -all or ~all; forged mail is not told apart.",
    ),
    "spf_lookups": Sentence(
        zh="{domain} 的 SPF 需要 {count} 次查询，超过 10 次即失败；请减少 include。",
        en="The SPF of {domain} asks the DNS {count} times, above 10 it fails; use fewer includes.",
    ),
    "spf_good": Sentence(zh="SPF 正常：{value}", en="SPF stands: {value}"),
    "dkim_off": Sentence(
        zh="没有设置签名密钥（TENURE_DKIM_KEY），邮件没有 DKIM 签名。",
        en="No signing key is set (TENURE_DKIM_KEY): letters carry no DKIM signature.",
    ),
    "dkim_none": Sentence(
        zh="{name} 没有公钥记录；请添加 TXT “{value}”。",
        en="No public key stands at {name}; add the TXT “{value}”.",
    ),
    "dkim_other": Sentence(
        zh="{name} 的公钥与本机签名用的私钥不是一对，签名全部无效；请改为“{value}”。",
        en="The key at {name} is not that of our signatures, which all fail; make it “{value}”.",
    ),
    "dkim_good": Sentence(zh="DKIM 公钥与签名一致：{name}", en="DKIM stands: {name} holds our key"),
    "dmarc_none": Sentence(
        zh="{name} 没有 DMARC 记录；请添加 TXT “{value}”。Gmail、Yahoo 对大宗发件人有此要求。",
        en="{name} has no DMARC record; add the TXT “{value}”. Gmail and Yahoo want it of bulk "
        "senders.",
    ),
    "dmarc_many": Sentence(
        zh="{name} 有 {count} 条 DMARC 记录，收件方会全部忽略；请只留一条。",
        en="{name} has {count} DMARC records, and receivers then ignore all; keep one.",
    ),
    "dmarc_weak": Sentence(
        zh="DMARC 策略是 p=none：只统计、不拦截；确认报告无误后改为 quarantine 或 reject。",
        en="The DMARC policy is p=none: it counts and stops nothing; go on to quarantine or "
        "reject once the reports are clean.",
    ),
    "dmarc_bad": Sentence(
        zh="DMARC 记录“{value}”没有有效的 p=；请写 none、quarantine 或 reject。",
        en="The DMARC record “{value}” has no valid p=; write none, quarantine or reject.",
    ),
    "dmarc_good": Sentence(zh="DMARC 正常：{value}", en="DMARC stands: {value}"),
    "mx_none": Sentence(
        zh="{domain} 没有 MX 记录，退信和投诉无处可回；退信地址 b+…@{domain} 需要能收信。",
        en="{domain} has no MX record: what comes back to b+…@{domain} reaches nobody.",
    ),
    "mx_good": Sentence(zh="退信可以收到：{value}", en="Returns can be received: {value}"),
}


def wanted(domain: str, *, signer: Signer | None) -> list[Wanted]:
    """The records of a domain that sends, ready to be copied."""
    found = [Wanted(domain, "TXT", "v=spf1 mx include:YOUR-PROVIDER -all")]
    if signer is not None:
        found.append(Wanted(dkim_name(signer), "TXT", signer.record))
    report = f"v=DMARC1; p=quarantine; adkim=r; aspf=r; rua=mailto:dmarc@{domain}"
    return [*found, Wanted(f"_dmarc.{domain}", "TXT", report)]


def dkim_name(signer: Signer) -> str:
    """Where the public key of a signer stands."""
    return f"{signer.selector}._domainkey.{signer.domain}"


def read(text: str) -> Records:
    """Records of a zone file or of `dig`; a long TXT in several quotes is one value."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for line in text.splitlines():
        if (told := _LINE.match(line.strip())) and not line.lstrip().startswith(";"):
            name, kind, value = told.group(1).lower(), told.group(2).upper(), told.group(3).strip()
            pieces = _QUOTED.findall(value)
            found[name, kind].append("".join(pieces) if pieces else value)
    return found


def check(domain: str, records: Records, *, signer: Signer | None) -> list[Finding]:
    """How SPF, DKIM, DMARC and the way back stand for a domain."""
    return [
        _spf(domain, records),
        _dkim(records, signer),
        _dmarc(domain, records),
        _mx(domain, records),
    ]


def _spf(domain: str, records: Records) -> Finding:
    every = records.get((domain, "TXT"), ())
    found = [one for one in every if one.lower().split(" ")[0] == "v=spf1"]
    if not found:
        value = wanted(domain, signer=None)[0].value
        return _found("spf", Mark.BAD, "spf_none", domain=domain, value=value)
    if len(found) > 1:
        return _found("spf", Mark.BAD, "spf_many", domain=domain, count=len(found))
    terms = found[0].lower().split()[1:]
    lookups = sum(one.lstrip("+-~?").startswith(_ASKING) and not _is_all(one) for one in terms)
    if lookups > MOST_LOOKUPS:
        return _found("spf", Mark.BAD, "spf_lookups", domain=domain, count=lookups)
    if any(one in ("all", "+all") for one in terms):
        return _found("spf", Mark.BAD, "spf_open", domain=domain)
    is_closed = any(one in ("-all", "~all") or one.startswith("redirect=") for one in terms)
    if not is_closed:
        return _found("spf", Mark.WEAK, "spf_endless", domain=domain)
    return _found("spf", Mark.GOOD, "spf_good", value=found[0])


def _is_all(term: str) -> bool:
    return term.lstrip("+-~?") == "all"


def _dkim(records: Records, signer: Signer | None) -> Finding:
    if signer is None:
        return _found("dkim", Mark.BAD, "dkim_off")
    name = dkim_name(signer)
    found = records.get((name, "TXT"), ())
    if not found:
        return _found("dkim", Mark.BAD, "dkim_none", name=name, value=signer.record)
    key = _tags(signer.record)["p"]
    if all(_tags(one).get("p", "").replace(" ", "") != key for one in found):
        return _found("dkim", Mark.BAD, "dkim_other", name=name, value=signer.record)
    return _found("dkim", Mark.GOOD, "dkim_good", name=name)


def _dmarc(domain: str, records: Records) -> Finding:
    name = f"_dmarc.{domain}"
    every = records.get((name, "TXT"), ())
    found = [one for one in every if one.lower().startswith("v=dmarc1")]
    if not found:
        value = wanted(domain, signer=None)[-1].value
        return _found("dmarc", Mark.BAD, "dmarc_none", name=name, value=value)
    if len(found) > 1:
        return _found("dmarc", Mark.BAD, "dmarc_many", name=name, count=len(found))
    policy = _tags(found[0]).get("p", "").lower()
    if policy == "none":
        return _found("dmarc", Mark.WEAK, "dmarc_weak")
    if policy not in ("quarantine", "reject"):
        return _found("dmarc", Mark.BAD, "dmarc_bad", value=found[0])
    return _found("dmarc", Mark.GOOD, "dmarc_good", value=found[0])


def _mx(domain: str, records: Records) -> Finding:
    found = records.get((domain, "MX"), ())
    if not found:
        return _found("mx", Mark.BAD, "mx_none", domain=domain)
    return _found("mx", Mark.GOOD, "mx_good", value=found[0])


def _tags(record: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _found(about: str, mark: Mark, said: str, **values: object) -> Finding:
    return Finding(about, mark, _SAID[said].fill(**values))
