"""64,000 customers and two e-mails (Hillstrom 2008): where uplift pays, and where it does not.

Science dossier §3, C1 and C2, over its floors; the file stands beside the sources, if at all.
"""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from tenure.decide.effects.history import History, Stakes
from tenure.decide.effects.report import report
from tenure.decide.effects.selection import Verdict, learn
from tenure.decide.effects.tables import Asked, history_of

FILE = Path(__file__).parents[4] / "shared" / "data" / "hillstrom_email" / "hillstrom.csv.gz"
ASKED = Asked(
    "segment", "visit", control="No E-Mail", ignored=("conversion", "spend", "history_segment")
)
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the data set is not here (issue #5)")


@cache
def mails() -> pa.Table:
    with gzip.open(FILE) as file:
        table = csv.read_csv(file)
    return table.set_column(table.column_names.index("history"), "history", pc.ln(table["history"]))


def a_trial(*segments: str) -> tuple[History, Stakes]:
    kept = pc.is_in(mails()["segment"], pa.array(["No E-Mail", *segments]))
    read = history_of(mails().filter(kept), ASKED)
    return read.history, read.stakes


@pytest.mark.parametrize("seed", [0, 1])
def test_womens_mail_by_effect_beats_womens_mail_by_risk(seed: int) -> None:
    """C1: half of the base mailed gains 0.0145 more than by risk, its interval above 0; RATE."""
    history, stakes = a_trial("Womens E-Mail")

    learned = learn(history, stakes, challengers=(), seed=seed)
    ranking = report(history, learned=learned, seed=seed)["rankings"][0]

    half = next(one for one in ranking["at"] if one["share"] == 0.5)
    assert half["beyond_risk"]["value"] >= 0.0145
    assert half["beyond_risk"]["low"] > 0
    assert ranking["rate_z"] >= 7.5
    assert abs(ranking["risk_rate_z"]) < 2
    assert learned.gains.single.value == pytest.approx(0.0452, abs=0.001)


@pytest.mark.parametrize("segments", [("Mens E-Mail",), ("Mens E-Mail", "Womens E-Mail")])
def test_mens_mail_is_best_for_all_and_the_page_says_so(segments: tuple[str, ...]) -> None:
    """C2: personalisation is not shown to be better than the best single action."""
    history, stakes = a_trial(*segments)

    learned = learn(history, stakes, challengers=())
    told = report(history, learned=learned, seed=0)

    assert not learned.is_personal_better
    assert told["single"]["arm"] == "Mens E-Mail"
    assert learned.verdict in {Verdict.SINGLE, Verdict.PERSONAL}
    said = " ".join(one["en"] for one in told["sentences"])
    assert "not shown to be better than the best single action (“Mens E-Mail”)" in said
    assert np.isclose(learned.gains.single.value, 0.0766, atol=0.001)
