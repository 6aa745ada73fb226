import pytest

import front
from accounts import EarlyAccounts, Issuer, Outbox, new_account
from fake_market import FakeMarket
from harness import Lonja, Up, free_ports, open_folder
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
    """Behind an ingress, tests that start or look into processes have none."""
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


class Exchange:
    """Everything that accounts need: all services, in one process or in seven, with an issuer to log in at."""

    SERVICES = ["notification", "profile", "auth", "market", "wallet", "gateway"]
    # Processes of each service, if they are apart.
    REPLICAS = 1

    def __init__(self, state, issuer, apart, more=None):
        self.issuer = issuer
        self.processes = []
        environment = {
            # Each client of a test comes from an address of its own, as if through a proxy.
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8",
            "LONJA_AUTH_GOOGLE_ISSUER": issuer.url, "LONJA_AUTH_GOOGLE_CLIENT_ID": "lonja",
            "LONJA_AUTH_GOOGLE_CLIENT_SECRET": issuer.SECRET,
            "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "10000", "LONJA_HOST_LOG_LEVEL": "debug",
            **(more or {}),
        }
        try:
            if apart:
                self.start_apart(state, environment)
            else:
                self.start(Up, state, environment)
                self.gateway = self.processes[0]
            self.http = self.gateway.http
            self.origin = f"http://localhost:{self.http}"
            self.outbox = Outbox(state / "outbox")
            self.state = state
            self.early = EarlyAccounts(self)
        except BaseException:
            self.close()
            raise

    def start(self, kind, *arguments):
        self.processes.append(kind(*arguments))
        return self.processes[-1]

    def start_apart(self, state, environment):
        """`lonja up` has the stores and one service, `lonja serve` each of the others."""
        self.start(Up, state, {"LONJA_PLUGIN": "web"})
        shared = {
            **environment, "LONJA_SECRETS": f"{state}/secrets", "LONJA_PROFILE_IMAGES": f"{state}/images",
            "LONJA_NOTIFICATION_MAIL_DRIVER": "outbox", "LONJA_NOTIFICATION_MAIL_OUTBOX_FOLDER": f"{state}/outbox",
            "LONJA_AUTH_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
            "LONJA_GATEWAY_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
        }
        for name in ("NOTIFICATION", "PROFILE", "WALLET"):
            shared[f"LONJA_{name}_POSTGRES_HOST"] = f"{state}/run"
        ports = iter(free_ports(3 * len(self.SERVICES) * self.REPLICAS))
        self.ports = {name: [[next(ports) for _ in range(3)] for _ in range(self.REPLICAS)] for name in self.SERVICES}
        for name, replicas in self.ports.items():
            shared[f"LONJA_ADDRESS_{name.upper()}"] = ",".join(f"127.0.0.1:{rpc}" for rpc, _, _ in replicas)
        self.shared = shared
        shared["LONJA_PUBLIC_URL"] = f"http://localhost:{self.ports['gateway'][0][1]}"
        self.members = {
            name: [self.start(Lonja, name, shared, each) for each in self.ports[name]] for name in self.SERVICES
        }
        self.gateway = self.members["gateway"][0]

    @property
    def logs(self):
        return "\n".join(each.output for each in self.processes)

    def close(self):
        for each in reversed(self.processes):
            each.close()


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
