"""Build a business, live its days through with the real loop, and tell what came of it."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from tenure.act.messages.post import Post
from tenure.act.payments.registry import standing_in
from tenure.kernel.clock import instant, monotonic_seconds
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.loop.beside import counting_beside
from tenure.loop.nightly import run
from tenure.loop.outreach import deliver
from tenure.loop.takings import look_after_money
from tenure.observe.intake.actions import open_source
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import one_reading
from tenure.strategy.loading import preset
from tenure.strategy.sections import Strategy
from tenure.world import oracle
from tenure.world.behaviour.actions import Rehearsal, live
from tenure.world.behaviour.counter import bank
from tenure.world.behaviour.joining import Contracts
from tenure.world.behaviour.window import window
from tenure.world.channels.loopback import LoopbackSms
from tenure.world.market.actions import ACTOR, Built, build
from tenure.world.market.business import business_named
from tenure.world.market.recipe import Recipe
from tenure.world.rehearsal import home as place
from tenure.world.rehearsal.campaign import hold
from tenure.world.rehearsal.plan import RUNS_AT_HOUR, Plan
from tenure.world.rehearsal.summary import Tally
from tenure.world.rehearsal.trial import with_trial

type Progress = Callable[[float, Sentence], None]

SOURCE: Final = "app"
TRUTH_FILE: Final = "truth.npz"
_CONTRACTS: Final = "contracts"
# Besides the morning's run: when the sender looks whose hours have come.
SENDS_AT: Final = time(18, 30)
# On the second day, once the first was run, a campaign is planned and launched.
CAMPAIGN_AT: Final = time(10)
# Below this many customers beginning a second process takes longer than it saves.
BESIDE_FROM_CUSTOMERS: Final = 4_000
_BUILT_SHARE = 0.25
_BUILDING: Final = {
    "market": Sentence("设定市场", "setting up the market"),
    "people": Sentence("写入客户", "writing customers"),
    "terms": Sentence("写入订阅周期", "writing terms"),
    "payments": Sentence("写入付款", "writing payments"),
    "voices": Sentence("写入工单与回访", "writing tickets and answers"),
    "events": Sentence("写入两年事件", "writing two years of events"),
}
_LIVING: Final = Sentence(zh="{on}：客户的一天", en="{on}: the customers' day")
_RUNNING: Final = Sentence(zh="{on}：{what}", en="{on}: {what}")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a rehearsal takes place: its home folder, its mail, and who is told how far it is.

    `texts` carries its text messages, where something does.
    """

    home: Path
    post: Post
    progress: Progress
    texts: LoopbackSms | None = None


def rehearse(
    plan: Plan, *, stage: Stage, by: str, strategy: Strategy | None = None
) -> dict[str, Any]:
    """Build the business of a plan and live all its days; what is told is one JSON object.

    The records of the home folder must be empty and migrated (`home.begin`).

    Args:
        strategy: what the business decides by; the one that ships with it, and a comparison of two
            texts, if not given.
    """
    applied = strategy or with_trial(preset(plan.business), plan)
    tally = Tally()
    begun = monotonic_seconds()
    strategy = applied.at(plan.until)
    zone = strategy.business.zone
    opening = instant(plan.first_day, time(0), zone=zone)
    apply_strategy(applied, by=by, at=opening)
    built = _build(plan, strategy=strategy, at=opening, progress=stage.progress)
    source, _ = open_source(SOURCE, zone=zone, at=opening, by=by)
    contracts = Contracts(built, stage.home / place.TRUTH / _CONTRACTS)
    alive = Rehearsal(built, contracts, strategy, source, read_until=opening)
    tally.counts["built"].update(built.counts)
    tally.seconds["built"] = monotonic_seconds() - begun
    _keep_truth(built, plan, home=stage.home)
    with counting_beside() if plan.customers >= BESIDE_FROM_CUSTOMERS else nullcontext():
        for offset in range(plan.days):
            on = plan.first_day + timedelta(days=offset)
            # Nobody applies another strategy while the days are lived.
            with one_reading():
                _live(alive, on, stage=stage, tally=tally, share=_Share(offset, plan.days))
            if offset == 0:
                later = instant(on + timedelta(days=1), CAMPAIGN_AT, zone=zone)
                hold(strategy, on=on + timedelta(days=1), as_of=on, at=later, by=ACTOR)
    return {**plan.as_json(), **tally.as_json()}


@dataclass(frozen=True, slots=True)
class _Share:
    """Which of how many days: where a day lies on the way from built to done."""

    place: int
    days: int

    def of(self, done: float) -> float:
        """The share of the whole that is done when so much of the day is."""
        return _BUILT_SHARE + (1 - _BUILT_SHARE) * (self.place + done) / self.days


def _build(plan: Plan, *, strategy: Strategy, at: datetime, progress: Progress) -> Built:
    business = strategy.business
    recipe = Recipe(
        business=business_named(plan.business),
        customers=plan.customers,
        seed=plan.seed,
        until=plan.until,
        rehearsed_days=plan.days,
        zone=business.zone,
        currency=business.currency,
        country=business.country,
        grace_days=business.grace_days,
    )
    return build(
        recipe,
        strategy=strategy,
        at=at,
        told=lambda what, done: progress(_BUILT_SHARE * done, _BUILDING[what]),
    )


def _keep_truth(built: Built, plan: Plan, *, home: Path) -> None:
    """Write down what each action would do to the terms of the first day, where nobody looks."""
    near = window(built, day=day_number(plan.first_day))
    truth = oracle.ask(built.market, near)
    oracle.keep(built.market, truth, path=home / place.TRUTH / TRUTH_FILE)


def _live(alive: Rehearsal, on: date, *, stage: Stage, tally: Tally, share: _Share) -> None:
    """One day: it is lived, and run by the loop the morning after."""
    begun = monotonic_seconds()
    stage.progress(share.of(0.0), _LIVING.fill(on=on))
    if share.place:
        evening = instant(on, SENDS_AT, zone=alive.zone)
        _report(stage, at=evening)
        deliver(at=evening, post=stage.post, by=ACTOR)
    with standing_in(bank(alive.strategy.business.currency)):
        happened = asdict(live(alive, on=on))
    tally.live(happened, seconds=monotonic_seconds() - begun)
    morning = instant(on + timedelta(days=1), time(RUNS_AT_HOUR), zone=alive.zone)

    def told(done: float, what: Sentence) -> None:
        stage.progress(share.of(0.2 + 0.8 * done), _RUNNING.fill(on=on, what=what))

    _report(stage, at=morning)
    with standing_in(bank(alive.strategy.business.currency)):
        look_after_money(at=morning, by=ACTOR)
    tally.add(run(as_of=on, at=morning, by=ACTOR, progress=told, post=stage.post))


def _report(stage: Stage, *, at: datetime) -> None:
    """What became of the text messages that left since the last time."""
    if stage.texts is not None:
        stage.texts.report(at=at)
