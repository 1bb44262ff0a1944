"""What a text may hold on its channel: links to known hosts only, and no more than fits (R-C-006).

A link whose host comes out of a slot leads wherever somebody typed, and a shortener hides where it
leads: neither is taken. Links of our own come from slots such as `renew_url`, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from tenure.kernel.failures import Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.messages import Channel, MessageTemplate
from tenure.strategy.reading import StrategyError
from tenure.strategy.sections import Strategy

_LINK: Final = re.compile(r"(?i)(?:https?://|(?<![\w/.:])//)(?P<host>[^\s/?#<>\"'，。；）)]*)")
# Characters as written: what the way itself takes, or what anybody reads of it.
MOST_BODY: Final[Mapping[Channel, int]] = {
    Channel.EMAIL: 20_000,
    Channel.SMS: 500,  # the most that a template of Aliyun or Tencent may hold
    Channel.PUSH: 1_000,
    Channel.WECHAT: 600,
    Channel.WECOM: 2_048,
    Channel.BANNER: 500,
    Channel.LETTER: 20_000,
    Channel.PHONE: 4_000,
}
MOST_SUBJECT: Final = 200
_OTHER_HOST = Sentence(
    zh="链接指向 {host}，不在允许的网站之列（{known}）；请用链接变量，或在 contact.toml 的 "
    "link_hosts 中写明",
    en="a link leads to {host}, which is none of the hosts that may be linked ({known}); use a "
    "slot that holds a link, or name it under link_hosts in contact.toml",
)
_TOO_LONG = Sentence(
    zh="有 {found} 个字符，这个渠道最多 {most} 个",
    en="it has {found} characters; this channel takes {most}",
)


def check(strategy: Strategy) -> None:
    """Refuse a text with a link to a strange host, or longer than its channel takes.

    Raises:
        StrategyError: it names message, channel and language.
    """
    hosts = hosts_of(strategy)
    for template in strategy.messages.values():
        for path, problem in _problems(template, hosts):
            file = strategy.form("messages").file
            raise StrategyError(file=file, path=f"message[{template.id}].{path}", problem=problem)


def hosts_of(strategy: Strategy) -> frozenset[str]:
    """The hosts that a text may link to: the business's own pages, and those of contact.toml."""
    business = strategy.business
    own = (business.portal_url, business.terms_url, business.privacy_url)
    named = {urlsplit(one).hostname or "" for one in own if one}
    return frozenset(named) | strategy.contact.link_hosts


def _problems(template: MessageTemplate, hosts: frozenset[str]) -> Iterator[tuple[str, Sentence]]:
    for channel, rendering in template.renderings.items():
        for language in LANGUAGES:
            subject, body = rendering.subject.say(language), rendering.body.say(language)
            lengths = ((body, MOST_BODY[channel]), (subject, MOST_SUBJECT))
            found = [*_strange_links(f"{subject}\n{body}", hosts), *map(_too_long, lengths)]
            yield from ((f"{channel}.{language}", one) for one in found if one is not None)


def _strange_links(text: str, hosts: frozenset[str]) -> Iterator[Sentence]:
    for host in _LINK.findall(text):
        if host.casefold().partition(":")[0] not in hosts:
            yield _OTHER_HOST.fill(host=host or "//", known=sorted(hosts))


def _too_long(told: tuple[str, int]) -> Sentence | None:
    text, most = told
    return _TOO_LONG.fill(found=len(text), most=most) if len(text) > most else None
