"""Make the offers of the campaigns that run: weighed, paid from a line, and logged as choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac

from tenure.decide.campaigns.weighing import Proposal, propose
from tenure.decide.decisions.biting import count_bites
from tenure.decide.decisions.facing import Desk
from tenure.decide.decisions.learning import usable
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.promising import promise_chosen
from tenure.decide.decisions.rows import COLUMNS, Result, rows_of
from tenure.decide.decisions.rules import BUDGET, CAPACITY
from tenure.decide.decisions.tables import Tables
from tenure.decide.offers.coupons import coupon_code
from tenure.kernel.periods import day_number
from tenure.records.campaigns.actions import end_over, give_back, reserve
from tenure.records.campaigns.models import Campaign, CampaignMember
from tenure.records.campaigns.plan import reaches_on
from tenure.records.campaigns.queries import is_open, lines_of, running, tasks_of
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.campaigns.states import Arm, CampaignState
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.stock.actions import lock_stock
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.states import TermState
from tenure.strategy.offers import OfferKind
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

# What may be different tomorrow: such a customer is weighed again while the campaign runs.
PASSING: Final = frozenset(
    {BUDGET, CAPACITY, "service_issue", "contact_cap", "not_scored", "cooling_off"}
)


def offer_due(*, as_of: date, at: datetime) -> dict[str, int]:
    """Offer what is due in every campaign that runs; a second call offers nothing more.

    Returns:
        `chosen` and `withheld`, over all campaigns.
    """
    end_over(as_of=as_of, at=at)
    give_back(as_of=as_of, at=at)
    on = max(as_of, business_day(at))
    open_now = [one for one in running() if is_open(one, on) and reaches_on(tasks_of(one), on)]
    counts: Counter[str] = Counter(chosen=0, withheld=0)
    if not open_now:
        return dict(counts)
    strategy = current().at(as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        tables = Tables.of_day(day_number(as_of), store=current_store(), engine=engine)
        lesson = usable(as_of=as_of).lesson
        desk = Desk(tables, engine, strategy, as_of=as_of, at=at, lesson=lesson)
        for campaign in open_now:
            counts.update(_offer(campaign, desk, on=on))
    return dict(counts)


def waiting_terms(campaign: Campaign) -> list[int]:
    """The treated terms that run and for which this campaign has chosen nothing yet."""
    made = Decision.objects.filter(term=OuterRef("term"), journey=name_in_journal(campaign.key))
    rows = CampaignMember.objects.filter(
        ~Exists(made), campaign=campaign, arm=Arm.TREATED, term__state=TermState.RUNNING
    )
    return list(rows.order_by("term_id").values_list("term_id", flat=True))


def _offer(campaign: Campaign, desk: Desk, *, on: date) -> dict[str, int]:
    lines = lines_of(campaign)
    found = propose(campaign, lines, desk=desk, term_ids=waiting_terms(campaign))
    if found is None:
        return {}
    with transaction.atomic():
        held = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if held.state != CampaignState.RUNNING:
            return {}
        found = found.within(lock_stock(found.evaluated.offers, on=desk.as_of, at=desk.at))
        paid: set[str] = set()
        for line, wanted in sorted(found.wanted(lines).items()):
            paid |= reserve(line, wanted, on=on, at=desk.at)
        return _write(campaign, found.paid(paid), is_last_day=on == campaign.ends_on)


def _write(campaign: Campaign, found: Proposal, *, is_last_day: bool) -> dict[str, int]:
    desk = found.desk
    result = Result(
        desk, (found.step,), found.points, found.evaluated, found.chosen,
        usable(as_of=desk.as_of).learning_id, code_for=_secret_code,
    )  # fmt: skip
    rows = [row for row in rows_of(result) if is_last_day or _is_settled(row)]
    insert_rows(Decision, rows, columns=COLUMNS)
    count_bites(result)
    promise_chosen(
        [row[_TERM] for row in rows],
        journeys=[found.step.journey.id],
        strategy=desk.strategy,
        at=desk.at,
    )
    chosen = [row for row in rows if row[_KIND] != OfferKind.NOTHING]
    if rows:
        content = {
            "campaign": campaign.key,
            "chosen": dict(Counter(str(row[_ACTION]) for row in chosen)),
            "withheld": dict(
                Counter(str(row[_REASON]) for row in rows if row[_KIND] == OfferKind.NOTHING)
            ),
        }
        append(Fact("campaign.offered", on=desk.as_of, content=content), at=desk.at, by="loop")
    return {"chosen": len(chosen), "withheld": len(rows) - len(chosen)}


_TERM, _OUTCOME, _ACTION, _KIND, _REASON = (
    COLUMNS.index(one) for one in ("term_id", "outcome", "action", "kind", "reason")
)


def _is_settled(row: Sequence[Any]) -> bool:
    """Whether a choice stands; whom a passing reason kept out is weighed again tomorrow."""
    return row[_OUTCOME] == Decision.Outcome.CHOSEN or row[_REASON] not in PASSING


def _secret_code(unit: str) -> str:
    return coupon_code(salted_hmac("tenure.decide.coupon", unit, algorithm="sha256").digest())
