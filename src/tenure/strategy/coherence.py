"""What must agree between the sections of a strategy, on every day on which one of them changes."""

from __future__ import annotations

from collections.abc import Collection

from tenure.kernel.failures import Sentence
from tenure.strategy.experiments import Comparison
from tenure.strategy.journeys import Clock, Step
from tenure.strategy.limits import Limit, Period
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.reading import UNKNOWN, StrategyError, nearest, percent
from tenure.strategy.sections import Strategy

_OTHER_CURRENCY = Sentence(
    zh="{found} 的币种应为 {currency}（见 business.toml）",
    en="{found} must be in {currency}, the currency of business.toml",
)
_OTHER_CLASS = Sentence(
    zh="class 写的是“{found}”，而消息“{message}”的 class 是“{wanted}”",
    en="the class is “{found}” but the message “{message}” is “{wanted}”",
)
_NO_RENDERING = Sentence(
    zh="消息“{message}”没有渠道“{channel}”的正文",
    en="the message “{message}” has no rendering for the channel “{channel}”",
)
_OTHER_LADDER = Sentence(
    zh="折扣 {found} 与目录阶梯中 {months} 个月的 {wanted} 不一致",
    en="the discount {found} differs from the {wanted} that the catalogue's ladder gives for "
    "{months} months",
)
_NOT_SO_MANY = Sentence(
    zh="要求每{per}至少 {least} 次，而 offers.toml 的每日额度合计最多 {most} 次",
    en="asks for {least} at least per {per}, but the capacities per day of offers.toml allow "
    "{most}",
)
_TAKEN = Sentence(zh="一个旅程已经用了这个编号", en="a journey already has this id")
_CHOOSES = Sentence(
    zh="这一步按客户选择动作（decides），已用随机探索比较；请选一个不决策的步骤",
    en="this step decides per customer and compares by exploring; choose a step that does not",
)

_OTHER_CLOCK = Sentence(
    zh="只有按到期日计时（clock = end）的旅程能做对照；其他旅程请用随机分支比较",
    en="only steps before the end of a term (clock = end) are compared; elsewhere let a lot part "
    "the ways",
)
_TELLS = Sentence(
    zh="这一步只通知其他系统，没有可比较的消息；请选一个发消息的步骤",
    en="this step only tells other programs; compare a step that writes to somebody",
)


_DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}
_NAMES = {
    Period.DAY: Sentence(zh="天", en="day"),
    Period.WEEK: Sentence(zh="周", en="week"),
    Period.MONTH: Sentence(zh="月", en="month"),
}


def check(strategy: Strategy) -> None:
    """Refuse a strategy whose sections contradict each other on its day."""
    _check_currency(strategy)
    for journey in strategy.journeys.values():
        if tag := journey.start.tag:
            path = f"journey[{journey.id}].tag"
            _known(strategy, "journeys", path=path, name=tag, among=strategy.tags)
        for step in journey.steps:
            path = f"journey[{journey.id}].step[{step.id}]"
            _check_step(strategy, step, path=path)
    for comparison in strategy.experiments.comparisons.values():
        _check_comparison(strategy, comparison, path=f"comparison[{comparison.id}]")
    for play in strategy.plays.values():
        _check_step(strategy, play.step, path=f"play[{play.id}]", section="plays")
        if play.tag:
            path = f"play[{play.id}].tag"
            _known(strategy, "plays", path=path, name=play.tag, among=strategy.tags)
        if play.id in strategy.journeys:
            _refuse(strategy, "plays", path=f"play[{play.id}].id", problem=_TAKEN)
    for offer in strategy.offers.values():
        _check_offer(strategy, offer, path=f"offer[{offer.id}]")
    for limit in strategy.limits.limits.values():
        _check_limit(strategy, limit, path=f"limit[{limit.id}]")
    _check_saves(strategy)
    _check_topics(strategy)
    _check_segments(strategy)
    for survey in strategy.surveys.values():
        if survey.message:
            path = f"survey[{survey.id}].message"
            _known(strategy, "surveys", path=path, name=survey.message, among=strategy.messages)


