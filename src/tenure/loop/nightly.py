"""The loop for one day: the whole of it on one screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tenure.act.after_end.actions import follow_ends
from tenure.act.benefits.trials import remind_of_ends, settle_trials
from tenure.act.campaigns.telling import tell_due
from tenure.act.care.routing import route_due
from tenure.act.collecting.evidence import forget_evidence
from tenure.act.habits.actions import learn_habits
from tenure.act.journeys.actions import plan_due
from tenure.act.maintenance.telling import tell_maintenance
from tenure.act.messages.post import Post
from tenure.act.promises.fulfilling import fulfil_due
from tenure.act.proposals.telling import tell_plans
from tenure.act.retention.actions import enforce
from tenure.act.rewards.referrals import reward_referrals
from tenure.act.self_service.cancelling import abandon_due
from tenure.act.surveys.actions import invite_due
from tenure.decide.campaigns.actions import offer_due
from tenure.decide.decisions.actions import decide_due
from tenure.decide.decisions.approvals.actions import expire_due
from tenure.decide.decisions.learning import learn_weekly
from tenure.kernel.clock import monotonic_seconds, today
from tenure.kernel.failures import Refusal, Sentence
from tenure.loop import counting
from tenure.loop.leases import Held, held
from tenure.loop.money import collect_money, prepare_money
from tenure.loop.outreach import deliver
from tenure.loop.reactions import react
from tenure.loop.sealing import seal_journal
from tenure.loop.summary import READERS, RunSummary
from tenure.observe.intake.actions import seal
from tenure.prove.campaigns.actions import read_campaigns
from tenure.prove.readouts.actions import read_out
from tenure.records.calls.actions import forget_old
from tenure.records.contracts.actions.drafting import roll as roll_contracts
from tenure.records.gifts.actions import cancel_unchosen
from tenure.records.jobs.actions import (
    finish_run,
    finish_stage,
    note_left_out,
    note_refusal,
    start_run,
)
from tenure.records.jobs.models import Run
from tenure.records.jobs.queries import last_finished, run_of
from tenure.records.loyalty.actions import expire_points
from tenure.records.requests.actions import expire_copies
from tenure.records.sharing.actions import attribute_told
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.actions import (
    apply_due_changes,
    close_overdue,
    end_due,
    follow_terms,
    give_anniversaries,
)
from tenure.understand.features.actions import fill as fill_features
from tenure.understand.features.correcting import correct
from tenure.understand.health.actions import fill as fill_health
from tenure.understand.segments.actions import fill as fill_segments
from tenure.understand.tags.actions import fill as fill_tags
from tenure.understand.value.actions import fill as fill_curves
from tenure.understand.voice.weekly import study_week
from tenure.warehouse.snapshots import take

type Progress = Callable[[float, Sentence], None]

# After a longer silence so many days are lived one by one. What was due on earlier days alone has
# run out by then, whichever days are lived.
MOST_MISSED = timedelta(days=31)


class DayNotOver(Refusal):
    """A day of which nobody can know anything yet."""

    code = "day_not_over"
    said = Sentence(
        zh="{as_of} 还没有到；最晚可以运行 {today}。",
        en="{as_of} has not come yet; the latest day that can be run is {today}.",
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The last day counted, the instant of the run, by whom, and who carries e-mails."""

    as_of: date
    at: datetime
    by: str
    post: Post | None


@dataclass(frozen=True, slots=True)
class Verb:
    """One step of a stage, and how it is called while it works."""

    does: Sentence
    call: Callable[[Day], object]


def _dated(call: Callable[..., object]) -> Callable[[Day], object]:
    """A verb that needs the day and the instant of the run."""
    return lambda day: call(as_of=day.as_of, at=day.at)


def _contracts(day: Day) -> object:
    return roll_contracts(as_of=day.as_of, at=day.at, by=day.by)


def _benefits(day: Day) -> None:
    """What comes with terms: given on its day, moved with its term, ended with it."""
    give_anniversaries(as_of=day.as_of, at=day.at, by=day.by)
    follow_terms(as_of=day.as_of, at=day.at, by=day.by)
    end_due(as_of=day.as_of, at=day.at, by=day.by)
    settle_trials(as_of=day.as_of, at=day.at, by=day.by)
    expire_points(as_of=day.as_of, at=day.at, by=day.by)
    cancel_unchosen(as_of=day.as_of, at=day.at, by=day.by)


