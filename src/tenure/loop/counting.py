"""What is worked out beside a day: asked for by a line, or here, and written down afterwards."""

from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing.connection import Connection

from tenure.kernel.failures import Refusal
from tenure.loop.beside import Order, beside, place
from tenure.records.strategies.queries import by_hash, current
from tenure.understand.churn.actions import fill as fill_risks
from tenure.understand.churn.actions import inputs_of_night, watch_night
from tenure.understand.churn.watching import Inputs
from tenure.understand.forecast import actions as forecast
from tenure.understand.forecast.queries import level_spread
from tenure.understand.metrics import actions as metrics


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found of a day, on its way to the tables."""

    inputs: Inputs
    foreseen: forecast.Foreseen
    counted: metrics.Counted


def count(line: Connection) -> None:
    """Answer one order after the other, until the other end is closed or its process is gone."""
    while True:
        try:
            line.send(answer(line.recv()))
        except (EOFError, OSError):
            return


def answer(order: Order) -> Counts | None:
    """What an order asks for.

    Returns:
        None where a rule refuses it, which whoever asked meets, too; and where whoever asked reads
        in another place, because it was told so by another way than the environment.
    """
    if order.place != place():
        return None
    as_of, at = order.as_of, order.at
    try:
        strategy = by_hash(order.strategy_hash).at(as_of)
        return Counts(
            inputs=inputs_of_night(strategy, as_of=as_of, at=at),
            foreseen=forecast.foreseen(as_of=as_of, level_spread=order.level_spread),
            counted=metrics.counted(strategy, as_of=as_of),
        )
    except Refusal:
        return None


def estimate(*, as_of: date, at: datetime) -> None:
    """The risks of the day, watched at once where nobody counts beside us."""
    fill_risks(as_of=as_of, at=at, watches=beside() is None)


def begin(*, as_of: date, at: datetime) -> None:
    """Let the other process work out the day; where there is none, do it now."""
    other = beside()
    if other is None:
        metrics.fill(as_of=as_of, at=at)
        forecast.fill(as_of=as_of, at=at)
        return
    spread = level_spread(as_of=as_of)
    rules = current().at(as_of).hash
    if not other.begin(Order(as_of, at, rules, spread, place())):
        _here(as_of=as_of, at=at)


def keep(*, as_of: date, at: datetime) -> None:
    """Write down what was found; where nobody found it, or we were killed before, do it here.

    Metrics come last: where they stand, everything does.
    """
    if metrics.are_kept(as_of=as_of):
        return
    other = beside()
    found = None if other is None else other.answered(as_of)
    if not isinstance(found, Counts):
        _here(as_of=as_of, at=at)
        return
    watch_night(as_of=as_of, at=at, inputs=found.inputs)
    forecast.keep(found.foreseen)
    metrics.keep(found.counted, at=at)


def _here(*, as_of: date, at: datetime) -> None:
    watch_night(as_of=as_of, at=at)
    forecast.fill(as_of=as_of, at=at)
    metrics.fill(as_of=as_of, at=at)
