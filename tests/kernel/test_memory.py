"""What stood before long work is not gone through again, and what it leaves is collected."""

import gc
import weakref

import pytest

from tenure.kernel.memory import spared


class _Ring:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_stood_before_is_left_alone_until_the_work_ends() -> None:
    before = gc.get_freeze_count()

    with spared():
        during = gc.get_freeze_count()
        ring = _Ring()
        made = weakref.ref(ring)
        with spared():
            pass
        after_an_inner_one = gc.get_freeze_count()
        del ring
        gc.collect()

    assert during > before
    # What was spared may end meanwhile; the inner block adds nothing to it and lets nothing go.
    assert before < after_an_inner_one <= during
    assert made() is None
    assert gc.get_freeze_count() == 0


def test_what_the_work_makes_is_collected_as_always() -> None:
    with spared():
        gc.collect()
        _Ring()
        found = gc.collect()

    assert found > 0


def test_memory_is_given_back_where_work_fails() -> None:
    with pytest.raises(ZeroDivisionError), spared():
        raise ZeroDivisionError

    assert gc.get_freeze_count() == 0
