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
