"""Public tables that stand beside the repository, where somebody put them there."""

from pathlib import Path

import pytest

from tests.house.sources import ROOT


def shared_table(name: str) -> Path:
    """The file `shared/data/NAME` beside the repository; the test is left out where none is."""
    for above in ROOT.parents:
        path = above / "shared" / "data" / name
        if path.is_file():
            return path
    pytest.skip(f"shared/data/{name} does not stand beside this repository (issue 4)")
