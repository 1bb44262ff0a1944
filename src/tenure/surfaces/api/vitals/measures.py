"""What the server measures of itself, read from the records whenever somebody asks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tenure.act.channels.rests import resting
from tenure.loop.reactions import FOLLOWER, REACTIONS
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.models import Run
from tenure.records.jobs.queries import place_of, workers
from tenure.records.journal.queries import after
from tenure.records.success.models import ToDo
from tenure.records.webhooks.models import WebhookDelivery
from tenure.records.webhooks.states import DeliveryState

RECENT = timedelta(days=1)


class Measures(Collector):
    """One reading of everything as of an instant."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        yield from self._loop()
        yield from self._messages()
        yield from self._intake()
        yield from self._worker()
        yield _gauge("tenure_todos_open", "Open work for people.", _open_todos())

    def _loop(self) -> Iterator[Metric]:
        last = Run.objects.filter(finished_at__isnull=False).order_by("-as_of").first()
        if last is None or last.finished_at is None:
            return
        age = (self.at - last.finished_at).total_seconds()
        yield _gauge("tenure_loop_age_seconds", "Since the last finished day of the loop.", age)
        taken = (last.finished_at - last.started_at).total_seconds()
        yield _gauge("tenure_loop_seconds", "How long that day took.", taken)

    def _messages(self) -> Iterator[Metric]:
        due = Message.objects.filter(state=MessageState.PLANNED, send_after__lte=self.at)
        waiting = due.aggregate(n=Count("pk"), oldest=Min("send_after"))
        lag = (self.at - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
        yield _gauge("tenure_messages_due", "Messages that could go out now.", waiting["n"])
        yield _gauge("tenure_messages_lag_seconds", "How long the oldest has waited.", lag)
        settled = GaugeMetricFamily(
            "tenure_messages_settled_day", "Messages of the last day by state.", labels=["state"]
        )
        recent = Message.objects.filter(settled_at__gt=self.at - RECENT).order_by()
        for state, count in recent.values_list("state").annotate(Count("pk")):
            settled.add_metric([state], count)
        yield settled

    def _worker(self) -> Iterator[Metric]:
        """Who works, how far the journal is followed, what waits to be told, who is left alone."""
        living, silent = workers(self.at)
        yield _gauge("tenure_workers", "Workers heard of in the last minute.", living)
        if silent is not None:
            yield _gauge("tenure_worker_age_seconds", "Since a worker was last heard of.", silent)
        unread = after(place_of(FOLLOWER), limit=1, kinds=REACTIONS.keys())
        lag = (self.at - unread[0].at).total_seconds() if unread else 0.0
        yield _gauge("tenure_reactions_lag_seconds", "Age of the oldest entry not followed.", lag)
        waiting = WebhookDelivery.objects.filter(
            state=DeliveryState.WAITING, next_at__lte=self.at
        ).aggregate(n=Count("pk"), oldest=Min("next_at"))
        age = (self.at - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
        yield _gauge("tenure_webhooks_due", "Webhooks that could go out now.", waiting["n"])
        yield _gauge("tenure_webhooks_lag_seconds", "How long the oldest has waited.", age)
        alone = GaugeMetricFamily(
            "tenure_provider_resting", "Providers left alone after failing.", labels=["provider"]
        )
        for provider in resting(self.at):
            alone.add_metric([provider], 1)
        yield alone

    def _intake(self) -> Iterator[Metric]:
        inbox = InboxEvent.objects.filter(sealed_at=None).aggregate(
            n=Count("pk"), oldest=Min("known_us")
        )
        age = self.at.timestamp() - inbox["oldest"] / 1_000_000 if inbox["oldest"] else 0.0
        yield _gauge("tenure_inbox_events", "Events that no day holds yet.", inbox["n"])
        yield _gauge("tenure_inbox_age_seconds", "How long the oldest has waited.", age)
        turned_away = Quarantine.objects.filter(at__gt=self.at - RECENT, kept=False).count()
        yield _gauge("tenure_quarantined_day", "Turned away in the last day.", turned_away)


def _open_todos() -> int:
    return ToDo.objects.filter(state=ToDo.State.OPEN).count()


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
