"""STD-09, R-P-021, R-U-009, TOP-09: what the ready strategies and our own reasons say."""

import re
from datetime import date

import pytest

from tenure.act.messages.lint import selling_words, sells
from tenure.act.messages.reasons import REASONS, told
from tenure.act.messages.rendering import slots_of
from tenure.act.messages.wording import dated, gigabytes, priced
from tenure.kernel.money import Money
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.messages import SLOTS, MessageClass

LANGUAGES = ("zh-Hans", "en")


@pytest.mark.parametrize("name", preset_names())
def test_no_service_message_that_ships_uses_words_of_marketing(name: str) -> None:
    """R-P-021: a renewal reminder is a service, an offer is marketing."""
    for template in preset(name).messages.values():
        for channel, rendering in template.renderings.items():
            for language in LANGUAGES:
                text = rendering.subject.say(language) + rendering.body.say(language)
                assert not sells(text, template.message_class), (template.id, channel, language)


@pytest.mark.parametrize("name", preset_names())
def test_every_text_that_ships_can_be_read_and_names_known_slots(name: str) -> None:
    for template in preset(name).messages.values():
        for rendering in template.renderings.values():
            for language in LANGUAGES:
                text = rendering.subject.say(language) + rendering.body.say(language)
                assert slots_of(text, template=template.id) <= SLOTS.keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("限时优惠，立减 30 元", ("限时", "优惠", "立减")),
        ("Renew now: 20% off, limited time", ("20% off", "limited time")),
        ("{{ offer_name }} {% if coupon_code %}x{% endif %}", ()),
        ("您的套餐还有 7 天到期", ()),
    ],
)
def test_words_that_sell_are_found_and_slots_are_no_words(
    text: str, words: tuple[str, ...]
) -> None:
    assert selling_words(text) == words
    assert sells(text, MessageClass.TRANSACTIONAL) == bool(words)
    assert not sells(text, MessageClass.MARKETING)


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    strategy = preset("broadband")

    for sentence in REASONS.values():
        assert re.search(r"[\u4e00-\u9fff]", sentence.zh)
        assert not re.search(r"[\u4e00-\u9fff]", sentence.en)
    assert told("cap_marketing_daily", strategy=strategy).en == (
        "cap reached: marketing at most once a day"
    )
    assert told("cap_of_old", strategy=strategy).zh == "触达上限：of_old"
    assert told("something", strategy=strategy).en == "another reason: something"


def test_dates_amounts_and_volumes_read_naturally() -> None:
    assert dated(date(2026, 4, 3), "zh-Hans") == "2026年4月3日"
    assert dated(date(2026, 4, 3), "en") == "3 April 2026"
    assert priced(Money(106_920, "CNY")) == "¥1,069.20"
    assert priced(Money(1_200, "JPY")) == "JP¥1,200"
    assert priced(Money(9_900, "SEK")) == "99.00 SEK"
    assert (gigabytes(4.26), gigabytes(128.4)) == ("4.3", "128")
