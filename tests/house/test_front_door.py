"""What a stranger types first exists, and what set-up installs is pinned to the byte."""

import json
import re
import subprocess
import tomllib

import pytest

from tests.house.sources import ROOT

VERBS = ["setup", "demo", "run", "test", "quick", "check", "bench", "chaos", "year", "docs"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_make_lists_every_verb_with_one_line_of_help() -> None:
    listing = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shown = dict(re.findall(r"^  make (\w+)\t(.+)$", listing, re.MULTILINE))

    assert [verb for verb in shown if verb != "help"] == VERBS
    assert all(len(text) <= 80 for text in shown.values())


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hans.md"])
def test_the_readme_gives_the_two_commands(name: str) -> None:
    text = read(name)

    assert "make demo" in text
    assert "make test" in text


def test_ci_calls_check_and_test() -> None:
    script = read(".ci/run")

    assert re.findall(r"^make (\w+)$", script, re.MULTILINE) == ["check", "test"]
    assert "set -euo pipefail" in script
    assert "export CI=true" in script


def test_every_dependency_is_pinned_with_hashes() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    groups = {
        "build": project["build-system"]["requires"],
        "core": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
    }
    for group, wanted in groups.items():
        lock = read(f"requirements/{group}.txt")
        pinned = set(re.findall(r"^([a-z0-9._-]+)==\S+ \\$", lock, re.MULTILINE))
        names = {re.split(r"[\[<>=~! ]", line, maxsplit=1)[0] for line in wanted}

        assert names - pinned == set()
        assert len(re.findall(r"^[a-z]", lock, re.MULTILINE)) == len(pinned)
        assert re.findall(r"^(?!    --hash=sha256:|[a-z0-9]).+", lock, re.MULTILINE) == []


def test_locks_agree_on_every_version() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    pins = {
        pin
        for lock in locks
        for pin in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE)
    }

    assert len({name for name, _version in pins}) == len(pins)


def test_front_end_packages_are_exact_and_locked() -> None:
    wanted = json.loads(read("package.json"))["dependencies"]
    locked = json.loads(read("package-lock.json"))["packages"]

    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("integrity" in one for path, one in locked.items() if path)
    assert not any("resolved" in one for one in locked.values())


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    papers = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [paper.name[:4] for paper in papers]

    assert len(numbers) == len(set(numbers))
    for paper, number in zip(papers, numbers, strict=True):
        assert paper.read_text(encoding="utf-8").startswith(f"# {number} "), paper.name


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "README.md", "README.zh-Hans.md"])
def test_no_paragraph_is_told_twice(name: str) -> None:
    """Two hands that wrote at once leave a paragraph and its elder beside it."""
    openings = [line[:60] for line in read(name).splitlines() if len(line) > 60]

    assert sorted(openings) == sorted(set(openings))
