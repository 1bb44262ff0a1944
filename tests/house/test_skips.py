"""A test that is left out says why; one that is always left out names its issue."""

import ast
import re

import pytest

from tests import conftest
from tests.house.sources import Source, dotted, nodes, python_sources, source_of

ALWAYS = {"pytest.mark.skip", "pytest.mark.xfail"}
LEAVING_OUT = ALWAYS | {"pytest.mark.skipif", "pytest.skip", "pytest.xfail"}


def reason_of(call: ast.Call) -> str:
    """The literal reason that a call gives, as text; formatted reasons count as given."""
    given = [one.value for one in call.keywords if one.arg == "reason"]
    values = given or [one for one in call.args if isinstance(one, ast.Constant | ast.JoinedStr)]
    return ast.unparse(values[-1]) if values else ""


def fault_of(node: ast.AST, *, called: set[ast.expr]) -> str:
    """What a marker or a call lacks, or nothing."""
    name = dotted(node)
    if isinstance(node, ast.Attribute) and node not in called:
        return "no reason" if name in ALWAYS else ""
    if not isinstance(node, ast.Call) or name not in LEAVING_OUT:
        return ""
    if not reason_of(node):
        return "no reason"
    return "no issue" if name in ALWAYS and not re.search(r"#\d", reason_of(node)) else ""


def skip_findings(source: Source) -> list[str]:
    called = {node.func for node in nodes(source.tree) if isinstance(node, ast.Call)}
    faults = ((node, fault_of(node, called=called)) for node in nodes(source.tree))
    return sorted(f"{source.at(node)} {fault}" for node, fault in faults if fault)


def a_report(*, outcome: str, keywords: tuple[str, ...]) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid="a.py::test_a",
        location=("a.py", 1, "test_a"),
        keywords=dict.fromkeys(keywords, 1),
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=("a.py", 1, "Skipped: missing chromium"),
        when="call",
    )


def test_every_skip_has_a_reason() -> None:
    assert [line for source in python_sources() for line in skip_findings(source)] == []


def test_skips_without_reason_or_issue_are_found() -> None:
    text = (
        "@pytest.mark.skip\ndef test_a(): pass\n"
        '@pytest.mark.skip(reason="slow")\ndef test_b(): pass\n'
        '@pytest.mark.skip(reason="slow, #3")\ndef test_c(): pytest.skip("missing chromium")\n'
    )

    assert skip_findings(source_of(text, path="a.py")) == ["a.py:1 no reason", "a.py:3 no issue"]


def test_under_ci_a_skip_is_a_failure_unless_it_needs_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "IN_CI", True)
    skipped = a_report(outcome="skipped", keywords=())

    assert conftest.refuses_skip(a_report(outcome="skipped", keywords=("spark",))) is False
    assert conftest.refuses_skip(a_report(outcome="passed", keywords=())) is False
    assert conftest.refuses_skip(skipped) is True
    conftest.refuse(skipped)
    assert skipped.outcome == "failed"
    assert skipped.longrepr == ("Nothing may be skipped under CI=true. Skipped: missing chromium")


def test_at_home_a_skip_is_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "IN_CI", False)

    assert conftest.refuses_skip(a_report(outcome="skipped", keywords=())) is False