def _promises(day: Day) -> object:
    return fulfil_due(as_of=day.as_of, at=day.at, by=day.by)


def _forget(day: Day) -> object:
    """Copies that nobody fetched, and of old consents what names a device (R-A-005)."""
    expired = expire_copies(on=day.as_of, at=day.at, by=day.by)
    return expired + forget_evidence(on=day.as_of, at=day.at, by=day.by)


def _retain(day: Day) -> object:
    return enforce(as_of=day.as_of, at=day.at, by=day.by)


def _follow_ends(day: Day) -> object:
    return follow_ends(as_of=day.as_of, at=day.at, by=day.by)


def _remind(day: Day) -> object:
    return remind_of_ends(as_of=day.as_of, at=day.at, by=day.by)


def _deliver(day: Day) -> object:
    return deliver(at=day.at, post=day.post, by=day.by)


def _prepare(day: Day) -> object:
    return prepare_money(at=day.at, by=day.by)


def _collect(day: Day) -> object:
    return collect_money(at=day.at, by=day.by)


STAGES: Mapping[str, tuple[Verb, ...]] = {
    "observe": (
        Verb(Sentence("关闭到期的周期", "closing terms"), _dated(close_overdue)),
        Verb(Sentence("执行到期变更", "applying changes"), _dated(apply_due_changes)),
        Verb(Sentence("权益发放与收回", "benefits given and ended"), _benefits),
        Verb(Sentence("合同生效与到期", "contracts beginning and ending"), _contracts),
        Verb(Sentence("封存事件", "sealing events"), _dated(seal)),
        Verb(Sentence("清理旧请求", "forgetting old calls"), lambda day: forget_old(at=day.at)),
        Verb(Sentence("清理到期证据", "forgetting old evidence"), _forget),
        Verb(Sentence("清理过期数据", "letting go of what is past its time"), _retain),
        Verb(Sentence("归因邀请", "attributing invitations"), _dated(attribute_told)),
        Verb(Sentence("复制档案", "copying records"), _dated(take)),
    ),
    "understand": (
        Verb(Sentence("计算特征", "features"), _dated(fill_features)),
        Verb(Sentence("更正以往特征", "correcting past features"), _dated(correct)),
        Verb(Sentence("更新标签", "tags"), _dated(fill_tags)),
        Verb(Sentence("健康评分", "health"), _dated(fill_health)),
        Verb(Sentence("流失概率", "risks"), _dated(counting.estimate)),
        Verb(Sentence("划分人群", "segments"), _dated(fill_segments)),
        Verb(Sentence("经营指标与到期预测", "metrics and forecast"), _dated(counting.begin)),
        Verb(Sentence("留存曲线", "how long customers stay"), _dated(fill_curves)),
        Verb(Sentence("文本主题", "topics of what was said"), _dated(study_week)),
    ),
    "decide": (
        Verb(Sentence("学习动作效果", "learning what actions do"), _dated(learn_weekly)),
        Verb(Sentence("过期未批的选择", "choices nobody approved"), _dated(expire_due)),
        Verb(Sentence("逐户决策", "deciding"), _dated(decide_due)),
        Verb(Sentence("活动优惠", "offers of campaigns"), _dated(offer_due)),
    ),
    "act": (
        Verb(
            Sentence("结束未完成的取消", "closing visits"),
            lambda day: abandon_due(at=day.at, by=day.by),
        ),
        Verb(Sentence("学习联系习惯", "learning how people answer"), _dated(learn_habits)),
        Verb(Sentence("兑现许诺", "what was promised"), _promises),
        Verb(Sentence("安排触达", "planning"), _dated(plan_due)),
        Verb(Sentence("高风险高价值的电话", "calls to those worth most"), _dated(route_due)),
        Verb(Sentence("活动触达", "telling of campaigns"), _dated(tell_due)),
        Verb(Sentence("个人方案触达", "telling of personal plans"), _dated(tell_plans)),
        Verb(Sentence("试用到期提醒", "reminding of trials"), _remind),
        Verb(Sentence("结束后的数据", "data after the end"), _follow_ends),
        Verb(Sentence("调研邀请", "asking"), lambda day: invite_due(at=day.at, by=day.by)),
        Verb(Sentence("安排扣款", "planning deductions"), _prepare),
        Verb(
            Sentence("检修通知", "telling of planned work"),
            lambda day: tell_maintenance(at=day.at, by=day.by),
        ),
        Verb(Sentence("邀请奖励", "rewarding invitations"), _dated(reward_referrals)),
        Verb(Sentence("响应变化", "reacting"), lambda day: react(at=day.at, by=day.by)),
        Verb(Sentence("发送", "sending"), _deliver),
        Verb(Sentence("扣款", "taking what is due"), _collect),
    ),
    "prove": (
        Verb(Sentence("对照评估", "reading out"), _dated(read_out)),
        Verb(Sentence("活动评估", "reading campaigns"), _dated(read_campaigns)),
        Verb(Sentence("保存指标与预测", "keeping metrics"), _dated(counting.keep)),
        Verb(
            Sentence("封存审计日志", "sealing the journal"),
            lambda day: seal_journal(at=day.at, by=day.by),
        ),
    ),
}


