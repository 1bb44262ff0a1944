"""Write and change the plan of a campaign, while it is a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from tenure.kernel.failures import Sentence
from tenure.kernel.identifiers import new_id
from tenure.kernel.money import Money
from tenure.records.campaigns.actions.moving import editable, locked
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.plan import Goal, Task, check_goals, check_tasks
from tenure.records.campaigns.refusals import (
    BadCampaign,
    LineBelowSpent,
    NegativeAmount,
    NoBudget,
)
from tenure.records.campaigns.rules import (
    CAMPAIGN,
    LEAST_CONTROL,
    MANUAL,
    MOST_AUDIENCES,
    MOST_CONTROL,
)
from tenure.records.campaigns.states import CampaignKind, CampaignState
from tenure.records.journal.actions import Fact, append

_NO_NAME = Sentence(zh="请填写名称", en="it needs a name")
_NO_DAYS = Sentence(
    zh="结束日 {ends_on} 早于开始日 {starts_on}", en="it ends on {ends_on}, before {starts_on}"
)
_CONTROL = Sentence(zh="对照组要在 2% 到 50% 之间", en="the control group is between 2 and 50 %")
_AUDIENCES = Sentence(zh="最多选 {most} 个人群", en="choose at most {most} audiences")
_NO_TASK = Sentence(zh="没有这个任务", en="there is no such task")
_NO_CHECK = Sentence(zh="没有这一项检查", en="there is no such check")
_LINE = Sentence(zh="预算科目需要名称", en="a budget line needs a name")
_COPY = Sentence(zh="{name}（副本）", en="{name} (copy)")


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a plan begins with; `background` are findings, each {"zh": …, "en": …}."""

    name: str
    starts_on: date
    ends_on: date
    currency: str
    audiences: Sequence[str] = ()
    owner: str = ""
    purpose: str = ""
    kind: CampaignKind = CampaignKind.PLAIN
    control_share: int = 2_000
    background: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class NewLine:
    """One budget line; with an offer it pays that offer."""

    name: str
    planned: Money
    offer_id: str = ""


@transaction.atomic
def draft(new: NewCampaign, *, on: date, at: datetime, by: str, key: str = "") -> Campaign:
    """Begin a plan (CMP-01); the same key again is the same plan.

    Raises:
        BadCampaign: it has no name, no days, too many audiences, or a control group that says
            nothing.
    """
    _check(new)
    known = Campaign.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    campaign = Campaign.objects.create(
        key=key or slugify(new_id("campaign", at))[:40],
        state=CAMPAIGN.start,
        planned_at=at,
        planned_by=by,
        **_fields(new),
    )
    _tell(campaign, "campaign.planned", on=on, at=at, by=by, name=campaign.name)
    return campaign


def _fields(new: NewCampaign) -> dict[str, Any]:
    return {
        "name": new.name.strip()[:80],
        "purpose": new.purpose.strip()[:400],
        "owner": new.owner.strip()[:80],
        "audiences": list(dict.fromkeys(new.audiences)),
        "starts_on": new.starts_on,
        "ends_on": new.ends_on,
        "kind": new.kind,
        "control_share": new.control_share,
        "currency": new.currency,
        "background": list(new.background),
    }


def _check(new: NewCampaign) -> None:
    if not new.name.strip():
        raise BadCampaign(why=_NO_NAME)
    if new.ends_on < new.starts_on:
        raise BadCampaign(why=_NO_DAYS.fill(ends_on=new.ends_on, starts_on=new.starts_on))
    if len(set(new.audiences)) > MOST_AUDIENCES:
        raise BadCampaign(why=_AUDIENCES.fill(most=MOST_AUDIENCES))
    if not LEAST_CONTROL <= new.control_share <= MOST_CONTROL:
        raise BadCampaign(why=_CONTROL)


