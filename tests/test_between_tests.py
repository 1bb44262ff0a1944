"""What one test gives back, the next one does not pay for."""

import gc

from tenure.kernel.memory import spared


def test_work_gives_back_what_the_collector_was_spared() -> None:
    with spared():
        pass

    assert gc.get_freeze_count() == 0


def test_the_next_test_finds_it_spared_again() -> None:
    assert gc.get_freeze_count() > 0
