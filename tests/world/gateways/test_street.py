"""R-Y-053: the gateways run beside a program, on the loopback alone, never in production."""

import stat
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tenure.world.gateways import street
from tenure.world.gateways.street import GatewaysClosed, NotInProduction, Street


@pytest.fixture(scope="module")
def open_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("gateways")
    with street.opened(folder, environment="development", home="http://127.0.0.1:8000") as found:
        yield found


def test_every_gateway_listens_on_the_loopback_and_draws_pages(open_: Street) -> None:
    assert sorted(open_.addresses) == ["alipay", "stripe", "unionpay", "wechat"]
    for address in open_.addresses.values():
        assert urlsplit(address).hostname == "127.0.0.1"
        with urllib.request.urlopen(f"{address}/gateway.css", timeout=5) as answer:
            assert answer.headers["Content-Type"].startswith("text/css")


def test_the_settings_are_for_their_owner_alone_and_new_each_time(
    open_: Street, tmp_path: Path
) -> None:
    first = tomllib.loads(open_.settings.read_text(encoding="utf-8"))
    with street.opened(tmp_path, environment="development") as other:
        second = tomllib.loads(other.settings.read_text(encoding="utf-8"))

    assert stat.S_IMODE(open_.settings.stat().st_mode) == 0o600
    assert first["wechat"]["api_v3_key"] != second["wechat"]["api_v3_key"]
    assert not other.settings.exists()


def test_production_is_refused_before_anything_starts(tmp_path: Path) -> None:
    folder = tmp_path / "gateways"

    with pytest.raises(NotInProduction), street.opened(folder, environment="production"):
        pytest.fail("it opened")

    assert not folder.exists()


def test_a_port_that_is_taken_is_said(open_: Street, tmp_path: Path) -> None:
    taken = urlsplit(open_.addresses["wechat"]).port
    assert taken is not None

    with (
        pytest.raises(GatewaysClosed),
        street.opened(tmp_path, environment="development", first_port=taken),
    ):
        pytest.fail("it opened")
