"""The examples of guardrails.toml: each line does to each case what its example says."""

from __future__ import annotations

from tenure.kernel.failures import Sentence
from tenure.strategy.guard_lines import lines
from tenure.strategy.reading import UNKNOWN, StrategyError, nearest
from tenure.strategy.refusing import Refusing
from tenure.strategy.rules import holds
from tenure.strategy.sections import Strategy

_REFUSES = Sentence(
    zh="例子“{name}”：这条规则会拒绝它，与 refused = false 不符；请改规则或例子",
    en="the example “{name}”: the line refuses it, against refused = false; change one of them",
)
_ALLOWS = Sentence(
    zh="例子“{name}”：这条规则不会拒绝它，与 refused = true 不符；请改规则或例子",
    en="the example “{name}”: the line does not refuse it, against refused = true; change one of "
    "them",
)
_TAKEN = Sentence(
    zh="内置规则已用这个编号；自定规则请另取名",
    en="a line of ours has this id; give your own another",
)


def check_every_day(strategy: Strategy) -> None:
    """`check` for each form of guardrails.toml and of whatever it reads.

    Raises:
        StrategyError
    """
    for form in strategy.dated["guardrails"]:
        check(strategy.at(form.effective_on))


def check(strategy: Strategy) -> None:
    """Refuse a strategy in which a line does something else than its examples say.

    Raises:
        StrategyError: at the example, or at a line that does not exist.
    """
    guardrails = strategy.guardrails
    every = lines(guardrails)
    known = {line.code: line for line in every}
    ours = [line.code for line in every]
    for one in guardrails.stated.values():
        path = f"line[{one.id}]"
        if one.id not in known:
            problem = UNKNOWN.fill(name=one.id, nearest=nearest(one.id, known))
            _refuse(strategy, f"{path}.id", problem)
        if one.refuses is not None and ours.count(one.id) > 1:
            _refuse(strategy, f"{path}.id", _TAKEN)
        _check_examples(strategy, known[one.id], path=path)


def _check_examples(strategy: Strategy, line: Refusing, *, path: str) -> None:
    for place, example in enumerate(strategy.guardrails.stated[line.code].examples):
        found = holds(line.rule, example.case)
        if found != example.is_refused:
            said = (_REFUSES if found else _ALLOWS).fill(name=example.name)
            _refuse(strategy, f"{path}.example[{place}].refused", said)


def _refuse(strategy: Strategy, path: str, problem: Sentence) -> None:
    raise StrategyError(file=strategy.form("guardrails").file, path=path, problem=problem)
