"""Refusals of background work."""

from tenure.kernel.failures import Refusal, Sentence


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
