"""R-U-038: `tenure journal verify` says whether the journal is as it was sealed."""

import pytest

from tenure.loop.sealing import seal_journal
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry, JournalSeal
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli.main import run
from tests.builders import AS_OF, AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    apply_strategy(preset("broadband"), by="test", at=AT)
    append(Fact("sending.stopped", on=AS_OF), at=AT, by="user:7")
    seal_journal(at=AT)


def test_a_whole_journal_ends_in_a_link_that_can_be_noted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    head = JournalSeal.objects.get().link

    assert (run(["journal", "verify"]), run(["journal", "verify", "--head", head])) == (0, 0)

    told = capsys.readouterr()
    sealed = f"Entries as they were sealed: {Entry.objects.count()}."
    assert f"The journal is whole. Seals: 1. {sealed}" in told.out
    assert f"End of the chain: {head}" in told.out


def test_a_changed_journal_fails_and_says_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Entry.objects.filter(kind="sending.stopped").update(actor="user:8")

    in_english = run(["journal", "verify"])
    english = capsys.readouterr().err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    in_chinese = run(["journal", "verify"])
    chinese = capsys.readouterr().err

    assert in_english != 0
    assert in_chinese != 0
    assert "The journal is not as it was sealed: seal 1: " in english
    assert "审计日志与封存时不一致：seal 1: " in chinese


def test_a_link_that_is_not_in_the_chain_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["journal", "verify", "--head", "0" * 64]) != 0
    assert "head 000000000000" in capsys.readouterr().err
