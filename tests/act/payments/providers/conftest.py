"""One gateway of each kind for the whole run: making its keys takes a second."""

from collections.abc import Iterator

import pytest

from tests.act.payments.providers.benches import Bench, a_bench

PROVIDERS = ["wechat", "alipay", "stripe", "unionpay"]
_standing: dict[str, Bench] = {}


@pytest.fixture(scope="session")
def benches() -> Iterator[dict[str, Bench]]:
    yield _standing
    for one in _standing.values():
        one.gateway.close()
        one.hook.server.close()
    _standing.clear()


def stand(benches: dict[str, Bench], name: str) -> Bench:
    """The bench of a provider, swept."""
    if name not in benches:
        benches[name] = a_bench(name)
    bench = benches[name]
    bench.gateway.faults.disarm()
    bench.gateway.calls.clear()
    bench.gateway.messenger.told.clear()
    bench.gateway.application_url = bench.hook.url
    bench.hook.forget()
    return bench


@pytest.fixture(params=PROVIDERS)
def bench(request: pytest.FixtureRequest, benches: dict[str, Bench]) -> Bench:
    """Every provider in turn."""
    return stand(benches, request.param)


@pytest.fixture(params=[one for one in PROVIDERS if one != "unionpay"])
def calling(request: pytest.FixtureRequest, benches: dict[str, Bench]) -> Bench:
    """Every provider that is asked for orders and bills by a call, not by a browser's form."""
    return stand(benches, request.param)


@pytest.fixture
def wechat(benches: dict[str, Bench]) -> Bench:
    return stand(benches, "wechat")


@pytest.fixture
def alipay(benches: dict[str, Bench]) -> Bench:
    return stand(benches, "alipay")


@pytest.fixture
def card(benches: dict[str, Bench]) -> Bench:
    return stand(benches, "stripe")


@pytest.fixture
def unionpay(benches: dict[str, Bench]) -> Bench:
    return stand(benches, "unionpay")
