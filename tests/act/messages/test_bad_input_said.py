"""Bad input of journeys and of sending is told in both languages, each kind of it once."""

from collections.abc import Callable

import pytest

from tenure.act.messages.reasons import REASONS
from tenure.kernel.failures import Refusal
from tenure.strategy.loading import build
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, files_of
from tests.strategy.test_clocks import a_step, journeys
from tests.strategy.test_messages import a_message


def a_template_with_an_unknown_slot() -> object:
    document = a_document()
    body = {"zh": "{{ plan_nam }}", "en": "Hello"}
    files_of(document)["messages.toml"]["message"].append(a_message(sms={"body": body}))
    return build(document)


def a_step_with_no_way_out() -> object:
    return journeys(a_step(channels="[]", more="days_after = 1"))


def a_loop_without_a_wait() -> object:
    return journeys(a_step(more='days_after = 1\nfollows = "one"'))


def two_steps_on_one_day() -> object:
    first = a_step("one", more="days_after = 1").replace("valid_days = 3", "valid_days = 1")
    second = a_step("two", more='days_after = 1\nfollows = "one"')
    return journeys(first, second.replace("valid_days = 3", "valid_days = 1"))


def an_unknown_time_zone() -> object:
    document = a_document()
    files_of(document)["business.toml"]["zone"] = "Mars/Base"
    return build(document)


@pytest.mark.parametrize(
    ("make", "zh", "en"),
    [
        (a_template_with_an_unknown_slot, "最接近的是“plan_name”", "the nearest is “plan_name”"),
        (a_step_with_no_way_out, "渠道", "there is no channel"),
        (a_loop_without_a_wait, "会不等待地循环", "a loop without a wait"),
        (two_steps_on_one_day, "请至少隔一天", "leave a day at least"),
        (an_unknown_time_zone, "Mars/Base", "Mars/Base"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_both_languages(
    make: Callable[[], object], zh: str, en: str
) -> None:
    with pytest.raises((StrategyError, Refusal)) as refusal:
        make()

    said = {language: refusal.value.sentence(language) for language in ("zh", "en")}
    assert zh in said["zh"]
    assert en in said["en"]
    assert said["zh"] != said["en"]


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        ("bounced", "退信", "bounced"),  # an address that bounces
        ("channel_down", "渠道不可用", "the provider is down"),  # for a day
        ("mail_server_down", "邮件服务器不可用", "the mail server is down"),
        ("quiet_hours", "不在可发送时段", "outside the sending hours"),  # a night of any length
        ("missing_slot", "缺少消息需要的数据", "something the text needs is unknown"),
        ("too_late", "已过发送期", "its time has passed"),  # a clock that jumped ahead
        ("not_confirmed", "尚未确认", "none came"),
    ],
)
def test_what_was_not_sent_says_why_in_both_languages(reason: str, zh: str, en: str) -> None:
    assert zh in REASONS[reason].say("zh-Hans")
    assert en in REASONS[reason].say("en")
