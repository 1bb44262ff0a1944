"""What customers say: one inbox, the causes of leaving with complaints, and rounds of surveys."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.surveys.actions import invite_due
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.kernel.masking import without_identifiers
from tenure.records.customers.models import Account
from tenure.records.feedback.actions import record_loss_reason
from tenure.records.feedback.asking import note_cause, open_wave
from tenure.records.feedback.rules import Told
from tenure.records.service.actions import resolve_ticket
from tenure.records.service.models import Ticket
from tenure.records.service.pausing import WAITS_FOR, pause_ticket, resume_ticket
from tenure.records.subscriptions.models import Term
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.understand.voice.causes import (
    Cause,
    Promise,
    causes,
    complaint_weeks,
    open_complaints,
    root_causes,
)
from tenure.understand.voice.intent import LEVELS, intents
from tenure.understand.voice.queries import (
    KINDS,
    Matter,
    Wanted,
    counts_by_topic,
    matters,
    newest,
    rises,
    sampled,
)
from tenure.understand.voice.surveys import rounds
from tenure.understand.voice.taxonomy import Taxonomy

SPANS: Final = (30, 90, 365)
_MOST_PAGES: Final = 1_000
PAGE_ROWS: Final = 50
WEEKS: Final = 8
MOST_SHOWN: Final = 200
LONGEST_SEARCH: Final = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is asked for: the days that it looks back, and words, a topic and a kind."""

    days: int
    text: str
    topic: str
    kind: str
    page: int

    def link(self, **changed: object) -> str:
        """The address of this page with something changed; empty parts are left out."""
        given = {"days": self.days, "q": self.text, "topic": self.topic, "kind": self.kind}
        whole = {**given, **changed}
        return "?" + urlencode({name: str(one) for name, one in whole.items() if one})


