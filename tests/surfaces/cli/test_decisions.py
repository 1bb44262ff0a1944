"""`tenure decisions replay`: any past choice made again, and what is said where there is none."""

import json

import pytest

from tenure.decide.decisions.models import Decision
from tenure.surfaces.cli.main import run
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import a_customer, decide
from tests.understand.warehouses import Warehouse


def test_every_choice_of_a_day_is_made_again_alike_and_said_in_both_languages(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOP-09: chosen, left alone, held out: the same, with its reason as a sentence."""
    decide(
        broadband, a_customer(p_lapse=0.4), a_customer(p_lapse=0.01),
        a_customer(marketing_consent=0, complaints_180=3),
        a_customer(p_lapse=0.6, account={"in_holdout": True}), a_customer(p_lapse=None),
    )  # fmt: skip
    numbers = list(Decision.objects.order_by("pk").values_list("pk", flat=True))

    for tag, alike in (("en", "it is exactly the same"), ("zh-Hans", "重做一遍，完全相同")):
        monkeypatch.setenv("TENURE_LANG", tag)
        codes = [run(["decisions", "replay", str(one)]) for one in numbers]
        told = capsys.readouterr().out.strip().splitlines()
        assert codes == [0] * len(numbers)
        assert len(told) == len(numbers) >= 5
        assert all(alike in line and f"{AS_OF}" in line for line in told)
    assert run(["decisions", "replay", str(numbers[0]), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["decision"], found["is_same"], found["then"]) == (
        numbers[0], True, found["now"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "unknown", "elsewhere", "unread"),
    [
        (
            "en",
            "There is no decision 99999",
            "made by a campaign or a personal plan",
            "is a whole number",
        ),
        ("zh-Hans", "没有编号为 99999 的决策", "出自活动或个人方案", "应是整数"),
    ],
)
def test_what_cannot_be_replayed_is_told_in_one_sentence(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tag: str, unknown: str, elsewhere: str, unread: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("TENURE_LANG", tag)
    decide(broadband, a_customer(p_lapse=0.4))
    row = Decision.objects.get()
    other = Decision.objects.get()
    other.pk, other.journey, other.step = None, "campaign-spring", "offer"
    other.save()

    def said(number: str) -> str:
        assert run(["decisions", "replay", number]) != 0
        return capsys.readouterr().err

    assert unknown in said("99999")
    assert unknown.replace("99999", "99999999999999999999") in said("99999999999999999999")
    assert elsewhere in said(str(other.pk))
    assert unread in said("one")
    row.refresh_from_db()
    Decision.objects.filter(pk=row.pk).update(decided_at=AT.replace(year=2020))
    assert str(row.pk) in said(str(row.pk))
