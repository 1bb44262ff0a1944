"""`tenure decisions replay ID`: make a past choice again, from what was written down."""

from typing import Annotated

import typer

from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.reasons import sentence_of_reason
from tenure.decide.decisions.replaying import Replayed, replay
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import by_hash
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(zh="看过去的选择。", en="Look at past choices.")
_REPLAY = Sentence(
    zh="按当时记录的规则、输入、预算与额度，把一次选择重做一遍，看是否相同。",
    en="Make one choice again under the rules, inputs, budget and capacities that were written "
    "down, and see whether it comes out alike.",
)
_ID = Sentence(zh="决策编号", en="the number of the decision")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_SAME = Sentence(
    zh="决策 {id}（{on}）：{action}——{reason}。重做一遍，完全相同。",
    en="Decision {id} of {on}: {action}, because {reason}. Made again, it is exactly the same.",
)
_OTHER = Sentence(
    zh="决策 {id}（{on}）当时是“{then}”，重做得到“{now}”：请把这件事告诉我们。",
    en="Decision {id} of {on} was “{then}” and comes out as “{now}” now: please tell us.",
)


class NoSuchDecision(Refusal):
    """A number that no decision has."""

    code = "no_such_decision"
    said = Sentence(
        zh="没有编号为 {number} 的决策；客户页“下一步最佳动作”里有它的编号。",
        en="There is no decision {number}; the customer's page names it under “Next best action”.",
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    app.add_typer(group, name="decisions")

    @group.callback()
    def about() -> None:
        """Keep the group a group, though it has one verb."""

    @group.command(name="replay", help=said(_REPLAY))
    def replay_one(
        number: Annotated[int, typer.Argument(help=said(_ID), metavar="ID")],
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        """Make one choice again."""
        decision = Decision.objects.filter(pk=number).first()
        if decision is None:
            raise NoSuchDecision(number=number)
        _tell(decision, replay(decision), as_json=as_json)


def _tell(decision: Decision, found: Replayed, *, as_json: bool) -> None:
    if as_json:
        told = {
            "decision": decision.pk,
            "as_of": decision.as_of,
            "is_same": found.is_same,
            "then": {"action": decision.action, "reason": decision.reason},
            "now": {"action": found.action, "reason": found.reason},
        }
        result_json(told)
        return
    strategy = by_hash(decision.strategy_hash).at(decision.as_of)
    if not found.is_same:
        filled = _OTHER.fill(
            id=decision.pk, on=decision.as_of, then=decision.action, now=found.action
        )
        result(said(filled))
        return
    refused = [one for one in decision.alternatives if one["refused_by"] == decision.reason]
    blocked = refused[0] if refused else {}
    reason = sentence_of_reason(
        decision.reason,
        strategy=strategy,
        action=str(blocked.get("action", "")),
        value=blocked.get("refused_value"),
    )
    name = strategy.offers[decision.action].name
    result(said(_SAME.fill(id=decision.pk, on=decision.as_of, action=name, reason=reason)))