@transaction.atomic
def change(key: str, new: NewCampaign, *, on: date, at: datetime, by: str) -> Campaign:
    """Change what a draft says; an empty background keeps the findings that are there.

    Raises:
        NotEditable, BadCampaign.
    """
    _check(new)
    campaign = editable(key)
    fields = _fields(new)
    if not new.background:
        del fields["background"]
    changed = {name: value for name, value in fields.items() if getattr(campaign, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(campaign, name, value)
        campaign.save(update_fields=list(changed))
        _tell(campaign, "campaign.changed", on=on, at=at, by=by, changed=sorted(changed))
    return campaign


@transaction.atomic
def copy(key: str, *, on: date, at: datetime, by: str, new_key: str = "") -> Campaign:
    """A new draft with the plan of another campaign, its lines unspent and its list unticked.

    The same new key again is the same copy.
    """
    old = Campaign.objects.get(key=key)
    known = Campaign.objects.filter(key=new_key).first() if new_key else None
    if known is not None:
        return known
    new = draft(
        NewCampaign(
            name=_COPY.fill(name=old.name[:70]).say("zh"),
            starts_on=old.starts_on,
            ends_on=old.ends_on,
            currency=old.currency,
            audiences=old.audiences,
            owner=old.owner,
            purpose=old.purpose,
            kind=CampaignKind(old.kind),
            control_share=old.control_share,
            background=old.background,
        ),
        key=new_key,
        on=on,
        at=at,
        by=by,
    )
    new.goals = old.goals
    new.tasks = [{**one, "done_on": None} for one in old.tasks]
    new.save(update_fields=["goals", "tasks"])
    for line in CampaignLine.objects.filter(campaign=old).order_by("pk"):
        CampaignLine.objects.create(
            campaign=new,
            name=line.name,
            offer_id=line.offer_id,
            planned_minor=line.planned_minor,
        )
    return new


@transaction.atomic
def set_goals(key: str, goals: Sequence[Goal], *, on: date, at: datetime, by: str) -> Campaign:
    """The goals of a plan, all of them (CMP-02).

    Raises:
        NotEditable, BadCampaign.
    """
    campaign = editable(key)
    check_goals(goals)
    campaign.goals = [one.as_json() for one in goals]
    campaign.save(update_fields=["goals"])
    _tell(campaign, "campaign.goals_set", on=on, at=at, by=by, goals=campaign.goals)
    return campaign


@transaction.atomic
def set_tasks(key: str, tasks: Sequence[Task], *, on: date, at: datetime, by: str) -> Campaign:
    """The timeline of a plan, all of it (CMP-04).

    Raises:
        NotEditable, BadCampaign.
    """
    campaign = editable(key)
    check_tasks(tasks)
    campaign.tasks = [one.as_json() for one in tasks]
    campaign.save(update_fields=["tasks"])
    _tell(campaign, "campaign.tasks_set", on=on, at=at, by=by, tasks=campaign.tasks)
    return campaign


@transaction.atomic
def finish_task(key: str, task_id: int, *, on: date, at: datetime, by: str) -> Campaign:
    """A task is done, also while the campaign runs; told again, nothing changes.

    Raises:
        BadCampaign: there is no such task.
    """
    campaign = locked(key)
    tasks = [Task.of(one) for one in campaign.tasks]
    task = next((one for one in tasks if one.id == task_id), None)
    if task is None:
        raise BadCampaign(why=_NO_TASK)
    if task.done_on is not None:
        return campaign
    campaign.tasks = [(one.finished(on) if one is task else one).as_json() for one in tasks]
    campaign.save(update_fields=["tasks"])
    _tell(campaign, "campaign.task_done", on=on, at=at, by=by, task=task.name)
    return campaign


@transaction.atomic
def set_line(key: str, new: NewLine, *, on: date, at: datetime, by: str) -> CampaignLine:
    """Add a budget line or change its cap (CMP-05); of a running campaign only the cap moves.

    Raises:
        NegativeAmount, NoBudget: it could pay nothing.
        LineBelowSpent: more was spent than the new cap.
        NotEditable: a campaign that runs gets no new lines.
    """
    name = new.name.strip()[:80]
    if not name:
        raise BadCampaign(why=_LINE)
    if new.planned < Money.zero(new.planned.currency):
        raise NegativeAmount(what=name, amount=new.planned)
    if new.planned == Money.zero(new.planned.currency):
        raise NoBudget(line=name)
    campaign = locked(key)
    line = CampaignLine.objects.select_for_update().filter(campaign=campaign, name=name).first()
    may_raise = campaign.state == CampaignState.RUNNING and line is not None
    if not may_raise:
        campaign = editable(key)
    if line is None:
        line = CampaignLine(campaign=campaign, name=name, offer_id=new.offer_id)
    if campaign.state == CampaignState.DRAFT:
        line.offer_id = new.offer_id
    if new.planned.amount_minor < line.used_minor:
        used = Money(line.used_minor, campaign.currency)
        raise LineBelowSpent(line=name, used=used, asked=new.planned)
    line.planned_minor = new.planned.amount_minor
    line.save()
    told = {"line": name, "offer": line.offer_id, "planned_minor": line.planned_minor}
    _tell(campaign, "campaign.line_set", on=on, at=at, by=by, **told)
    return line


@transaction.atomic
def tick(key: str, code: str, *, on: date, at: datetime, by: str) -> Campaign:
    """A person looked at something that only a person can; ticked again, nothing changes.

    Raises:
        BadCampaign: nobody asks for it.
        NotEditable: the plan is no draft any more.
    """
    campaign = editable(key)
    if code not in MANUAL[CampaignKind(campaign.kind)]:
        raise BadCampaign(why=_NO_CHECK)
    if code in campaign.checks:
        return campaign
    campaign.checks = {**campaign.checks, code: {"by": by, "on": on.isoformat()}}
    campaign.save(update_fields=["checks"])
    _tell(campaign, "campaign.checked", on=on, at=at, by=by, check=code)
    return campaign


def _tell(
    campaign: Campaign, kind: str, *, on: date, at: datetime, by: str, **content: Any
) -> None:
    append(Fact(kind, on=on, content={"campaign": campaign.key, **content}), at=at, by=by)
