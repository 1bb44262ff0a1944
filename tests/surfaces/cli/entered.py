"""A business in which somebody has just entered a tag that starts a play."""

from datetime import timedelta

from tenure.kernel import clock
from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.actions import apply_strategy
from tenure.records.success.models import ToDo
from tenure.strategy.loading import preset
from tests.builders import AT, a_term, an_account


def enter_a_tag() -> None:
    now = clock.now()
    today = clock.today("Asia/Shanghai", now)
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    yesterday = day_number(today) - 1
    Fill.objects.create(entry="tag_masks", day=yesterday, version="1", filled_at=now)
    account = an_account(phone="13800000001")
    term = a_term(account=account, ends_on=today + timedelta(days=60))
    content = {"tag": "frequent_faults"}
    fact = Fact("tag.entered", on=today, account_id=account.pk, term_id=term.pk, content=content)
    append(fact, at=now, by="loop")


def has_work() -> bool:
    return ToDo.objects.filter(once_key__startswith="call:repair_care:").exists()
