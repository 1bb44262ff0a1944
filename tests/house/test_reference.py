"""The reference pages say what the code says; `make docs` draws them anew."""

import pytest

from tools.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    path = FOLDER / name

    assert path.exists(), "run `make docs`"
    assert PAGES[name]() == path.read_text(encoding="utf-8"), "run `make docs`"
