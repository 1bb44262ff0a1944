"""CHN-02: played providers of text messages, and a rehearsal that sends through none."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tenure.act.channels.channel import Outcome, Parcel
from tenure.act.channels.configuration import BadChannelSettings, accounts
from tenure.act.channels.push.apns import Apns
from tenure.act.channels.push.fcm import Fcm
from tenure.act.channels.sms.aliyun import AliyunSms
from tenure.act.channels.sms.tencent import TencentSms
from tenure.act.channels.wechat.template import WeChatTemplate
from tenure.act.channels.workplace.robots import DingTalkRobot, FeishuRobot
from tenure.act.channels.workplace.wecom import WeComApp, WeComContact
from tenure.kernel import clock
from tenure.strategy.loading import preset
from tenure.world.channels import masts

SOLD = preset("broadband")
TEXT = (
    "【澜江宽带】您的尊享版 1000M将于2026年12月20日到期，续费价¥1,393.20。"
    "续费：https://my.lanjiang.example/renew/2euaf205c5acbc4b69a 客服：10019"
)


NOTICE = "服务名称：300M 宽带\n到期时间：2026年12月20日\n续费金额：¥1,393.20\nhttps://my.lanjiang.example/renew/abc"


def a_parcel(address: str, body: str = TEXT) -> Parcel:
    return Parcel(message_id=1, key="k", address=address, body=body, template="ends_soon")


def test_the_settings_that_are_written_send_a_text_of_the_strategy(tmp_path: Path) -> None:
    with masts.opened(tmp_path, environment="development", home="", sold=SOLD) as open_:
        found = accounts(open_.settings, environ={})
        channels = [AliyunSms(found["aliyun"]), TencentSms(found["tencent"])]
        parcel = Parcel(message_id=1, key="k", address="+861000000001", body=TEXT)
        said = [next(one.deliver([parcel], at=clock.now())) for one in channels]
        with urlopen(f"{open_.addresses['aliyun']}/texts") as answer:
            shown = json.load(answer)

    assert [(one.outcome, one.segments) for one in said] == [(Outcome.ACCEPTED, 2)] * 2
    assert shown == [{"number": "+861000000001", "content": TEXT, "segments": 2}]
    assert not open_.settings.exists()
    assert open_.addresses["aliyun"].startswith("http://127.0.0.1:")


def test_every_other_provider_takes_what_the_written_settings_send(tmp_path: Path) -> None:
    """CHN-01, CHN-05, CHN-06, CHN-12: WeChat in approved fields, WeCom, rooms and push."""
    with masts.opened(tmp_path, environment="development", home="", sold=SOLD) as open_:
        found = accounts(open_.settings, environ={})
        sent = {
            name: next(maker(found[name]).deliver([parcel], at=clock.now())).outcome
            for name, (maker, parcel) in {
                "wechat": (WeChatTemplate, a_parcel("mp:oLi", NOTICE)),
                "wecom": (WeComContact, a_parcel("wmLi@zhang")),
                "wecom_app": (WeComApp, a_parcel("li")),
                "dingtalk": (DingTalkRobot, a_parcel("room")),
                "feishu": (FeishuRobot, a_parcel("room")),
                "fcm": (Fcm, a_parcel("fcm:cLi:APA91b")),
                "apns": (Apns, a_parcel(f"apns:{'a1' * 32}")),
            }.items()
        }
        with urlopen(f"{open_.addresses['wechat']}/texts") as answer:
            shown = json.load(answer)

    assert sent.pop("wecom") is Outcome.AWAITED
    assert set(sent.values()) == {Outcome.ACCEPTED}
    assert shown == [{"address": "mp:oLi", "content": NOTICE}]


def test_faults_are_switched_from_outside(tmp_path: Path) -> None:
    with masts.opened(tmp_path, environment="development", home="", sold=SOLD) as open_:
        place = f"{open_.addresses['tencent']}/faults"
        wish = json.dumps({"fault": "lose", "times": 2}).encode()
        with urlopen(Request(place, data=wish, method="POST")) as answer:
            armed = json.load(answer)

    assert armed == {"lose": {"times": 2, "share": 1.0}}


def test_production_has_no_played_provider(tmp_path: Path) -> None:
    with (
        pytest.raises(masts.NotInProduction) as refused,
        masts.opened(tmp_path, environment="production", home="", sold=SOLD),
    ):
        pass

    assert "TENURE_ENV=production" in refused.value.sentence("en")
    assert not (tmp_path / masts.SETTINGS).exists()


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        ("[nobody]\na = 1", {}, "there is no setting"),
        ("[aliyun]\nsign_name = 'x'", {}, "is missing"),
        ("[aliyun\n", {}, "no valid TOML"),
        ("[[aliyun.template]]\ncode = '1'", {}, "text"),
        (
            "[tencent]\nsign_name='x'\nsdk_app_id='1'\nsecret_id='1'\ngateway='http://x'",
            {
                "TENURE_ENV": "production",
                "TENURE_CHANNEL_TENCENT_CALLBACK_TOKEN": "x",
                "TENURE_CHANNEL_TENCENT_SECRET_KEY": "1",
            },
            "https",
        ),
        (
            "[tencent]\nsign_name='x'\ncallback_token='x'\nsdk_app_id='1'\nsecret_id='1'\n"
            "secret_key='1'\nper_second='0'",
            {},
            "whole number",
        ),
    ],
)
def test_settings_that_cannot_be_used_say_why(
    tmp_path: Path, text: str, environ: dict[str, str], said: str
) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadChannelSettings) as refused:
        accounts(path, environ=environ)

    assert said in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_a_secret_comes_from_a_file_or_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    key, path = tmp_path / "key", tmp_path / "channels.toml"
    key.write_text("very secret\n", encoding="utf-8")
    path.write_text(
        f"[aliyun]\nsign_name='x'\naccess_key_id='a'\naccess_key_secret='file:{key}'\n",
        encoding="utf-8",
    )

    found = accounts(path, environ={"TENURE_CHANNEL_ALIYUN_CALLBACK_TOKEN": "token-1"})["aliyun"]

    assert (found.access_key_secret, found.callback_token) == ("very secret", "token-1")
    assert "secret" not in repr(found).replace("access_key_secret", "")
    assert "token-1" not in repr(found)
    assert found.limits.at_once == 1
    assert timedelta(seconds=1 / found.limits.per_second) <= timedelta(seconds=1)
