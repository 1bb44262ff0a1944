"""The life of a campaign, what must be green before it begins, and who must agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from tenure.kernel.failures import Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.campaigns.plan import Goal, Stage, Task, TaskKind, waiting_for
from tenure.records.campaigns.states import CampaignKind, CampaignState

LEAST_CONTROL: Final = 200  # of 10,000: two in a hundred
MOST_CONTROL: Final = 5_000
MOST_AUDIENCES: Final = 6
KEY_OF: Final = "campaign-"  # before a campaign's key in the names of journeys and experiments


class CampaignVerb(StrEnum):
    """What may happen to a campaign."""

    ASK = "be asked for"
    LAUNCH = "be launched"
    APPROVE = "be approved"
    REJECT = "be sent back"
    STOP = "be stopped"
    END = "end"
    CLOSE = "be closed"
    DROP = "be dropped"


CAMPAIGN = Lifecycle(
    {
        (CampaignState.DRAFT, CampaignVerb.ASK): CampaignState.ASKED,
        (CampaignState.DRAFT, CampaignVerb.LAUNCH): CampaignState.RUNNING,
        (CampaignState.DRAFT, CampaignVerb.DROP): CampaignState.DROPPED,
        (CampaignState.ASKED, CampaignVerb.APPROVE): CampaignState.RUNNING,
        (CampaignState.ASKED, CampaignVerb.REJECT): CampaignState.DRAFT,
        (CampaignState.RUNNING, CampaignVerb.STOP): CampaignState.STOPPED,
        (CampaignState.RUNNING, CampaignVerb.END): CampaignState.ENDED,
        (CampaignState.STOPPED, CampaignVerb.CLOSE): CampaignState.CLOSED,
        (CampaignState.ENDED, CampaignVerb.CLOSE): CampaignState.CLOSED,
    },
    name="campaign",
    start=CampaignState.DRAFT,
)


def name_in_journal(key: str) -> str:
    """How journeys, decisions and experiments name a campaign: no strategy can use it."""
    return f"{KEY_OF}{key}"


class Meant(NamedTuple):
    """One customer whom a campaign means: the term, the arm, and the audience that brings them."""

    account_id: int
    term_id: int
    arm: str
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the list of checks looks at: the plan itself."""

    kind: CampaignKind
    owner: str
    audiences: Sequence[str]
    starts_on: date
    ends_on: date
    control_share: int
    goals: Sequence[Goal]
    tasks: Sequence[Task]
    offers: Collection[str]
    budget_minor: int
    looked_at: Collection[str]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a dry run found: whom the campaign would mean, and what it could cost at most.

    `everyone` counts customers with a live term, `audience` those of all its segments together
    (None: one is unknown or was not counted), `left_out` why some of those are not part of it.
    """

    everyone: int
    audience: int | None
    left_out: Mapping[str, int]
    treated: int
    control: int
    cost_minor: int
    gone: Collection[str] = ()
    silent: Collection[str] = ()
    empty: Collection[str] = ()
    sending_is_stopped: bool = False

    @property
    def members(self) -> int:
        return self.treated + self.control


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: whether it is green, and what to do where it is red."""

    code: str
    title: Sentence
    is_green: bool
    todo: Sentence
    is_manual: bool = False


_BY_HAND: Final[Mapping[str, tuple[Sentence, Sentence]]] = {
    "texts": (
        Sentence(zh="文案与页面已定稿", en="texts and pages are final"),
        Sentence(zh="请负责人核对文案后勾选", en="have the texts read, then tick this"),
    ),
    "hands": (
        Sentence(zh="客服与门店已知会", en="the support and the shops know of it"),
        Sentence(zh="通知客服与门店后勾选", en="tell the support and the shops, then tick this"),
    ),
    "content_reserve": (
        Sentence(zh="裂变内容储备够用一整期", en="enough content lies ready for the whole time"),
        Sentence(
            zh="备好整期的海报、文案与备用素材后勾选",
            en="prepare posters, texts and spares for the whole time, then tick this",
        ),
    ),
    "staff_reserve": (
        Sentence(zh="裂变期间的值守与客服人手已排班", en="people are rostered for the rush"),
        Sentence(
            zh="排好值守与客服班次后勾选", en="roster those who answer and watch, then tick this"
        ),
    ),
    "abuse_rule": (
        Sentence(zh="防刷规则与每人上限已写明", en="a limit per person and a rule against abuse"),
        Sentence(
            zh="写明每人参与上限与作弊处理后勾选",
            en="write down the limit per person and what abuse leads to, then tick this",
        ),
    ),
}
MANUAL: Final[Mapping[CampaignKind, tuple[str, ...]]] = {
    CampaignKind.PLAIN: ("texts", "hands"),
    CampaignKind.REFERRAL: ("texts", "hands", "content_reserve", "staff_reserve", "abuse_rule"),
}


def readiness(plan: Plan, reach: Reach, *, on: date) -> tuple[Check, ...]:
    """Everything that must be green before a campaign begins, in the order of work (CMP-07)."""
    by_hand = tuple(
        Check(code, *_titled(code, code in plan.looked_at), is_manual=True)
        for code in MANUAL[plan.kind]
    )
    return (*_of_plan(plan, on=on), *_of_people(plan, reach), *_of_offers(plan, reach), *by_hand)


