"""What happens after an end, dated: by the plan as it was sold, and by what was confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tenure.act.messages.wording import dated, priced
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.cancellations.models import Cancellation
from tenure.records.cancellations.queries import confirmed_cancellation
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy

NO_REFUND = Sentence(
    zh="已付时长照常使用，无退款", en="what is paid stays usable; nothing is refunded"
)
REFUNDED = Sentence(zh="退还 {amount}，原路退回", en="{amount} is refunded the way it was paid")
UNTIL = Sentence(zh="{last_on} 之前都可以", en="until {last_on}")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the plan's own policy does after the end, and on which day."""

    on: date
    access: str
    effect: Sentence


def steps_after(term: Term, *, ends_on: date) -> list[Step]:
    """The steps of the plan version's lapse policy, dated from an end."""
    return [
        Step(
            on=ends_on + timedelta(days=step["day"]),
            access=step["access"],
            effect=Sentence(step["effect"]["zh"], step["effect"]["en"]),
        )
        for step in term.plan_version.lapse_policy.get("steps", ())
    ]


def refund_told(row: Cancellation) -> Sentence:
    """Whether money comes back, in words."""
    if row.refund_minor is None:
        return NO_REFUND
    return REFUNDED.fill(amount=priced(Money(row.refund_minor, row.currency)))


def leaving_slots(term_id: int, *, strategy: Strategy, language: str) -> Mapping[str, object]:
    """What the confirmation of a cancellation tells; nothing where there is none (R-A-084)."""
    row = confirmed_cancellation(term_id)
    if row is None or row.ends_on is None:
        return {}
    term = Term.objects.select_related("plan_version").get(pk=term_id)
    local = row.started_at if row.settled_at is None else row.settled_at
    stamp = local.astimezone(ZoneInfo(strategy.business.zone))
    steps = [
        f"{dated(step.on, language)}: {step.effect.say(language)}"
        for step in steps_after(term, ends_on=row.ends_on)
    ]
    return {
        "leaving_number": row.public_id,
        "leaving_ends_on": dated(row.ends_on, language),
        "leaving_refund": refund_told(row).say(language),
        "leaving_declaration": row.declaration.split("\n")[0 if language != "en" else -1],
        "leaving_at": f"{stamp:%Y-%m-%d %H:%M} ({strategy.business.zone}), {local:%H:%M} UTC",
        "leaving_steps": steps,
        "leaving_is_open": "yes" if row.stop == "at_end" else "",
    }
