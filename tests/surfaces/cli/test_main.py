"""The command itself: exit codes, the one sentence of a failure, the reader's language."""

import pytest
import typer

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.surfaces.cli import main, terminal


class TooEarly(Refusal):
    code = "too_early"
    said = Sentence(zh="太早了，请等到 {hour} 点。", en="Too early; wait until {hour} o'clock.")


def an_application(failure: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(main._nothing_first)

    @app.command()
    def fail() -> None:
        raise failure

    return app


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [("zh_CN.UTF-8", "太早了，请等到 9 点。\n"), ("C.UTF-8", "Too early; wait until 9 o'clock.\n")],
)
def test_refusal_is_one_sentence_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tag: str, sentence: str
) -> None:
    monkeypatch.setenv("TENURE_LANG", tag)
    monkeypatch.setattr(main, "application", lambda **_: an_application(TooEarly(hour=9)))

    code = main.run(["fail"])

    assert code == 2
    assert capsys.readouterr() == ("", sentence)


def test_outage_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "application", lambda **_: an_application(Outage()))

    assert main.run(["fail"]) == 3


def test_ctrl_c_exits_with_130_and_says_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    monkeypatch.setattr(main, "application", lambda **_: an_application(KeyboardInterrupt()))

    code = main.run(["fail"])

    assert code == 130
    assert "Whatever was finished is kept" in capsys.readouterr().err


def test_command_that_does_not_exist_exits_with_2() -> None:
    assert main.run(["no-such-verb"]) == 2


MODEL = ["model", "fit", "a.csv", "--outcome", "churn"]


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        ([*MODEL, "--base-rate", "abc"],
         "--base-rate is a number, such as 0.12; “abc” was given.", "--base-rate 应是数字"),
        ([*MODEL, "--base-rate", "12%"], "“12%” was given.", "给的是“12%”。"),
        (["demo", "--days", "1.5"],
         "--days is a whole number, such as 12; “1.5” was given.", "--days 应是整数"),
        (["serve", "--port", "99999999"], "--port is a number of at most 65535",
         "不大于 65535 的数"),
        (["serve", "--port", "-1"], "--port is a number of at least 1; “-1”", "不小于 1 的数"),
        (["serve", "--port"], "--port needs a value after it.", "--port 后面缺少它的值。"),
        (MODEL[:3], "--outcome is missing: the column that says who left.",
         "缺少 --outcome：结果列"),
        (MODEL[:2], "FILE is missing: CSV", "缺少 FILE：CSV"),
        ([*MODEL[:3], "--outcom", "x"], "There is no option --outcom. Did you mean --outcome",
         "没有选项 --outcom。是否指：--outcome"),
        (["model", "fti"], "There is no command “fti”. Did you mean fit?",
         "没有命令“fti”。是否指：fit？"),
        ([*MODEL, "b", "c"], "Too much was written: b c (a value with spaces", "多写了：b c"),
    ],
)  # fmt: skip
def test_what_was_written_wrongly_is_one_sentence_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: list[str],
    en: str,
    zh: str,
) -> None:
    for tag, sentence, more in (("en", en, " See `tenure"), ("zh-CN", zh, " 用法见 `tenure")):
        monkeypatch.setenv("TENURE_LANG", tag)

        code = main.run(written)

        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert sentence in err
        assert more in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("environ", "tag"),
    [
        ({"TENURE_LANG": "zh-CN", "LANG": "en_US.UTF-8"}, "zh-Hans"),
        ({"TENURE_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-Hans"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_language_is_what_was_asked_for_first(environ: dict[str, str], tag: str) -> None:
    assert terminal.language(environ) == tag


def test_every_verb_is_found_when_it_is_read_alone() -> None:
    """What every verb uses takes seconds to read; whoever asks for one waits for that one."""
    everything = main._verbs(main.application())
    alone = {verb: main._verbs(main.application(verb=verb)) for verb in everything}

    assert len(everything) > 30
    assert all(verb in found for verb, found in alone.items())
    assert alone["serve"] == {"serve"}
    assert alone["import"] == {"import"}
    assert main._verbs(main.application(verb="nonsense")) == everything
