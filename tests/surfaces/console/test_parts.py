"""Parts of the customers of a comparison as one table, on the pages of experiments and campaigns.

CMP-06.
"""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tenure.prove.readouts.heterogeneity import Part
from tenure.prove.statistics.groups import Difference, yes_or_no
from tenure.strategy.loading import preset
from tenure.surfaces.console.parts import PartLine, line_of_part

STRATEGY = preset("broadband")


def a_line(shown: Difference | None, *, segment: str = "cycle", level: str = "12") -> PartLine:
    group = yes_or_no(60, yes=40)
    return line_of_part(Part(segment, level, group, group, shown), strategy=STRATEGY)


def table(*lines: PartLine, language: str) -> str:
    with translation.override(language):
        return render_to_string(
            "console/_parts.html", {"parts": lines, "title": "t", "counted": "n"}
        )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.01, 0.2, "renews more"), (-0.2, -0.01, "renews less"), (-0.1, 0.2, "may be chance")],
)
def test_a_part_is_judged_by_its_interval(low: float, high: float, told: str) -> None:
    with translation.override("en"):
        line = a_line(Difference((low + high) / 2, 0.05, low, high))

    assert (line.judgement, line.customers) == (told, 120)


def test_a_part_with_too_few_shows_no_number() -> None:
    with translation.override("en"):
        page = table(a_line(None), language="en")

    assert "too few" in page
    assert "tn-ciw" not in page
    assert "12 months" in page


def test_plans_have_their_names_in_both_languages() -> None:
    shown = Difference(0.1, 0.05, 0.01, 0.2)
    plan, unknown = next(iter(STRATEGY.catalog.plans)), "gone_2019"
    names = STRATEGY.catalog.plans[plan].name
    for language, name in (("en", names.en), ("zh-hans", names.zh)):
        with translation.override(language):
            lines = [a_line(shown, segment="plan", level=one) for one in (plan, unknown)]
            page = table(*lines, language=language)

        assert name in page
        assert unknown in page
        assert "+10.0" in page
