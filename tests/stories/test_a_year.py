"""Three households from T−180 to the end of their term, through the real loop and real mail.

One renews five days before the end, one lapses, one is in the holdout. Exactly what each got, and
nothing else, by an injected clock (R-Y-044, JRN-01, JRN-02, JRN-03, JRN-04, TOP-02, TOP-04, VAL-01,
CHN-03).
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tenure.loop.nightly import run
from tenure.records.contacts.models import Message
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import Purchase
from tenure.records.success.models import ToDo
from tenure.strategy.loading import build, preset
from tests.act.servers import MailServer
from tests.builders import AT, a_payment, a_person, a_term, an_account, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@dataclass(frozen=True)
class Street:
    """The households, the mail server of their letters, and a calendar to walk."""

    renews: Term
    lapses: Term
    held_out: Term
    server: MailServer

    @property
    def ends_on(self) -> date:
        return self.renews.ends_on

    def live(self, *days_left: int) -> None:
        """Run the loop for the days with so many days left, each on the morning after."""
        for left in days_left:
            as_of = self.ends_on - timedelta(days=left)
            run(as_of=as_of, at=at_on(as_of + timedelta(days=1), 9), by="story")

    def got(self, term: Term) -> list[tuple[int, str]]:
        """Days left on the day of each letter that a household received, and its subject."""
        address = ContactPoint.objects.get(person__account=term.account, channel="email").address
        letters = self.server.letters_to(address)
        return [(self.days_left(str(mail["Date"])), str(mail["Subject"])) for mail in letters]

    def days_left(self, sent_at: str) -> int:
        """Days left on the day on which a letter was dated."""
        return (self.ends_on - parsedate_to_datetime(sent_at).date()).days


@pytest.fixture
def street(settings: Any, tmp_path: Path) -> Iterator[Street]:
    settings.TENURE_HOME = tmp_path
    document: Any = deepcopy(preset("broadband").document)
    # Chance is left out, so that the story says the same each time.
    document["files"]["experiments.toml"]["exploration"] = "0 %"
    apply_strategy(build(document), by="story", at=AT.replace(year=2020))
    english = an_account(person=False, name="Smith")
    a_person(account=english, name="Ann Smith", language="en")
    held_out = a_term(account=an_account(in_holdout=True), days_left=180, auto_renew=True)
    a_payment(term=held_out, method="wechat", paid_on=held_out.starts_on)
    with MailServer() as server:
        server.use(settings)
        yield Street(
            renews=a_term(account=english, days_left=180),
            lapses=a_term(account=an_account(name="李文静"), days_left=180),
            held_out=held_out,
            server=server,
        )


def test_three_households_get_exactly_what_they_should(street: Street) -> None:
    street.live(181, 180, 179, 167, 120, 90, 89, 30, 29, 7, 6)
    bought_on = street.ends_on - timedelta(days=5)
    renew(Purchase(street.renews.pk, on=bought_on), at=at_on(bought_on, 20), by="user:ann")
    street.live(5, 4, 3, 2, 1, 0, -1, -15, -16)

    assert street.got(street.renews) == [
        (179, "Ann Smith, what your connection did for you"),
        (89, "Does Broadband 300M still fit you?"),
        (29, "Broadband 300M ends in 29 days: your options"),
        (6, "6 days left: Broadband 300M ends on 11 December 2026"),
        (-1, "Lanjiang Broadband: thank you, your service now runs until 11 January 2028"),
    ]
    assert street.got(street.lapses) == [
        (179, "李文静，这段时间网络为您做了什么"),
        (89, "您的 300M 宽带 合不合用"),
        (29, "300M 宽带 还有 29 天到期，这是续费方案"),
        (6, "还有 6 天：300M 宽带 将于 2026年12月11日 到期"),
        (2, "李文静，续费前先看看接下来有什么"),
        (-16, "您的数据可导出到 2027年1月26日"),
    ]
    assert street.got(street.held_out) == [
        (6, "2026年12月12日 将自动扣款 ¥962.28"),
        (-16, "您的数据可导出到 2027年1月26日"),
    ]
    assert len(street.server.received) == 13
    check_why_not(street)
    check_ends(street)


def check_why_not(street: Street) -> None:
    """Everything that was not sent stands in the outbox with its text and its reason."""
    unsent = Message.objects.exclude(state="sent").order_by("pk")
    assert {message.term_id for message in unsent} == {street.held_out.pk}
    assert [(message.step, message.state, message.reason) for message in unsent] == [
        ("t180", "suppressed", "holdout"),
        ("t90", "suppressed", "holdout"),
        ("t30", "suppressed", "holdout"),
    ]
    assert all(message.subject and message.body for message in unsent)
    assert not ToDo.objects.exists()


def check_ends(street: Street) -> None:
    """How the terms ended, in the rows and in the journal."""
    states = dict(Term.objects.order_by("pk").values_list("pk", "state"))
    assert states[street.renews.pk] == "renewed"
    assert states[street.lapses.pk] == "lapsed"
    following = Term.objects.get(subscription=street.renews.subscription, number=2)
    assert (following.starts_on, following.state) == (street.ends_on, "running")
    lapsed = Entry.objects.filter(term=street.lapses, kind="term.lapsed")
    assert lapsed.count() == 1