def _titled(code: str, is_green: bool) -> tuple[Sentence, bool, Sentence]:
    title, todo = _BY_HAND[code]
    return title, is_green, todo


def _of_plan(plan: Plan, *, on: date) -> tuple[Check, ...]:
    stages = {one.stage for one in plan.goals}
    reaching = [one for one in plan.tasks if one.kind is TaskKind.REACH]
    late = [
        one.name
        for task in reaching
        if task.starts_on <= on
        for one in waiting_for(task, plan.tasks)
    ]
    return (
        Check(
            "owner",
            Sentence(zh="有负责人", en="somebody answers for it"),
            bool(plan.owner.strip()),
            Sentence(zh="填写负责人", en="name the owner"),
        ),
        Check(
            "days",
            Sentence(zh="还有日子可以做", en="its days are not over"),
            plan.ends_on >= on,
            Sentence(zh="结束日 {day} 已过，请改期", en="its last day {day} is past; move it").fill(
                day=plan.ends_on
            ),
        ),
        Check(
            "goals",
            Sentence(zh="有近期目标和长期目标", en="a goal for soon and one for later"),
            Stage.SHORT in stages and len(stages) > 1,
            Sentence(
                zh="至少写一个近期目标和一个中期或长期目标",
                en="write one goal for soon and one for the middle or long run",
            ),
        ),
        Check(
            "timeline",
            Sentence(zh="排期里有触达", en="the timeline reaches somebody"),
            bool(reaching),
            Sentence(zh="加一个“触达”任务", en="add a task that reaches people"),
        ),
        Check(
            "waiting",
            Sentence(zh="触达所等待的工作已完成", en="what reaching waits for is done"),
            not late,
            Sentence(zh="先完成：{tasks}", en="finish first: {tasks}").fill(tasks=sorted(late)),
        ),
    )


def _of_people(plan: Plan, reach: Reach) -> tuple[Check, ...]:
    counted = reach.audience
    is_everybody = counted is not None and counted >= reach.everyone > 0
    return (
        Check(
            "segment",
            Sentence(zh="人群已保存并算过人数", en="every audience is a segment that was counted"),
            counted is not None,
            Sentence(
                zh="选择一个人群；新建的人群要等下一次夜间计算",
                en="choose a segment; a new one is counted by the next night's run",
            ),
        ),
        Check(
            "somebody",
            Sentence(zh="人群里有人", en="the audience is not empty"),
            bool(reach.treated),
            Sentence(
                zh="这个活动不会触达任何人；放宽人群，或等其他活动结束",
                en="the campaign would reach nobody; widen the segment, or wait for other "
                "campaigns to end",
            ),
        ),
        Check(
            "not_everybody",
            Sentence(zh="人群不是所有客户", en="the audience is not everybody"),
            not is_everybody,
            Sentence(
                zh="面向所有客户等于补贴本来就会续费的人；请选一个更窄的人群",
                en="a campaign to everybody pays those who renew anyway; choose a narrower segment",
            ),
        ),
        Check(
            "control",
            Sentence(zh="有随机对照组", en="there is a control group by lot"),
            LEAST_CONTROL <= plan.control_share <= MOST_CONTROL and bool(reach.control),
            Sentence(
                zh="留出 2% 到 50% 的人作对照；人太少时抽不到对照，请放宽人群",
                en="keep 2 to 50 % as a control; with too few people the lot draws none, so widen "
                "the segment",
            ),
        ),
    )


def _of_offers(plan: Plan, reach: Reach) -> tuple[Check, ...]:
    return (
        Check(
            "budget",
            Sentence(zh="有预算和优惠", en="there is a budget, and something to offer"),
            bool(plan.offers) and plan.budget_minor > 0,
            Sentence(
                zh="加一条付某个优惠的预算科目，金额大于 0",
                en="add a budget line above zero that pays an offer",
            ),
        ),
        Check(
            "offers",
            Sentence(zh="优惠都还在用", en="every offer is still given"),
            not reach.gone,
            Sentence(
                zh="策略里已没有或已撤回：{offers}；请换一个",
                en="no longer in the strategy, or withdrawn: {offers}; choose others",
            ).fill(offers=sorted(reach.gone)),
        ),
        Check(
            "told",
            Sentence(zh="每个优惠都有话可说", en="every offer has a text"),
            not reach.silent,
            Sentence(zh="没有消息模板：{offers}", en="without a message: {offers}").fill(
                offers=sorted(reach.silent)
            ),
        ),
        Check(
            "stock",
            Sentence(zh="库存不为空", en="nothing has run out"),
            not reach.empty,
            Sentence(zh="先补库存：{offers}", en="stock up first: {offers}").fill(
                offers=sorted(reach.empty)
            ),
        ),
        Check(
            "sending",
            Sentence(zh="发送开关已打开", en="sending is on"),
            not reach.sending_is_stopped,
            Sentence(zh="在发件箱打开发送", en="switch sending on in the outbox"),
        ),
    )


def red(checks: Sequence[Check]) -> list[Check]:
    """The checks that stand in the way of a launch."""
    return [one for one in checks if not one.is_green]
