"""What another process works out of a day is what the loop would have worked out itself."""

import multiprocessing
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from tenure.kernel.failures import Sentence
from tenure.loop.beside import Order, answered_by, counting_beside
from tenure.loop.counting import Counts, answer
from tenure.loop.nightly import run
from tenure.records.jobs.models import Run
from tenure.understand.churn.models import RiskWatch
from tenure.understand.forecast import actions as forecast
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek
from tenure.understand.metrics import actions as metrics
from tenure.understand.metrics.models import CohortMonth, MetricAlert, MetricValue
from tests.act.posts import Postbag
from tests.builders import AS_OF, a_term, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy"), pytest.mark.slow]
MORNING = at_on(AS_OF + timedelta(days=1), 9)
WORKED_OUT = (MetricValue, MetricAlert, CohortMonth, ForecastWeek, ForecastMonth, RiskWatch)


@dataclass
class Near:
    """A line whose other end is this process; what goes over it is pickled, as for another one."""

    answers: Callable[[Order], Counts | None] = answer
    orders: list[Order] = field(default_factory=list)
    asked: list[date] = field(default_factory=list)

    def send(self, order: Order, /) -> None:
        self.asked.append(order.as_of)
        self.orders.append(pickle.loads(pickle.dumps(order)))

    def recv(self) -> Counts | None:
        found: Counts | None = pickle.loads(pickle.dumps(self.answers(self.orders.pop())))
        return found


def gone(order: Order) -> Counts | None:
    raise EOFError


def refused(order: Order) -> Counts | None:
    return None


def worked_out() -> dict[str, list[dict[str, Any]]]:
    return {one.__name__: _plain(one) for one in WORKED_OUT}


def _plain(model: Any) -> list[dict[str, Any]]:
    rows = model._default_manager.order_by("pk").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


@pytest.mark.parametrize("answers", [answer, refused, gone])
def test_a_day_is_the_same_whoever_works_it_out(answers: Any) -> None:
    for days_left in (90, 7):
        a_term(days_left=days_left)
    line = Near(answers)
    with answered_by(line):
        run(as_of=AS_OF, at=MORNING, post=Postbag())
    beside = worked_out()

    forecast.fill(as_of=AS_OF, at=MORNING)
    told = metrics.fill(as_of=AS_OF, at=MORNING)

    assert line.asked == [AS_OF]
    assert line.orders == []
    assert told["metrics_changed"] == 0
    assert worked_out() == beside
    assert len(beside["MetricValue"]) == told["metrics"] > 100
    assert len(beside["ForecastWeek"]) == 2
    assert len(beside["ForecastMonth"]) == 2


def test_whoever_was_killed_before_it_was_written_down_works_it_out() -> None:
    a_term(days_left=90)

    def interrupt(done: float, what: Sentence) -> None:
        if what.en == "deciding":
            raise KeyboardInterrupt

    with answered_by(Near()), pytest.raises(KeyboardInterrupt):
        run(as_of=AS_OF, at=MORNING, post=Postbag(), progress=interrupt)
    assert "understand" in Run.objects.get().stages
    assert not MetricValue.objects.exists()

    run(as_of=AS_OF, at=MORNING, post=Postbag())

    assert MetricValue.objects.filter(as_of=AS_OF).exists()
    assert ForecastWeek.objects.filter(as_of=AS_OF).exists()


def test_an_answer_about_another_day_is_not_taken() -> None:
    a_term(days_left=90)
    line = Near()
    day_before = AS_OF - timedelta(days=1)

    def interrupt(done: float, what: Sentence) -> None:
        if what.en == "deciding":
            raise KeyboardInterrupt

    with answered_by(line):
        with pytest.raises(KeyboardInterrupt):
            run(as_of=day_before, at=at_on(AS_OF, 9), post=Postbag(), progress=interrupt)
        run(as_of=AS_OF, at=MORNING, post=Postbag())

    assert line.asked == [day_before, AS_OF]
    assert set(MetricValue.objects.filter(slice_by="", metric="mrr").values_list("as_of")) == {
        (AS_OF,)
    }


def test_whoever_reads_elsewhere_says_nothing() -> None:
    elsewhere = ("/nowhere", "/nowhere/records.sqlite3")

    assert answer(Order(AS_OF, MORNING, "any", None, elsewhere)) is None


def test_the_other_process_ends_with_the_line() -> None:
    with counting_beside():
        [other] = multiprocessing.active_children()
        assert other.is_alive()

    assert not other.is_alive()
    assert multiprocessing.active_children() == []
