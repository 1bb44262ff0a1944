"""How long verbs speak to a terminal, and heed it."""

import signal
from collections.abc import Iterator

import pytest

from tenure.kernel.failures import Sentence
from tenure.surfaces.cli.terminal import steps


@pytest.fixture
def usual_ctrl_c() -> Iterator[None]:
    """Ctrl-C as Python starts with it, whatever an embedded server of another test left."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_that_python_swallows_stops_at_the_next_step(
    usual_ctrl_c: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Raised while Python cleans up behind some object, it is not lost, and nothing is printed."""

    class Dying:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    with steps(1.0, what=Sentence(zh="导入", en="Importing")) as bar:
        Dying()
        with pytest.raises(KeyboardInterrupt):
            bar.reach(0.5, "half")

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert "Exception ignored" not in capsys.readouterr().err
