"""Whether the messages of a strategy say what the law of its markets wants said (R-A-011, R-A-033).

Checked whenever a strategy is read, so a notice that leaves something out is never applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

from tenure.kernel.failures import Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.duties import Event
from tenure.strategy.messages import MessageClass, MessageTemplate, slots_of
from tenure.strategy.obligations import Obligations, RenewalPolicy
from tenure.strategy.reading import UNKNOWN, StrategyError, nearest
from tenure.strategy.sections import Strategy

_NOT_NAMED = Sentence(
    zh="{policy} 要求的内容缺少 {slots}（渠道 {channel}，{language}）；请补进正文",
    en="{policy} wants {slots}, which the text leaves out (channel {channel}, {language}); add it",
)
_NOT_SAID = Sentence(
    zh="{policy} 要求写明“{text}”（渠道 {channel}，{language}）",
    en="{policy} wants the text to say “{text}” (channel {channel}, {language})",
)
_NOT_A_NOTICE = Sentence(
    zh="消息“{message}”的 class 应为 legal_notice：告知不受营销上限限制，也不夹带促销",
    en="the message “{message}” must be of the class legal_notice: a notice is not held back by "
    "caps and sells nothing",
)
_TOO_LONG = Sentence(
    zh="{policy} 不允许自动续期 {months} 个月（最长 {most} 个月）；请从列表去掉，或去掉该市场",
    en="{policy} does not let {months} months renew by themselves ({most} at most); take them off "
    "the list, or the market",
)


def check(strategy: Strategy) -> None:
    """Refuse a strategy whose notices or automatic renewals break the law of its markets."""
    obligations = strategy.obligations
    for event, message in obligations.messages.items():
        path = f"messages.{event}"
        if message not in strategy.messages:
            near = nearest(message, strategy.messages)
            _refuse(strategy, path=path, problem=UNKNOWN.fill(name=message, nearest=near))
        _check_message(strategy, strategy.messages[message], event=event, path=path)
    for policy in _binding(obligations, strategy.as_of):
        _check_prolongation(strategy, policy)


def _binding(obligations: Obligations, as_of: date | None) -> Iterator[RenewalPolicy]:
    """Policies of the markets that hold on the strategy's day or begin later."""
    markets = frozenset(obligations.markets)
    for policy in obligations.policies:
        is_over = policy.valid_to is not None and (as_of is None or policy.valid_to <= as_of)
        is_coming = policy.valid_from is not None or policy.jurisdiction in obligations.previews
        if is_coming and not is_over and (not policy.countries or policy.countries & markets):
            yield policy


def _check_message(strategy: Strategy, template: MessageTemplate, *, event: str, path: str) -> None:
    is_notice = event in list(Event)
    if is_notice and template.message_class is not MessageClass.LEGAL_NOTICE:
        _refuse(strategy, path=path, problem=_NOT_A_NOTICE.fill(message=template.id))
    for policy in _binding(strategy.obligations, strategy.as_of):
        needs, says = _wanted(policy, event)
        for problem in _gaps(template, policy, needs=needs, says=says):
            _refuse(strategy, path=path, problem=problem)


def _wanted(policy: RenewalPolicy, event: str) -> tuple[frozenset[str], tuple[Sentence, ...]]:
    if event == "acknowledgment":
        owed = policy.acknowledgment
        return (frozenset(owed.needs) if owed else frozenset()), ()
    rules = [rule for rule in policy.notices if rule.event == event]
    needs = frozenset(slot for rule in rules for slot in rule.needs)
    return needs, tuple(one for rule in rules for one in rule.says)


def _gaps(
    template: MessageTemplate,
    policy: RenewalPolicy,
    *,
    needs: frozenset[str],
    says: tuple[Sentence, ...],
) -> Iterator[Sentence]:
    for (channel, rendering), language in product(template.renderings.items(), LANGUAGES):
        text = rendering.subject.say(language) + rendering.body.say(language)
        where = {"policy": policy.name, "channel": channel, "language": language}
        if missing := sorted(needs - slots_of(text)):
            yield _NOT_NAMED.fill(slots=missing, **where)
        unsaid = [one for one in says if one.say(language).casefold() not in text.casefold()]
        for one in unsaid:
            yield _NOT_SAID.fill(text=one.say(language), **where)


def _check_prolongation(strategy: Strategy, policy: RenewalPolicy) -> None:
    """R-A-059: a fixed year does not follow by itself where only an indefinite term may."""
    limit, obligations = policy.prolongation, strategy.obligations
    classes = {
        obligations.product_class(strategy.catalog.product),
        *obligations.product_classes.values(),
    }
    if limit is None or (policy.product_classes and not policy.product_classes & classes):
        return
    for months in sorted(obligations.auto_renew_months):
        if months > limit.renewed_months_at_most:
            problem = _TOO_LONG.fill(
                policy=policy.name, months=months, most=limit.renewed_months_at_most
            )
            _refuse(strategy, path="auto_renew_months", problem=problem)


def _refuse(strategy: Strategy, *, path: str, problem: Sentence) -> None:
    file = strategy.form("obligations").file
    raise StrategyError(file=file, path=path, problem=problem)
