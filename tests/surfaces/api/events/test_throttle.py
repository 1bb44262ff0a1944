"""A key sends so many events a second, and no batch waits for ever."""

from hypothesis import given
from hypothesis import strategies as st

from tenure.surfaces.api.events.throttle import Throttle


def test_a_bucket_holds_two_seconds_and_fills_by_the_second() -> None:
    throttle = Throttle()

    waits = [
        throttle.wait_seconds(1, per_second=10, events=events, now=now)
        for events, now in ((20, 0.0), (10, 0.5), (5, 0.5), (10, 1.5))
    ]

    assert waits == [0, 1, 0, 0]


def test_keys_do_not_share_a_bucket() -> None:
    throttle = Throttle()
    throttle.wait_seconds(1, per_second=1, events=2, now=0.0)

    assert throttle.wait_seconds(2, per_second=1, events=2, now=0.0) == 0
    assert throttle.wait_seconds(1, per_second=1, events=1, now=0.0) == 1


def test_a_batch_larger_than_the_bucket_passes_once_it_is_full() -> None:
    throttle = Throttle()

    assert throttle.wait_seconds(1, per_second=10, events=100, now=0.0) == 0
    assert throttle.wait_seconds(1, per_second=10, events=1, now=0.0) > 0


@given(
    batches=st.lists(st.tuples(st.integers(1, 50), st.floats(0, 0.5, allow_nan=False)), max_size=50)
)
def test_never_more_passes_than_filled(batches: list[tuple[int, float]]) -> None:
    throttle, now, passed = Throttle(), 0.0, 0
    for events, pause in batches:
        now += pause
        if not throttle.wait_seconds(1, per_second=50, events=events, now=now):
            passed += events

    assert passed <= 100 + 50 * now + 1e-6
