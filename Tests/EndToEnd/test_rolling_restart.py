"""Every service in two processes, restarted one after the other while clients use the gateways: no request that may be
made again fails, and no other is lost; what is shed says 503 with Retry-After.

LONJA_TEST_RESTARTS says how often each service is restarted; a run of its own shows more:
    LONJA_TEST_RESTARTS=10 python -m pytest -s -c Tests/pytest.ini Tests/EndToEnd/test_rolling_restart.py
"""

import collections
import http.client
import itertools
import json
import os
import time

import pytest

from accounts import PASSWORD, new_account, new_email
from busy import Busy
from exchange import Exchange
from harness import Lonja, open_folder, wait_until
from trading import new_key

RESTARTS = int(os.environ.get("LONJA_TEST_RESTARTS", "1"))
CLIENTS = 5
SERVICES = ["auth", "profile", "wallet", "market", "notification", "gateway"]
ORDER = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5", "timeInForce": "gtc"}


class Fleet(Exchange):
    """All services in processes of their own, two of each."""

    REPLICAS = 2

    @property
    def gateways(self):
        return [ports[1] for ports in self.ports["gateway"]]

    def restart(self, service, number, orderly=True):
        """Ends one process as a cluster does, or as a crash does, and starts it again; how long both took."""
        old = self.members[service][number]
        began = time.monotonic()
        if orderly:
            old.terminate()
            assert old.wait(30) == 0, old.output[-4000:]
        else:
            old.kill()
        gone = time.monotonic() - began
        # The log is kept for the test that looks for secrets.
        old.kill()
        new = self.start(Lonja, service, self.shared, self.ports[service][number])
        self.members[service][number] = new
        return gone, time.monotonic() - began


class Lost(Exception):
    """A request of which nobody knows whether it was seen."""


class Client(Busy):
    """Somebody with an account, who keeps a connection and goes to the other gateway when the one at hand goes away."""

    def __init__(self, fleet, registers):
        super().__init__()
        self.fleet, self.registers = fleet, registers
        self.address, self.browser = new_account(fleet)
        self.ports = itertools.cycle(fleet.gateways)
        self.port, self.moves = next(self.ports), 0
        self.shed, self.wrong, self.registered = [], [], []

    def attempt(self, method, path, body, headers):
        """One answer; ConnectionRefusedError if nothing was sent, Lost if no answer came."""
        if not self.connection:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.connect()
            self.connection = connection
        try:
            self.connection.request(method, f"/api/v1{path}", body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            raise Lost(f"{type(error).__name__}: {error}") from None
        if response.getheader("connection") == "close":
            self.drop()
        return response, content

    def ask(self, method, path, expected, body=None, again=True, key=None, session=True):
        """A request, made again at the other gateway if it was not seen, or was not answered and `again` says it may."""
        headers = {"host": f"localhost:{self.browser.port}", "x-forwarded-for": self.browser.address, "user-agent": "load"}
        if session:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        if method != "GET":
            headers["origin"] = self.fleet.origin
            if session:
                headers["x-csrf-token"] = self.browser.csrf
        if key:
            headers["idempotency-key"] = key
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(body).encode()
        began, why = time.monotonic(), []
        for _ in range(4):
            try:
                response, content = self.attempt(method, path, body, headers)
                break
            except ConnectionRefusedError:
                why.append("refused")
            except Lost as error:
                why.append(str(error))
                if not again:
                    self.wrong.append((method, path, "no answer", str(error)))
                    return None
            self.moves += 1
            self.port = next(self.ports)
        else:
            self.wrong.append((method, path, "no gateway", why))
            return None
        self.requests += 1
        self.slowest = max(self.slowest, time.monotonic() - began)
        if response.status == expected:
            return json.loads(content) if content else {}
        if not again and response.status == 503 and response.getheader("retry-after"):
            self.shed.append((method, path))
        else:
            self.wrong.append((method, path, response.status, content[:300]))
        return None

    def round(self):
        self.ask("GET", "/quotes/AAPL", 200)
        self.ask("GET", "/auth/session", 200)
        self.ask("GET", "/profile", 200)
        self.ask("GET", "/wallet", 200)
        self.ask("GET", "/companies?query=apple", 200)
        self.ask("PUT", "/watchlist/MSFT", 204)
        # Placing an order is safe to repeat by its key.
        order = self.ask("POST", "/wallet/orders", 201, ORDER, key=new_key())
        if order:
            self.ask("DELETE", f"/wallet/orders/{order['id']}", 200)
        if self.rounds % 5 == 0:
            self.ask("POST", "/auth/session-keys", 200, {}, again=False)
        if self.registers and self.rounds % 10 == 0:
            address = new_email("rolling")
            body = {"givenName": "Ana", "familyName": "Ruiz", "email": address, "password": PASSWORD, "language": "en"}
            if self.ask("POST", "/auth/register", 202, body, again=False, session=False) is not None:
                self.registered.append(address)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory, issuer):
    running = Fleet(
        open_folder(tmp_path_factory.mktemp("fleet")) / "state", issuer, True,
        {"LONJA_GATEWAY_LIMITS_ENABLED": "false", "LONJA_HOST_DRAIN_DEADLINE": "10s"},
    )
    yield running
    running.close()


def under_load(fleet, roll):
    """Runs `roll` while clients are busy, and gives them when they have ended."""
    clients = [Client(fleet, number == 0) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    try:
        wait_until(lambda: all(each.rounds >= 2 for each in clients), "every client is busy", 60)
        roll()
        # What went wrong at the end shows in the next rounds.
        reached = [each.rounds + 2 for each in clients]
        wait_until(
            lambda: all(each.rounds >= goal or not each.is_alive() for each, goal in zip(clients, reached)),
            "every client goes on", 60,
        )
    finally:
        for each in clients:
            each.stopping.set()
        for each in clients:
            each.join(60)
    for each in clients:
        if each.error:
            raise each.error
    return clients


def report(what, clients, times):
    requests = sum(each.requests for each in clients)
    shed = collections.Counter(route for each in clients for route in each.shed)
    wrong = [each for client in clients for each in client.wrong]
    print(
        f"\n{what}: {requests} requests, {len(wrong)} failed, {sum(shed.values())} shed {dict(shed)}, "
        f"slowest {max(each.slowest for each in clients) * 1000:.0f} ms, "
        f"{sum(each.moves for each in clients)} times to another gateway; "
        f"ended in {max(gone for gone, _ in times):.1f} s, back in {max(back for _, back in times):.1f} s at the most"
    )
    return wrong


@pytest.mark.parametrize("service", SERVICES)
def test_a_rolling_restart_fails_nothing(fleet, service):
    times = []

    def roll():
        for _, number in itertools.product(range(RESTARTS), range(Fleet.REPLICAS)):
            times.append(fleet.restart(service, number))

    clients = under_load(fleet, roll)
    assert not report(service, clients, times)
    for address in clients[0].registered:
        # Whoever was told that a mail comes has it.
        fleet.outbox.to(address, 30)


@pytest.mark.parametrize("service", ["auth", "profile", "market"])
def test_a_killed_replica_fails_nothing_that_may_be_repeated(fleet, service):
    times = []

    def roll():
        for _ in range(RESTARTS):
            times.append(fleet.restart(service, 0, orderly=False))

    clients = under_load(fleet, roll)
    assert not report(f"{service}, killed", clients, times)
