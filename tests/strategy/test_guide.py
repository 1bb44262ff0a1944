"""AI-03: a tree of questions that always ends, in both languages, and never presses."""

from itertools import product
from typing import Any

import pytest

from tenure.strategy.guide import End, Guide, Outcome, Step, meant, read
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.reading import Reader, StrategyError


def both(text: str) -> dict[str, str]:
    return {"zh": f"{text}？", "en": text}


def a_step(name: str, *to: str) -> dict[str, Any]:
    answers = [{"says": both(f"go to {one}"), "to": one} for one in to]
    return {"id": name, "says": both(name), "answer": answers}


SOLVED = {"id": "fine", "says": both("good"), "outcome": "solved"}
TAKEN = {"id": "call", "says": both("a call"), "outcome": "handed_over", "ticket": "fault"}


def a_tree(*steps: dict[str, Any], **given: Any) -> Guide:
    table = {"begin": "what", "step": list(steps), "end": [SOLVED, TAKEN], **given}
    reader = Reader(table, file="guide.toml")
    found = read(reader)
    reader.done()
    return found


@pytest.mark.parametrize("name", preset_names())
def test_every_way_of_a_shipped_guide_ends(name: str) -> None:
    """AI-03: whatever is answered, an end is reached in a dozen steps."""
    tree = preset(name).guide
    ends = set()

    def follow(way: list[int]) -> None:
        here = tree.reached(way)
        assert len(way) < 12
        if isinstance(here, End):
            ends.add(here.outcome)
            return
        assert isinstance(here, Step)
        for number in range(len(here.answers)):
            follow([*way, number])

    if tree.is_there:
        follow([])
        assert ends == set(Outcome)
    assert tree.is_there == (name in {"broadband", "saas"})


@pytest.mark.parametrize(
    ("text", "answer"),
    [("家里断网了", 0), ("my internet is so SLOW and it buffers", 1), ("多收了钱，账单不对", 2),
     ("今天天气很好", None), ("", None), ("no internet, and slow before that", 0)],
)  # fmt: skip
def test_own_words_are_matched_offline(text: str, answer: int | None) -> None:
    tree = preset("broadband").guide
    first = tree.at(tree.begin)

    assert isinstance(first, Step)
    assert meant(first, text) == answer


def test_a_way_that_is_none_leads_nowhere() -> None:
    tree = a_tree(a_step("what", "fine", "call"))

    assert tree.reached([0]) == tree.at("fine")
    assert [tree.reached(way) for way in ([2], [0, 0], [-1])] == [None] * 3


@pytest.mark.parametrize(
    ("steps", "given", "said"),
    [
        ([a_step("what", "fine", "nowhere")], {}, "neither a step nor an end"),
        ([a_step("what", "fine", "call"), a_step("lost", "fine", "call")], {}, "leads to “lost”"),
        ([a_step("what", "fine", "call", "on"), a_step("on", "what", "fine")], {}, "for ever"),
        ([a_step("what", "fine")], {"end": [SOLVED]}, "two answers"),
        ([a_step("what", "fine", "fine")], {"end": [SOLVED]}, "hands over"),
        ([a_step("what", "fine", "call")], {"begin": "call"}, "neither a step"),
        ([a_step("what", "fine", "call")],
         {"end": [SOLVED, {**TAKEN, "outcome": "solved"}]}, "names a ticket"),
        ([{**a_step("what", "fine", "call"), "says": {"zh": "最后机会", "en": "Hurry"}}], {},
         "may not be said"),
    ],
)  # fmt: skip
def test_a_tree_in_which_somebody_gets_lost_is_refused(
    steps: list[dict[str, Any]], given: dict[str, Any], said: str
) -> None:
    with pytest.raises(StrategyError) as refused:
        a_tree(*steps, **given)

    assert said in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_every_pair_of_languages_is_there() -> None:
    tree = preset("saas").guide
    steps, ends = (tree.steps or {}).values(), (tree.ends or {}).values()
    told = [*(one.says for one in steps), *(one.says for one in ends)]

    assert all(one.say(language) for one, language in product(told, ("zh", "en")))