def _check_segments(strategy: Strategy) -> None:
    """What a segment gets is something that there is (SEG-08, SEG-09)."""
    for segment in strategy.segments.values():
        if segment.gets is None:
            continue
        among = (
            ("message", segment.gets.message, strategy.messages),
            ("offer", segment.gets.offer, strategy.offers),
            ("plan", segment.gets.plan, strategy.catalog.plans),
        )
        for key, name, known in among:
            if name:
                path = f"segment[{segment.id}].gets.{key}"
                _known(strategy, "segments", path=path, name=name, among=known)


def _refuse(strategy: Strategy, section: str, *, path: str, problem: Sentence) -> None:
    raise StrategyError(file=strategy.form(section).file, path=path, problem=problem)


def _check_currency(strategy: Strategy) -> None:
    guardrails, currency = strategy.guardrails, strategy.business.currency
    amounts = [
        ("guardrails", "monthly_budget", guardrails.monthly_budget),
        ("guardrails", "max_discount_per_year", guardrails.max_discount_per_year),
        ("guardrails", "second_person_above", guardrails.second_person_above),
    ]
    for offer in strategy.offers.values():
        if offer.handed is not None:
            amounts.append(("offers", f"offer[{offer.id}].handed.cost", offer.handed.cost))
    for plan in strategy.catalog.plans.values():
        amounts.append(("catalog", f"plan[{plan.code}].base_price", plan.base_price))
        amounts.append(("catalog", f"plan[{plan.code}].monthly_cost", plan.monthly_cost))
    for add_on in strategy.catalog.add_ons.values():
        amounts.append(("catalog", f"add_on[{add_on.code}].monthly_price", add_on.monthly_price))
        amounts.append(("catalog", f"add_on[{add_on.code}].monthly_cost", add_on.monthly_cost))
    if (least := strategy.catalog.instalments.least) is not None:
        amounts.append(("catalog", "instalments.least", least))
    for meter in strategy.catalog.meters.values():
        for place, tier in enumerate(meter.tiers):
            amounts.append(("catalog", f"meter[{meter.code}].tier[{place}].price", tier.price))
    for offer in strategy.offers.values():
        amounts.append(("offers", f"offer[{offer.id}].contact_cost", offer.contact_cost))
        amounts.append(("offers", f"offer[{offer.id}].amount_off", offer.discount_amount))
    for section, path, amount in amounts:
        if amount.currency != currency:
            problem = _OTHER_CURRENCY.fill(found=amount, currency=currency)
            _refuse(strategy, section, path=path, problem=problem)


def _known(
    strategy: Strategy, section: str, *, path: str, name: str, among: Collection[str]
) -> None:
    if name not in among:
        problem = UNKNOWN.fill(name=name, nearest=nearest(name, among))
        _refuse(strategy, section, path=path, problem=problem)


def _check_step(strategy: Strategy, step: Step, *, path: str, section: str = "journeys") -> None:
    if step.webhook:
        return
    messages = strategy.messages
    _known(strategy, section, path=f"{path}.message", name=step.message, among=messages)
    template = messages[step.message]
    if template.message_class != step.message_class:
        problem = _OTHER_CLASS.fill(
            found=step.message_class, message=step.message, wanted=template.message_class
        )
        _refuse(strategy, section, path=f"{path}.class", problem=problem)
    for channel in step.channels:
        if channel not in template.renderings:
            problem = _NO_RENDERING.fill(message=step.message, channel=channel)
            _refuse(strategy, section, path=f"{path}.channels", problem=problem)