def run(
    *,
    as_of: date,
    at: datetime,
    by: str = "loop",
    progress: Progress | None = None,
    post: Post | None = None,
) -> RunSummary:
    """Run one day; what a killed run had finished is not done again.

    A day that is finished changes no more; only messages whose time has come since are sent.

    Raises:
        AlreadyRunning: another process runs the loop; says who, and since when.
        DayNotOver: the day lies in the future.
    """
    day = Day(as_of, at, by, post)
    with held("loop", by=by) as lease, one_reading():
        strategy = current().at(as_of)
        latest = today(strategy.business.zone, at)
        if as_of > latest:
            raise DayNotOver(as_of=as_of, today=latest)
        before = run_of(as_of)
        if before is not None and before.finished_at is not None:
            _deliver(day)
            return RunSummary.of(before, was_done=True)
        stored = start_run(as_of, strategy_hash=strategy.hash, at=at)
        for stage in STAGES:
            if stage not in stored.stages:
                seconds = _attempt(stage, day, stored=stored, lease=lease, progress=progress)
                counts = READERS[stage](as_of, at)
                stored = finish_stage(stored, stage, counts=counts, seconds=seconds)
        return RunSummary.of(finish_run(stored, at=at, by=by))


def catch_up(
    *, at: datetime, by: str = "loop", progress: Progress | None = None, post: Post | None = None
) -> list[RunSummary]:
    """Run the days that are over and were missed, in order: none runs twice.

    After an outage of up to `MOST_MISSED` days none is left out. Of a longer silence, such as the
    data of a year ago that somebody tries out, the last of them are run; the journal names those
    that were left out.
    """
    yesterday = today(current().business.zone, at) - timedelta(days=1)
    last = last_finished()
    first = last.as_of + timedelta(days=1) if last else yesterday
    if yesterday - first >= MOST_MISSED:
        since, first = first, yesterday - MOST_MISSED + timedelta(days=1)
        note_left_out(since, first - timedelta(days=1), at=at, by=by)
    missed = (yesterday - first).days + 1
    return [
        run(as_of=first + timedelta(days=offset), at=at, by=by, progress=progress, post=post)
        for offset in range(missed)
    ]


def _attempt(stage: str, day: Day, *, stored: Run, lease: Held, progress: Progress | None) -> float:
    """Do a stage; where a rule refuses it, the journal says which, and nothing after it is done."""
    try:
        return _do(stage, day, lease=lease, progress=progress)
    except Refusal as why:
        note_refusal(stored, stage, why=why, at=day.at, by=day.by)
        raise


def _do(stage: str, day: Day, *, lease: Held, progress: Progress | None) -> float:
    """Call the verbs of a stage in order; seconds that it took."""
    begun, verbs = monotonic_seconds(), STAGES[stage]
    done_before = list(STAGES).index(stage)
    for place, verb in enumerate(verbs):
        if progress is not None:
            progress((done_before + place / len(verbs)) / len(STAGES), verb.does)
        lease.beat()
        verb.call(day)
    return monotonic_seconds() - begun
