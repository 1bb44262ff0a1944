"""VAL-02, JRN-13, JRN-16: what is told of the library is what concerns its reader."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.strategy.library import MOST_TOLD, About, Item, ItemKind, read, told_to
from tenure.strategy.reading import Reader, StrategyError

ON = date(2026, 6, 15)


def an_item(id: str, *, from_on: date = date(2026, 1, 1), **given: tuple[str, ...]) -> Item:
    return Item(id, ItemKind.CASE, Sentence(zh=id, en=id), from_on, date(2026, 7, 1), **given)


def ids(about: About, *items: Item, on: date = ON) -> list[str]:
    return [one.id for one in told_to(about, items, kind=ItemKind.CASE, on=on)]


def test_a_case_is_matched_by_industry_and_size_closest_first() -> None:
    items = (
        an_item("everybody"),
        an_item("logistics", industries=("logistics",)),
        an_item("small_logistics", industries=("logistics",), sizes=("small",)),
        an_item("retail", industries=("retail",)),
    )

    assert ids(About(industry="logistics", size="small"), *items) == [
        "small_logistics", "logistics", "everybody",
    ]  # fmt: skip
    assert ids(About(industry="retail"), *items) == ["retail", "everybody"]
    assert ids(About(), *items) == ["everybody"]


def test_an_item_is_told_in_its_days_and_to_users_of_its_modules() -> None:
    album = an_item("album", modules=("album",))
    soon = an_item("soon", from_on=date(2026, 6, 20))

    assert ids(About(modules=("game", "album")), album, soon) == ["album"]
    assert ids(About(modules=("game",)), album) == []
    assert ids(About(), soon, on=date(2026, 6, 20)) == ["soon"]
    assert ids(About(), soon, on=date(2026, 7, 1)) == []


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3), st.integers(0, 9))
def test_nobody_is_told_more_than_the_most(modules: list[str], count: int) -> None:
    items = [an_item(f"n{n}", modules=("a",)) for n in range(count)]

    found = ids(About(modules=tuple(modules)), *items)

    assert len(found) == (min(count, MOST_TOLD) if "a" in modules else 0)


def test_days_that_never_come_are_refused() -> None:
    table = {
        "item": [
            {
                "id": "one", "kind": "news", "text": {"zh": "新", "en": "New"},
                "from_on": "2026-07-01", "until_on": "2026-07-01",
            }
        ]
    }  # fmt: skip
    with pytest.raises(StrategyError, match="until_on"):
        read(Reader(table, file="library.toml"))
