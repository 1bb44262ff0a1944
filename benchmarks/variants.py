"""What each benchmark runs, ours and the alternative, one per process.

`python -m benchmarks.variants NAME` prepares outside the clock, then prints one line of JSON.
"""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import django

django.setup()

from benchmarks import (  # noqa: E402
    company,
    features,
    ground,
    increments,
    million,
    orm_loop,
    reaching,
    sold,
    twelve,
)
from benchmarks.deciding import experiment, learning, market, optimiser  # noqa: E402
from benchmarks.measure import told  # noqa: E402
from benchmarks.trials import null_market, weekly  # noqa: E402
from tenure.act.journeys.actions import plan_due  # noqa: E402
from tenure.loop import nightly  # noqa: E402
from tenure.loop.nightly import run  # noqa: E402
from tenure.records.strategies.actions import apply  # noqa: E402
from tenure.records.strategies.queries import current  # noqa: E402
from tenure.records.subscriptions.models import Term  # noqa: E402
from tenure.records.subscriptions.states import TermState  # noqa: E402
from tenure.understand.churn.actions import fill as fill_risks  # noqa: E402
from tenure.understand.features.actions import fill as fill_features  # noqa: E402
from tenure.understand.health.actions import fill as fill_health  # noqa: E402
from tenure.understand.tags.actions import fill as fill_tags  # noqa: E402
from tenure.warehouse.snapshots import take  # noqa: E402

ZONE = "Asia/Shanghai"
# About so many terms go through the ORM loop; where there are more, its time is scaled.
ORM_TERMS = 4_000
DAY = ground.UNTIL
NEXT = DAY + timedelta(days=1)
AT = ground.now(ZONE)
AT_NEXT = AT + timedelta(days=1)


def first_day() -> Mapping[str, object]:
    """Prepare: fit an estimator, fill everything once."""
    return run(as_of=DAY, at=AT, by="benchmark").as_json()


def whole_day() -> Mapping[str, object]:
    """The loop for the next day: every stage, nothing fitted anew."""
    return run(as_of=NEXT, at=AT_NEXT, by="benchmark").as_json()


def understand() -> Mapping[str, object]:
    """Features, tags with their transitions, health, scores with reasons, written and journaled."""
    counts = {
        **fill_features(as_of=NEXT, at=AT_NEXT),
        **fill_tags(as_of=NEXT, at=AT_NEXT),
        **fill_health(as_of=NEXT, at=AT_NEXT),
        **fill_risks(as_of=NEXT, at=AT_NEXT),
    }
    return {"rows": counts["scored"]}


def understand_by_hand() -> Mapping[str, object]:
    """The same, straight for the engine, and the estimator called on the matrix."""
    from benchmarks import by_hand

    return by_hand.understand(as_of=NEXT, at=AT_NEXT)


def planning() -> Mapping[str, object]:
    """One day's due steps of the journeys, set at a time."""
    planned = plan_due(as_of=DAY, at=AT)
    return {"messages": planned.messages, "due": planned.due}


def planning_by_orm() -> Mapping[str, object]:
    """The same day for the same terms, one customer after the other; of many, for a sample."""
    running = Term.objects.filter(state=TermState.RUNNING).count()
    one_in = max(1, running // ORM_TERMS)
    return orm_loop.plan(current().at(DAY), as_of=DAY, at=AT, one_in=one_in)


def before_planning() -> Mapping[str, object]:
    """Prepare: twelve journeys, everything up to the decisions of the day, and nothing planned."""
    twelve.apply_twelve()
    day = nightly.Day(DAY, AT, "benchmark", None)
    for stage in ("observe", "understand", "decide"):
        for verb in nightly.STAGES[stage]:
            verb.call(day)
    return {}


def snapshot_of_next() -> Mapping[str, object]:
    """Prepare: the copy of the records that the next day reads."""
    take(as_of=NEXT, at=AT_NEXT)
    return {}


def contracts() -> Mapping[str, object]:
    """A year of 1,000 contracts, and the accounting identities on each of its days."""
    from tenure.strategy.loading import PRESETS
    from tests.builders import at_on
    from tests.stories.town import FIRST, Town, walk

    apply(PRESETS / "broadband", by="benchmark", at=at_on(FIRST))
    town, begun = Town(contracts=1_000), time.process_time()
    town.begins()
    walk(town, range(365))
    deeds = sum(town.deeds.values())
    return {"deeds": deeds, "processor_seconds": time.process_time() - begun}


def company_of_many() -> Mapping[str, object]:
    """Prepare: a company with ten thousand contracts."""
    return company.found(AT)


def company_together() -> Mapping[str, object]:
    """All its contracts as one batch."""
    return company.together(AT)


def company_one_by_one() -> Mapping[str, object]:
    """Some of its contracts, each by itself."""
    return company.one_by_one(AT)


def pages() -> Mapping[str, object]:
    """The customer's home and renewal page among everybody of a base."""
    from benchmarks.pages import look

    return look()


def sentiment() -> Mapping[str, object]:
    """Sentiment of a public table of reviews."""
    from benchmarks.texts import sentiment as fit

    return fit()


def topics() -> Mapping[str, object]:
    """Topics of twenty thousand of them."""
    from benchmarks.texts import topics as find

    return find()


VARIANTS: Mapping[str, Callable[[], Mapping[str, object]]] = {
    function.__name__: function
    for function in (
        first_day,
        whole_day,
        understand,
        understand_by_hand,
        planning,
        planning_by_orm,
        before_planning,
        snapshot_of_next,
        contracts,
        company_of_many,
        company_together,
        company_one_by_one,
        pages,
        sentiment,
        topics,
        optimiser,
        experiment,
        learning,
        weekly,
        null_market,
        market,
        reaching.messages_wait,
        reaching.dispatched,
        reaching.dispatched_singly,
        reaching.letters_wait,
        reaching.mailed,
        reaching.mailed_plainly,
        reaching.reacted,
        reaching.idle,
        sold.terms_made_up,
        sold.metrics,
        sold.metrics_by_month,
        million.segments,
        million.segments_by_hand,
        million.bgnbd,
        million.bgnbd_one_by_one,
        million.sbg,
        million.sbg_one_by_one,
        million.scoring,
        million.scoring_without_reasons,
        increments.events_made_up,
        increments.use_from_the_day_before,
        increments.use_from_all_events,
        features.features_from_events,
        features.features_by_hand,
    )
}

if __name__ == "__main__":
    told(VARIANTS[sys.argv[1]])
