"""`tenure fakes` opens the gateways, says where, and ends with Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tenure.act.channels import configuration as channels
from tenure.act.payments.configuration import accounts
from tenure.surfaces.cli import demo, fakes

CHANNELS = [
    "aliyun", "tencent", "wechat", "wechat_mini", "wecom", "wecom_app", "dingtalk", "feishu",
    "webpush", "fcm", "apns",
]  # fmt: skip
_PROGRAM = "from tenure.surfaces.cli.main import main; main()"


def opened(tmp_path: Path, *options: str, **environ: str) -> "subprocess.Popen[str]":
    home = {"TENURE_HOME": str(tmp_path), "TENURE_LANG": "en"}
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "fakes", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **home, **environ},
    )


def test_addresses_and_settings_are_told_and_go_with_the_command(tmp_path: Path) -> None:
    child = opened(tmp_path, "--json")
    assert child.stdout is not None
    told = json.loads(child.stdout.readline())
    settings = Path(told["settings"])
    stood = settings.exists()

    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)

    assert sorted(told["gateways"]) == ["alipay", "stripe", "unionpay", "wechat"]
    assert sorted(told["channels"]) == sorted(CHANNELS)
    assert (stood, settings.exists()) == (True, False)
    assert not Path(told["channel_settings"]).exists()
    assert child.returncode == 130
    assert "Stopped" in said


def test_ctrl_c_while_python_cleans_up_is_not_lost() -> None:
    """An exception raised behind a dying object is swallowed; the verb would stay for ever."""

    class Dying:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), fakes._until_ctrl_c():
        Dying()

    assert signal.getsignal(signal.SIGINT) is before


def test_production_is_refused_in_one_sentence(tmp_path: Path) -> None:
    child = opened(tmp_path, TENURE_ENV="production")

    _, said = child.communicate(timeout=30)

    assert child.returncode == 2
    assert "TENURE_ENV=production" in said


def test_the_demo_serves_with_the_gateways_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PAY-02, CHN-02: the demo's server can really be paid, and has mail and text messages."""
    found: list[str] = []

    def serve_in_child(port: int, *, environment: Mapping[str, str]) -> None:
        settings = Path(environment["TENURE_PAYMENTS"])
        found.extend(accounts(settings, environ={}))
        found.append(environment["TENURE_SMTP_HOST"])
        found.extend(channels.accounts(Path(environment["TENURE_CHANNELS"]), environ={}))

    monkeypatch.setattr(demo, "serve_in_child", serve_in_child)
    for name in ("TENURE_PAYMENTS", "TENURE_CHANNELS", "TENURE_SMTP_HOST", "TENURE_SMTP_PORT"):
        monkeypatch.setenv(name, "")

    demo._serve(tmp_path, password="x", business="broadband")

    gateways = ["wechat", "alipay", "stripe", "unionpay", "bank"]
    assert found == [*gateways, "127.0.0.1", *CHANNELS]
