import pytest

import front
from accounts import Issuer, new_account
from exchange import Exchange
from fake_market import FakeMarket
from harness import Lonja, free_ports, open_folder
from stubs import made_in


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
    running = Lonja("market,gateway")
    yield World(running, running)
    running.close()


@pytest.fixture(scope="session")
def split():
    world = two_processes()
    yield world
    world.gateway.close()
    world.market.close()


@pytest.fixture(scope="session")
def cluster():
    return front.Outside()


def pytest_collection_modifyitems(items):
    """Those that wait for time to pass come after all others, and then who looks into all logs. Behind an ingress, tests that
    start or look into processes have none."""
    items.sort(key=lambda item: 2 if item.path.name == "test_zz_logs.py" else 1 if item.get_closest_marker("late") else 0)
    own = {"alone", "apart", "branch", "brief", "elsewhere", "fragile", "one_process", "split", "state", "together"}
    for item in items:
        if front.INGRESS and own & set(item.fixturenames):
            item.add_marker(pytest.mark.skip(reason="needs processes of its own"))


@pytest.fixture(params=["ingress"] if front.INGRESS else ["one process", "two processes"])
def world(request):
    if request.param == "ingress":
        return request.getfixturevalue("cluster")
    return request.getfixturevalue("one_process" if request.param == "one process" else "split")


@pytest.fixture
def fragile():
    """Two processes for one test alone, which may kill them."""
    world = two_processes()
    yield world
    world.gateway.close()
    world.market.close()


@pytest.fixture
def state(tmp_path_factory):
    """A folder for `LONJA_STATE`, not there yet."""
    return open_folder(tmp_path_factory.mktemp("up")) / "state"


@pytest.fixture(scope="session")
def issuer():
    running = Issuer()
    yield running
    running.close()


def exchange_fixture(apart):
    @pytest.fixture(scope="session")
    def started(tmp_path_factory, issuer):
        running = Exchange(open_folder(tmp_path_factory.mktemp("exchange")) / "state", issuer, apart)
        yield running
        running.close()

    return started


together = exchange_fixture(False)
apart = exchange_fixture(True)


@pytest.fixture(params=["ingress"] if front.INGRESS else ["one process", "seven processes"])
def exchange(request):
    if request.param == "ingress":
        return request.getfixturevalue("cluster")
    running = request.getfixturevalue("together" if request.param == "one process" else "apart")
    for each in running.processes:
        each.check_alive()
    return running


@pytest.fixture(scope="module")
def trader(request):
    """A client of the seven processes, for tests that change nothing."""
    return new_account(request.getfixturevalue("cluster" if front.INGRESS else "apart"))[1]


class Branch:
    """A wallet and a gateway more, beside those of an exchange, with a market that does as it is told."""

    def __init__(self, exchange, load):
        self.market = FakeMarket(load, exchange.shared["LONJA_ADDRESS_MARKET"])
        ports = {name: free_ports(3) for name in ("wallet", "gateway")}
        environment = {
            **exchange.shared, "LONJA_ADDRESS_MARKET": f"127.0.0.1:{self.market.port}",
            "LONJA_ADDRESS_WALLET": f"127.0.0.1:{ports['wallet'][0]}", "LONJA_PUBLIC_URL": exchange.origin,
        }
        self.processes = [Lonja(name, environment, ports[name]) for name in ports]
        self.http = ports["gateway"][1]

    def close(self):
        for each in self.processes:
            each.close()
        self.market.close()


@pytest.fixture(scope="module")
def branch(apart, tmp_path_factory):
    with made_in(tmp_path_factory.mktemp("stubs")) as load:
        running = Branch(apart, load)
        yield running
        running.close()