def _check_comparison(strategy: Strategy, comparison: Comparison, *, path: str) -> None:
    journeys = strategy.journeys
    _known(strategy, "experiments", path=f"{path}.journey", name=comparison.journey, among=journeys)
    steps = {step.id: step for step in journeys[comparison.journey].steps}
    _known(strategy, "experiments", path=f"{path}.step", name=comparison.step, among=steps)
    if journeys[comparison.journey].clock is not Clock.END:
        _refuse(strategy, "experiments", path=f"{path}.journey", problem=_OTHER_CLOCK)
    if steps[comparison.step].webhook:
        _refuse(strategy, "experiments", path=f"{path}.step", problem=_TELLS)
    if steps[comparison.step].decides:
        _refuse(strategy, "experiments", path=f"{path}.step", problem=_CHOOSES)
    for arm in comparison.arms.values():
        if not arm.message:
            continue
        path_of_arm, messages = f"{path}.arm[{arm.id}].message", strategy.messages
        _known(strategy, "experiments", path=path_of_arm, name=arm.message, among=messages)
        found = messages[arm.message].message_class
        wanted = steps[comparison.step].message_class
        if found != wanted:
            problem = _OTHER_CLASS.fill(found=wanted, message=arm.message, wanted=found)
            _refuse(strategy, "experiments", path=path_of_arm, problem=problem)


def _check_offer(strategy: Strategy, offer: Offer, *, path: str) -> None:
    if offer.message:
        among = strategy.messages
        _known(strategy, "offers", path=f"{path}.message", name=offer.message, among=among)
        wanted = among[offer.message].message_class
        if wanted != offer.message_class:
            problem = _OTHER_CLASS.fill(
                found=offer.message_class, message=offer.message, wanted=wanted
            )
            _refuse(strategy, "offers", path=f"{path}.class", problem=problem)
    if offer.handed is not None and offer.handed.replaced_by:
        others = {one.id for one in strategy.offers.values() if one.handed and one.id != offer.id}
        where = f"{path}.handed.replaced_by"
        _known(strategy, "offers", path=where, name=offer.handed.replaced_by, among=others)
    if offer.kind is OfferKind.TERM_DISCOUNT and offer.term_months is not None:
        ladder = {str(months): share for months, share in strategy.catalog.ladder.items()}
        months = str(offer.term_months)
        _known(strategy, "offers", path=f"{path}.term_months", name=months, among=ladder)
        if ladder[months] != offer.discount_share:
            problem = _OTHER_LADDER.fill(
                found=percent(offer.discount_share), months=months, wanted=percent(ladder[months])
            )
            _refuse(strategy, "offers", path=f"{path}.discount", problem=problem)


def _check_limit(strategy: Strategy, limit: Limit, *, path: str) -> None:
    """A limit is of actions that there are, and its floor can be reached at all."""
    for name in limit.actions:
        _known(strategy, "limits", path=f"{path}.actions", name=name, among=strategy.offers)
    capacity = [strategy.offers[name].capacity_per_day for name in limit.actions]
    per_day = [one for one in capacity if one is not None]
    most = sum(per_day) * _DAYS[limit.per]
    if len(per_day) == len(capacity) and limit.at_least > most:
        problem = _NOT_SO_MANY.fill(per=_NAMES[limit.per], least=limit.at_least, most=most)
        _refuse(strategy, "limits", path=f"{path}.at_least", problem=problem)


def _check_saves(strategy: Strategy) -> None:
    """Reasons are of the one list, and a term that is offered is one that is sold."""
    reasons, months = strategy.reasons, {str(one) for one in strategy.catalog.cycles}
    for reason in strategy.saves.bypass_reasons:
        _known(strategy, "saves", path="bypass_reasons", name=reason, among=reasons)
    for save in strategy.saves.offers.values():
        for reason in save.reasons:
            path = f"save[{save.id}].reasons"
            _known(strategy, "saves", path=path, name=reason, among=reasons)
        if save.buy_months:
            path = f"save[{save.id}].buy_months"
            _known(strategy, "saves", path=path, name=str(save.buy_months), among=months)


def _check_topics(strategy: Strategy) -> None:
    """The cause that a topic belongs to is one of the list."""
    for topic in strategy.topics.values():
        if topic.reason:
            path = f"topic[{topic.id}].reason"
            _known(strategy, "topics", path=path, name=topic.reason, among=strategy.reasons)
