"""How workers are known, and refusals of background work."""

from datetime import timedelta
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

# Workers hold leases on themselves, under names that begin so, for as long as one is believed.
WORKER: Final = "worker:"
LIVES: Final = timedelta(minutes=1)
FORGOTTEN: Final = timedelta(days=1)


class AlreadyRunning(Refusal):
    """Somebody else holds the lease."""

    code = "already_running"
    said = Sentence(
        zh="“{name}”正在由 {holder} 运行（自 {since} 起）；请等它结束，或在 {until} 之后再试。",
        en="“{name}” is being run by {holder} since {since}; wait until it has finished, "
        "or try again after {until}.",
    )


class LeaseLost(Refusal):
    """The holder went quiet for too long, and the lease went to somebody else or ran out."""

    code = "lease_lost"
    said = Sentence(
        zh="{holder} 已不再持有“{name}”的租约，工作已停止；重新运行即可从中断处继续。",
        en="{holder} no longer holds the lease “{name}” and stopped; "
        "run again to go on from there.",
    )
