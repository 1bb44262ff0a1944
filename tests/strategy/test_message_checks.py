"""JRN-14, R-C-006: one message in many renderings, each held to what its channel takes."""

import copy
from typing import Any

import pytest

from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.message_checks import MOST_BODY, check
from tenure.strategy.messages import Channel
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document


def with_text(text: str, *, channel: str = "sms", **contact: Any) -> None:
    document: Any = copy.deepcopy(a_document())
    for table in document["files"]["messages.toml"]["message"]:
        if table["id"] == "ends_soon":
            table[channel]["body"] = {"zh": text, "en": text}
    document["files"]["contact.toml"].update(contact)
    check(build(document))


def refused(text: str, *, channel: str = "sms") -> str:
    with pytest.raises(StrategyError) as found:
        with_text(text, channel=channel)
    return found.value.sentence("en")


@pytest.mark.parametrize("name", preset_names())
def test_every_text_that_ships_fits_its_channel_and_links_home(name: str) -> None:
    check(preset(name))


@pytest.mark.parametrize(
    "link",
    [
        "https://bit.ly/3xyz", "http://t.cn/a", "//evil.example/x", "https://{{ customer_name }}/",
        "HTTPS://Evil.Example", "https://portal.example.com.evil.example/",
        "https://portal.example.com@evil.example/",
    ],
)  # fmt: skip
def test_a_link_to_a_strange_host_is_refused_where_the_text_is_saved(link: str) -> None:
    told = refused(f"{{{{ plan_name }}}} {link}")
    assert "message[ends_soon].sms.zh-Hans" in told
    assert "none of the hosts that may be linked" in told


def test_the_business_may_name_hosts_that_it_links_to() -> None:
    with_text("https://help.example.org/a?b=1", link_hosts=["help.example.org"])


def test_a_text_longer_than_its_channel_takes_is_refused() -> None:
    with_text("长" * MOST_BODY[Channel.SMS])
    assert "501 characters; this channel takes 500" in refused("长" * 501)
