"""Choose the bundle that fits how somebody uses the service, and who may try what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.subscriptions.benefits.rules import Verdict
from tenure.strategy.benefits import Bundle, Trial
from tenure.strategy.rules import holds


def fitting_bundle(
    bundles: Iterable[Bundle], use: Mapping[str, object], *, plan: str, cycle_months: int
) -> Bundle | None:
    """The first bundle that a term is long enough for and whose need somebody has (OFR-03).

    Args:
        use: feature → value; what is not known fits no need.
    """
    known: Mapping[str, object] = defaultdict(lambda: None, use)
    for one in bundles:
        if one.goes_with(plan=plan, cycle_months=cycle_months) and holds(one.when, known):
            return one
    return None


@dataclass(frozen=True, slots=True)
class Trying:
    """What a contract has and had: its plan, its add-ons, trials begun before, and its state."""

    plan: str
    add_ons: Collection[str]
    had: Collection[str]
    tries: str  # the trial that runs now; empty where none does
    is_serving: bool


class CannotTry(Refusal):
    """A trial that a contract does not get."""

    code = "cannot_try"
    said = Sentence(zh="不能试用“{trial}”：{why}。", en="“{trial}” cannot be tried: {why}.")


_NOT_SERVING = Sentence(zh="现在没有有效的服务期", en="no paid term runs now")
_HAS_IT = Sentence(zh="已经在用", en="it is in use already")
_OTHER_PLAN = Sentence(zh="适用于较低档的套餐", en="it is for smaller plans")
_TRIES_IT = Sentence(zh="正在试用", en="it is being tried now")
_HAD_IT = Sentence(zh="已经试用过，每个合同一次", en="it was tried before, once for each contract")
_ONE_AT_A_TIME = Sentence(
    zh="正在试用另一项，结束后再来", en="something else is being tried; come back after its end"
)
_FREE = Sentence(zh="免费 {days} 天，到期自动停止", en="free for {days} days, stops by itself")


def may_try(trial: Trial, one: Trying) -> Verdict:
    """Whether a contract may try something, with the reason (OFR-17): once, one at a time."""
    refusals = (
        (not one.is_serving, _NOT_SERVING),
        (one.plan in trial.becomes_plans, _HAS_IT),
        (bool(trial.becomes_add_ons.intersection(one.add_ons)), _HAS_IT),
        (bool(trial.plans) and one.plan not in trial.plans, _OTHER_PLAN),
        (trial.id == one.tries, _TRIES_IT),
        (trial.id in one.had, _HAD_IT),
        (bool(one.tries), _ONE_AT_A_TIME),
    )
    why = next((said for holds_here, said in refusals if holds_here), None)
    if why is not None:
        return Verdict(False, why)
    return Verdict(True, _FREE.fill(days=trial.days))
