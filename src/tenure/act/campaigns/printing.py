"""The plan of a campaign on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tenure.act.documents.typesetting import pdf
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.queries import tasks_of

_HEADS: Final = {
    "background": Sentence(zh="背景", en="Background"),
    "audiences": Sentence(zh="人群", en="Audiences"),
    "goals": Sentence(zh="目标", en="Goals"),
    "budget": Sentence(zh="预算", en="Budget"),
    "timeline": Sentence(zh="排期", en="Timeline"),
    "found": Sentence(zh="评估", en="Evaluation"),
    "lessons": Sentence(zh="经验", en="Lessons"),
    "next": Sentence(zh="下一步", en="What follows"),
}
_COLUMNS: Final = {
    "goals": Sentence(zh="指标|基线|目标|现在|期限", en="Metric|Baseline|Target|Now|Until"),
    "budget": Sentence(zh="科目|预算|已用", en="Line|Budget|Used"),
    "timeline": Sentence(zh="工作|负责人|开始|结束|完成", en="Work|Owner|From|Until|Done"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What stands beside the plan itself, in the reader's language.

    `goals` are metric, baseline, target, now and until; `verdict` is None before the launch.
    """

    audiences: Sequence[str]
    goals: Sequence[tuple[str, ...]]
    verdict: str | None


def plan_pdf(
    campaign: Campaign, lines: Sequence[CampaignLine], *, told: Told, language: str
) -> bytes:
    """The plan, and after the launch what it brought; the same values give the same bytes."""
    tongue = "zh" if language.startswith("zh") else "en"
    budget = [
        [one.name, *(str(Money(minor, campaign.currency)) for minor in _minor(one))]
        for one in lines
    ]
    tasks = [
        [one.name, one.owner, str(one.starts_on), str(one.ends_on), str(one.done_on or "–")]
        for one in tasks_of(campaign)
    ]
    tables = {"goals": [list(one) for one in told.goals], "budget": budget, "timeline": tasks}
    texts = {
        "background": [one[tongue] for one in campaign.background],
        "audiences": list(told.audiences),
        "found": [told.verdict] if told.verdict else [],
        "lessons": [campaign.lessons] if campaign.lessons else [],
        "next": [campaign.next_action] if campaign.next_action else [],
    }
    page = {
        "lang": tongue,
        "title": campaign.name,
        "sub": f"{campaign.starts_on} – {campaign.ends_on} · {campaign.owner}",
        "purpose": campaign.purpose,
        "parts": [
            {
                "head": _HEADS[name].say(language),
                "texts": texts.get(name, []),
                "columns": _COLUMNS[name].say(language).split("|") if name in tables else [],
                "rows": tables.get(name, []),
            }
            for name in _HEADS
            if texts.get(name) or tables.get(name)
        ],
    }
    return pdf("campaign", page)


def _minor(line: CampaignLine) -> tuple[int, int]:
    return line.planned_minor, line.used_minor
