"""What is missing is said at once, and what is there is left alone."""

import importlib
import sys

import pytest

from tenure.warehouse.absences import Absent, remember_absence


def test_a_missing_module_is_refused_before_any_folder_is_looked_at() -> None:
    name = "a_module_that_nobody_installed"

    remember_absence(name)
    remember_absence(name)

    assert [finder for finder in sys.meta_path if getattr(finder, "name", "") == name] == [
        sys.meta_path[0]
    ]
    with pytest.raises(ModuleNotFoundError, match=name):
        importlib.import_module(name)
    sys.meta_path.pop(0)


def test_a_module_that_is_there_is_left_alone() -> None:
    before = list(sys.meta_path)

    remember_absence("decimal")

    assert sys.meta_path == before
    assert Absent("numbers").find_spec("decimal", None) is None
