"""How texts feel: science.md I1 and I4."""

import csv
import gzip
import io
import random
from pathlib import Path

import numpy as np
import pytest

from tenure.kernel.failures import Refusal
from tenure.understand.voice.estimator.refusals import NoSentimentModel, TooFewLabels
from tenure.understand.voice.estimator.sentiment import fit_sentiment
from tenure.understand.voice.estimator.storing import load, store
from tenure.understand.voice.labels import is_praise
from tenure.understand.voice.lexicon import leaning
from tests.shared import shared_table

REVIEWS = "online_shopping_10_cats/online_shopping_10_cats.csv.gz"


def reviews(count: int) -> list[dict[str, str]]:
    with gzip.open(shared_table(REVIEWS)) as stream:
        rows = list(csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig")))
    random.Random(0).shuffle(rows)
    return rows[:count]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("网速很快，师傅很专业", 1),
        ("天天断网，客服还敷衍", -1),
        ("一点都不方便", -1),
        ("不好", -1),
        ("Great speed, very helpful people", 1),
        ("not happy with this", -1),
        ("They never resolved it", -1),
        ("", 0),
        ("x", 0),
        ("🙂🙂", 0),
        ("合同编号 12345", 0),
    ],
)
def test_a_list_of_words_tells_praise_from_complaint(text: str, sign: int) -> None:
    assert np.sign(leaning(text)) == sign


def test_reviews_of_a_shop_are_told_apart() -> None:
    """I1 in small: 6,000 of the 62,774 reviews; the whole table is a row of the benchmarks."""
    rows = reviews(6_000)

    _, quality = fit_sentiment(
        [row["review"] for row in rows], np.array([row["label"] == "1" for row in rows])
    )

    assert quality.auc >= 0.955
    assert quality.brier <= 0.09


def test_a_model_is_stored_as_arrays_and_reads_any_text(tmp_path: Path) -> None:
    """I4: mixed languages, emoji, nothing at all; the same file gives the same numbers."""
    good, bad = (
        ["这个很好，喜欢 {n} love it", "不错 {n} great"],
        ["太差了 {n}", "terrible 退货 {n}"],
    )
    texts = [text.format(n=n) for n in range(40) for text in (*good, *bad)]
    model, _ = fit_sentiment(
        texts, np.array(["差" not in one and "退" not in one for one in texts])
    )
    strange = ["很好 great 👍", "差", "", "🙃", "\u0000", "a" * 100_000]

    store(model, tmp_path / "sentiment.npz")

    again = load(tmp_path / "sentiment.npz")
    assert again.probability(strange).tolist() == model.probability(strange).tolist()
    assert model.probability(["很好", "差", "", "🙃"])[0] > 0.5 > model.probability(["差"])[0]
    assert model.probability(["", "🙃"]).tolist() == [0.5, 0.5]
    assert model.reasons("太差了")[0][1] < 0


def test_too_few_of_a_kind_are_refused_with_the_number_needed() -> None:
    texts = [f"很好 {n}" for n in range(80)]

    with pytest.raises(TooFewLabels) as refusal:
        fit_sentiment(texts, np.array([n >= 30 for n in range(80)]))

    assert refusal.value.data == {"good": 50, "bad": 30, "least": 50}


def test_another_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "other.npz").write_bytes(b"PK\x03\x04 no")

    with pytest.raises(NoSentimentModel):
        load(tmp_path / "other.npz")


@pytest.mark.parametrize(
    ("labels", "praise"),
    [
        (["1", "0", ""], [True, False, None]),
        (["正面", "负面"], [True, False]),
        (["Positive", "negative"], [True, False]),
        (["1", "3", "5", "2", "4"], [False, None, True, False, True]),
    ],
)
def test_labels_of_many_spellings_are_read(labels: list[str], praise: list[bool | None]) -> None:
    assert is_praise(labels, column="label") == praise


@pytest.mark.parametrize("labels", [["1", "1"], ["red", "green"], [], ["0", "10", "7"]])
def test_labels_that_say_neither_are_refused(labels: list[str]) -> None:
    with pytest.raises(Refusal, match="label"):
        is_praise(labels, column="label")
