import pytest

from harness import Lonja


class World:
    """Where the gateway answers, and what can be killed behind it."""

    def __init__(self, gateway, market):
        self.gateway, self.market = gateway, market
        self.http = gateway.http


def two_processes():
    market = Lonja("market")
    try:
        gateway = Lonja("gateway", {"LONJA_ADDRESS_MARKET": f"127.0.0.1:{market.rpc}"})
    except BaseException:
        market.close()
        raise
    return World(gateway, market)


@pytest.fixture(scope="session")
def one_process():
    running = Lonja("all")
    yield World(running, running)
    running.close()


@pytest.fixture(scope="session")
def split():
    world = two_processes()
    yield world
    world.gateway.close()
    world.market.close()


@pytest.fixture(params=["one process", "two processes"])
def world(request):
    return request.getfixturevalue("one_process" if request.param == "one process" else "split")


@pytest.fixture
def fragile():
    """Two processes for one test alone, which may kill them."""
    world = two_processes()
    yield world
    world.gateway.close()
    world.market.close()
