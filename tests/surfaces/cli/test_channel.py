"""R-C-008: secrets of providers rest sealed; a channel is tried with proved own addresses alone."""

import re
from pathlib import Path
from typing import Any

import pytest

from tenure.act.channels.configuration import BadChannelSettings, accounts
from tenure.act.channels.registry import standing_in
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli.main import run
from tests.act.channels.test_carrying import Telegraph
from tests.builders import AT, a_contact_point

pytestmark = pytest.mark.django_db
WRITTEN = """# Who we are
[aliyun]
sign_name = "续航"
access_key_id = "LTAI"
access_key_secret = "top \\"secret\\""  # from the console
callback_token = "file:{token}"
"""


@pytest.fixture(autouse=True)
def _strategy() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


@pytest.fixture
def written(tmp_path: Path, settings: Any) -> Path:
    token = tmp_path / "token"
    token.write_text("t0ken", encoding="utf-8")
    path = tmp_path / "channels.toml"
    path.write_text(WRITTEN.replace("{token}", str(token)), encoding="utf-8")
    settings.TENURE_CHANNELS = path
    return path


def test_r_c_008_secrets_rest_sealed_and_open_here_alone(
    written: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = accounts(written, environ={})["aliyun"]
    with pytest.raises(BadChannelSettings) as plainly:
        accounts(written, environ={"TENURE_ENV": "production"})

    assert [run(["channel", "seal"]) for _ in range(2)] == [0, 0]

    text = written.read_text(encoding="utf-8")
    assert "top" not in text
    assert ("# from the console" in text, "# Who we are" in text) == (True, True)
    assert accounts(written, environ={"TENURE_ENV": "production"})["aliyun"] == before
    assert before.access_key_secret == 'top "secret"'
    assert "access_key_secret" in plainly.value.sentence("en")
    assert "tenure channel seal" in plainly.value.sentence("zh")
    settings.SECRET_KEY = "another server's"
    with pytest.raises(BadChannelSettings, match="sealed"):
        accounts(written, environ={})
    assert "1 " in capsys.readouterr().out


def test_r_c_008_a_changed_seal_does_not_open(written: Path) -> None:
    run(["channel", "seal"])
    text = written.read_text(encoding="utf-8")
    sealed = re.search(r"sealed:[\w=-]+", text)
    assert sealed is not None
    changed = sealed[0][:-6] + ("AAAA" if sealed[0][-6:-2] != "AAAA" else "BBBB") + sealed[0][-2:]
    written.write_text(text.replace(sealed[0], changed), encoding="utf-8")

    with pytest.raises(BadChannelSettings):
        accounts(written, environ={})


def test_r_c_008_only_a_proved_own_address_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    mine, telegraph = "13900000001", Telegraph()
    with standing_in(telegraph):
        assert run(["channel", "try", "telegraph", mine, "--text", "hello"]) == 2
        assert run(["channel", "verify", "telegraph", mine]) == 0
        code = re.search(r"\d{6}", telegraph.asked[0].body)
        assert code is not None
        wrong = "000000" if code[0] != "000000" else "111111"
        assert run(["channel", "verify", "telegraph", mine, "--code", wrong]) == 2
        assert run(["channel", "try", "telegraph", mine, "--text", "hello"]) == 2
        assert run(["channel", "verify", "telegraph", mine, "--code", code[0]]) == 0
        assert run(["channel", "try", "telegraph", mine, "--text", "hello"]) == 0

    assert [one.body for one in telegraph.asked[1:]] == ["hello"]
    tried = Entry.objects.get(kind="channel.tried")
    assert mine not in str(tried.content)
    assert "accepted" in capsys.readouterr().out


def test_r_c_008_no_customer_is_tried_and_no_code_is_guessed() -> None:
    a_contact_point(channel="sms", address="13900000002")
    telegraph = Telegraph()
    with standing_in(telegraph):
        assert run(["channel", "verify", "telegraph", "13900000002"]) == 2
        assert telegraph.asked == []
        assert run(["channel", "verify", "telegraph", "13900000003"]) == 0
        code = re.search(r"\d{6}", telegraph.asked[0].body)
        assert code is not None
        for _ in range(5):
            run(["channel", "verify", "telegraph", "13900000003", "--code", "wrong"])
        assert run(["channel", "verify", "telegraph", "13900000003", "--code", code[0]]) == 2