@needs(Right.READ)
def voice(request: HttpRequest) -> HttpResponse:
    """Everything that was said, by topic and words in either language (FBK-01, DAT-07)."""
    stands = shell.standing()
    strategy, asked = stands.strategy, _asked(request, stands.strategy)
    until = clock.today(stands.zone, clock.now()) + timedelta(days=1)
    since = until - timedelta(days=asked.days)
    taxonomy = Taxonomy(strategy.topics)
    wanted = Wanted(since, until, asked.text, asked.topic, asked.kind)
    sample = sampled(wanted, taxonomy=taxonomy, zone=stands.zone)
    said = newest(sample, wanted, taxonomy=taxonomy, zone=stands.zone)
    first = asked.page * PAGE_ROWS
    halfway = since + timedelta(days=asked.days // 2)
    earlier = counts_by_topic(one for one in sample.said if one.said_on < halfway)
    found = matters(sample.said, earlier=earlier, currency=strategy.business.currency)
    sees_people = may(request, Right.SEE_PEOPLE)
    shown = {
        "shell": shell.of(request, stands),
        "asked": asked,
        "rows": [
            (one, without_identifiers(one.text), [strategy.topics[t].name for t in one.topics[:2]])
            for one in said[first : first + PAGE_ROWS]
        ],
        "count": sample.count,
        "read": 0 if sample.is_whole else len(sample.said),
        "next_page": asked.link(page=asked.page + 1) if len(said) > first + PAGE_ROWS else "",
        "matters": [_told(one, strategy, asked, each=sample.each) for one in found],
        "kinds": [(code, name, asked.link(kind=code, page="")) for code, name in KINDS.items()],
        "every_kind": asked.link(kind="", page=""),
        "spans": [(days, asked.link(days=days, page="")) for days in SPANS],
        "meant": _meant(asked, strategy, taxonomy=taxonomy),
        "topic_name": strategy.topics[asked.topic].name if asked.topic else None,
        "every_topic": asked.link(topic="", page=""),
        "kind_names": KINDS,
        "reasons": strategy.reasons,
        "sees_people": sees_people,
    }
    return render(request, "console/voice.html", shown)


def _asked(request: HttpRequest, strategy: Strategy) -> Asked:
    given = request.GET
    days, page = whole(given.get("days", "")), whole(given.get("page", ""))
    topic, kind = given.get("topic", ""), given.get("kind", "")
    return Asked(
        days if days in SPANS else SPANS[1],
        given.get("q", "").strip()[:LONGEST_SEARCH],
        topic if topic in strategy.topics else "",
        kind if kind in KINDS else "",
        page if page < _MOST_PAGES else 0,
    )


def _meant(asked: Asked, strategy: Strategy, *, taxonomy: Taxonomy) -> list[tuple[Sentence, str]]:
    """The topics that the words looked for belong to: their texts are found in both languages."""
    if not asked.text or asked.topic:
        return []
    wanted = asked.text.casefold()
    named = [
        one.id
        for one in strategy.topics.values()
        if wanted in one.name.zh.casefold() or wanted in one.name.en.casefold()
    ]
    found = dict.fromkeys([*named, *taxonomy.topics_of(asked.text)])
    return [(strategy.topics[one].name, asked.link(topic=one, q="", page="")) for one in found]


def _told(one: Matter, strategy: Strategy, asked: Asked, *, each: float) -> dict[str, object]:
    """A topic with its trend: its texts in the second half of the days against the first.

    Args:
        each: for how many texts one that was read stands.
    """
    recent = one.texts - one.before
    return {
        "matter": one,
        "name": strategy.topics[one.topic].name,
        "link": asked.link(topic=one.topic, page=""),
        "recent": recent,
        "rises": rises(one.before, recent, each=each),
    }


@needs(Right.READ)
def why(request: HttpRequest) -> HttpResponse:
    """Causes ranked by revenue lost (CHR-01, CHR-02), and complaints with their clock (FBK-05)."""
    stands = shell.standing()
    strategy, asked = stands.strategy, _asked(request, stands.strategy)
    at = clock.now()
    today = clock.today(stands.zone, at)
    currency, promise = strategy.business.currency, Promise(*strategy.complaint_promise)
    since = today - timedelta(days=asked.days - 1)
    found = causes(
        since=since,
        until=today + timedelta(days=1),
        currency=currency,
        taxonomy=Taxonomy(strategy.topics),
    )
    shown = {
        "shell": shell.of(request, stands),
        "asked": asked,
        "spans": [(days, asked.link(days=days)) for days in SPANS],
        "causes": [(one, _reason(one.reason, strategy), _sources(one)) for one in found],
        "most": max((one.revenue_minor for one in found), default=0),
        "reasons": strategy.reasons.values(),
        "complaints": [
            (one, without_identifiers(one.ticket.subject))
            for one in open_complaints(at=at, promise=promise)
        ],
        "weeks": complaint_weeks(until=today, weeks=WEEKS, promise=promise),
        "roots": [(_reason(one, strategy), count) for one, count in root_causes(since=since)],
        "promise": promise,
        "sees_people": may(request, Right.SEE_PEOPLE),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/why.html", shown)


_SOURCES: Final = {
    "cancel": Sentence(zh="取消办理", en="cancelling"),
    "survey": Sentence(zh="离网调研", en="exit survey"),
    "interview": Sentence(zh="访谈", en="interview"),
}


def _sources(one: Cause) -> list[tuple[Sentence, int]]:
    brought = Sentence(zh="导入", en="imported")
    return [(_SOURCES.get(source, brought), count) for source, count in one.told_by.items()]


def _reason(reason: str, strategy: Strategy) -> Sentence:
    known = strategy.reasons.get(reason)
    return known.name if known else Sentence(zh=reason, en=reason)


@require_POST
@needs(Right.ACT)
def interview(request: HttpRequest) -> HttpResponse:
    """A note of a talk with somebody who left: a row of the one table (CHR-02)."""
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    number = request.POST.get("number", "").strip()
    account = Account.objects.filter(external_id=number).order_by("pk").first()
    if account is None:
        messages.error(request, gettext("Nobody has this customer number; check it."))
        return HttpResponseRedirect(reverse("console:why"))
    term = (
        Term.objects.filter(account=account, reversed_on=None).order_by("-ends_on", "-pk").first()
    )
    parts = [request.POST.get(name, "").strip() for name in ("wanted", "instead", "back")]
    told = Told(
        account.pk,
        "interview",
        f"{account.pk}-{on.isoformat()}",
        request.POST.get("reason", ""),
        on,
        term_id=term.pk if term else None,
        text=without_identifiers(" / ".join(one for one in parts if one)),
    )
    return _done(request, lambda: record_loss_reason(told, at=at, by=actor(request)), "why")


@require_POST
@needs(Right.ACT)
def cause(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """What a person found to be the root of a complaint, and whether it is settled."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    told = Told(
        ticket.account_id, "ticket", str(ticket.pk), request.POST.get("reason", ""), on,
        text=request.POST.get("text", ""),
    )  # fmt: skip

    def verb() -> None:
        if waits_for := request.POST.get("waits_for", ""):
            if waits_for in WAITS_FOR:
                pause_ticket(ticket.pk, waits_for, on=on, at=at, by=actor(request))
            else:
                resume_ticket(ticket.pk, on=on, at=at, by=actor(request))
            return
        note_cause(ticket.pk, told, at=at, by=actor(request))
        if request.POST.get("settled"):
            resolve_ticket(ticket.pk, resolved_at=at, on=on, at=at, by=actor(request))

    return _done(request, verb, "why")


@needs(Right.READ)
def surveys(request: HttpRequest) -> HttpResponse:
    """The rounds of each survey, with their figures, intervals and rates of response (SUR-01)."""
    stands = shell.standing()
    strategy = stands.strategy
    today = clock.today(stands.zone, clock.now())
    found = rounds(strategy.surveys.values(), today=today)
    shown = {
        "shell": shell.of(request, stands),
        "surveys": found,
        "currency": strategy.business.currency,
        "may_act": may(request, Right.ACT),
        "cooldown": max((one.cooldown_days for one in strategy.surveys.values()), default=0),
    }
    return render(request, "console/surveys.html", shown)


DUE_WITHIN: Final = 180


@needs(Right.READ)
def intent(request: HttpRequest) -> HttpResponse:
    """Whether those whose terms end soon mean to renew, with the two inputs (INT-01)."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    level = request.GET.get("level", "")
    found = intents(on=today, within_days=DUE_WITHIN, level=level if level in LEVELS else "")
    shown = {
        "shell": shell.of(request, stands),
        "rows": [(one, LEVELS[one.level]) for one in found.rows[:MOST_SHOWN]],
        "more": max(0, len(found.rows) - MOST_SHOWN),
        "levels": [(code, name, found.counts[code]) for code, name in LEVELS.items()],
        "level": level,
        "days": DUE_WITHIN,
        "sees_people": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/intent.html", shown)


@require_POST
@needs(Right.ACT)
def open_round(request: HttpRequest) -> HttpResponse:
    """Open the next round of a survey, and ask everybody who may be asked."""
    at = clock.now()
    on: date = clock.today(shell.standing().zone, at)
    survey, days = request.POST.get("survey", ""), request.POST.get("days", "")
    wanted = min(max(int(days), 1), 90) if days.isdecimal() and len(days) < 4 else 14

    def verb() -> None:
        open_wave(survey, days=wanted, on=on, at=at, by=actor(request))
        invite_due(at=at, by=actor(request))

    return _done(request, verb, "surveys")


def _done(request: HttpRequest, verb: Any, page: str) -> HttpResponse:
    """Do it, and say that it is done or why not, on the page it came from."""
    try:
        verb()
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        messages.success(request, gettext("Noted."))
    return HttpResponseRedirect(reverse(f"console:{page}"))
