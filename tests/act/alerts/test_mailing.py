"""R-U-045: notices by e-mail, to whoever asked, without what they muted; many are one mail."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage

from tenure.act.alerts.mailing import MAIL, PAUSE
from tenure.act.channels.models import StaffNotice
from tenure.act.messages.post import Handover, MailServerDown
from tenure.loop.alarms import raise_alarms
from tenure.records.jobs.models import Follower
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.actions import apply_strategy
from tenure.records.views.actions import NoAddress, ask_for_mail, mute
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT

pytestmark = pytest.mark.django_db

QUIET = AT.replace(minute=10)  # no rush of a whole or a half hour


class Desk:
    """A mail server that keeps what it was given, or says what it is told to say."""

    is_remote = False

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.says: list[Handover] = []
        self.is_down = False

    def hand_over(self, email: EmailMessage) -> tuple[Handover, str]:
        if self.is_down:
            raise MailServerDown(host="mail", why="test")
        said = self.says.pop() if self.says else Handover.ACCEPTED
        if said is Handover.ACCEPTED:
            self.taken.append(email)
        return said, "250"


@pytest.fixture
def desk() -> Desk:
    apply_strategy(preset("broadband"), by="test", at=AT)
    ask_for_mail("ann@example.com", owner="user:1", on=AS_OF, at=AT)
    found = Desk()
    raise_alarms(at=QUIET, post=found)
    return found


def happens(*kinds: str, at: datetime = QUIET) -> None:
    for kind in kinds:
        append(Fact(kind, on=AS_OF), at=at, by="test")


def states() -> set[tuple[str, str]]:
    return set(StaffNotice.objects.filter(channel=MAIL).values_list("outcome", "code"))


@pytest.mark.django_db(transaction=True)
def test_who_asked_is_written_to_once_and_what_follows_is_one_mail(desk: Desk) -> None:
    ask_for_mail("bo@example.com", owner="user:2", on=AS_OF, at=AT)
    mute("sending.stopped", owner="user:2", on=AS_OF, at=AT)

    happens("sending.stopped", "term.renewed")
    said = [raise_alarms(at=QUIET, post=desk) for _ in range(3)]
    happens("metric.alerted", "sending.resumed", "metric.alerted")
    early = raise_alarms(at=QUIET + timedelta(minutes=1), post=desk)
    late = raise_alarms(at=QUIET + PAUSE, post=desk)

    assert (said, early, late) == ([1, 0, 0], 3, 3)
    first, to_bo, then = desk.taken
    assert (first.to, to_bo.to, then.to) == (
        ["ann@example.com"], ["bo@example.com"], ["ann@example.com"],
    )  # fmt: skip
    assert first.subject == "澜江宽带 · 发送总开关已关闭"
    assert then.subject == "澜江宽带 · 3 条提醒"
    assert "一项指标出现异常变化，请看“指标”页 ×2" in then.body
    assert "发送总开关已关闭" not in to_bo.body
    assert first.extra_headers["Auto-Submitted"] == "auto-generated"
    assert states() == {("sent", "250")}


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_sent_waits_for_a_day_and_no_longer(desk: Desk) -> None:
    happens("sending.stopped")
    desk.is_down = True
    down = raise_alarms(at=QUIET, post=desk)
    waiting = states()
    desk.is_down, desk.says = False, [Handover.LATER]
    later = [raise_alarms(at=QUIET + PAUSE * n, post=desk) for n in (1, 2)]

    assert (down, waiting, later) == (0, {("waiting", "mail_server_down")}, [0, 1])

    happens("sending.resumed")
    raise_alarms(at=QUIET + PAUSE * 2)  # no mail server is configured
    waiting = states()
    raise_alarms(at=QUIET + timedelta(days=2), post=desk)

    assert waiting == {("sent", "250"), ("waiting", "no_mail_server")}
    assert states() == {("sent", "250"), ("failed", "too_late")}
    assert len(desk.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_who_no_longer_wants_it_or_never_asked_is_not_written_to(desk: Desk) -> None:
    ended = [ask_for_mail("", owner="user:1", on=AS_OF, at=AT) for _ in range(2)]

    happens("sending.stopped")
    raise_alarms(at=QUIET, post=desk)

    assert ended == [True, False]
    assert not StaffNotice.objects.exists()
    assert Follower.objects.filter(name="alerts").count() == 1


@pytest.mark.parametrize(
    "address", ["ann", "ann@", "a b@example.com", "a@b", "a@example.com,b@example.com", "x" * 120]
)
def test_nothing_that_is_no_address_is_kept(address: str) -> None:
    with pytest.raises(NoAddress):
        ask_for_mail(address, owner="user:1", on=AS_OF, at=AT)


def test_a_line_break_never_becomes_a_header() -> None:
    with pytest.raises(NoAddress):
        ask_for_mail("a@example.com\nBcc: b@example.com", owner="user:1", on=AS_OF, at=AT)
