"""Sessions that gateways know already: with two gateways and two auths, a session that is over is refused by the very next
request at each of them while others go on, and nobody gets in from memory while auth or its store is away.
"""

import http.client
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from accounts import new_account
from harness import Lonja, fetch, open_folder, wait_until
from test_rolling_restart import Fleet

# Of each gateway, so that all of its loops have some.
CONNECTIONS = 4
ROUNDS = int(os.environ.get("LONJA_TEST_REVOCATIONS", "24"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory, issuer):
    running = Fleet(
        open_folder(tmp_path_factory.mktemp("known")) / "state", issuer, True,
        {"LONJA_GATEWAY_LIMITS_ENABLED": "false", "LONJA_HOST_LOOPS": "2", "LONJA_GATEWAY_PRICES_CLOSED": "true"},
    )
    yield running
    running.close()


class Line:
    """A connection that is kept to one gateway."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def status(self, browser, path="/auth/session"):
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.connection.request("GET", f"/api/v1{path}", headers={"cookie": cookie})
        response = self.connection.getresponse()
        response.read()
        return response.status

    def close(self):
        self.connection.close()


@pytest.fixture
def lines(fleet):
    all_lines = [Line(port) for port in fleet.gateways for _ in range(CONNECTIONS)]
    yield all_lines
    for each in all_lines:
        each.close()


class Crowd(threading.Thread):
    """Somebody else who asks all the time, so that questions to auth are always under way."""

    def __init__(self, port, browser, path):
        super().__init__(daemon=True)
        self.line, self.browser, self.path = Line(port), browser, path
        self.count, self.wrong, self.stopping = 0, [], threading.Event()

    def run(self):
        while not self.stopping.is_set():
            status = self.line.status(self.browser, self.path)
            self.count += 1
            if status != 200:
                self.wrong.append(status)
        self.line.close()


def calls(fleet, method):
    """How often the auths have answered a method so far."""
    total = 0
    for each in fleet.members["auth"]:
        for line in fetch(each.admin, "/metrics").body.decode().splitlines():
            if line.startswith("mesh_server_calls_total{") and f'"{method}"' in line:
                total += float(line.rpartition(" ")[2])
    return total


def again(login, address):
    """The browser, with another session of the same account."""
    browser = login.copy()
    browser.cookies = {name: value for name, value in browser.cookies.items() if "device" in name}
    browser.login(address)
    return browser


def end(way, owner, victim):
    """Ends the victim's session; None where it is the owner's word that it has."""
    if way == "logout":
        answer = victim.copy().post("/auth/logout")
    elif way == "revoke":
        session = next(each for each in victim.get("/auth/sessions").json["items"] if each["current"])
        answer = owner.send("DELETE", f"/auth/sessions/{session['id']}")
    else:
        answer = owner.send("DELETE", "/auth/sessions")
    assert answer.status == 204, (way, answer.status, answer.body)


def test_a_known_session_is_not_verified_again(fleet, lines):
    _, browser = new_account(fleet)
    for each in lines:
        assert each.status(browser) == 200
    verified, asked = calls(fleet, "VerifySession"), calls(fleet, "ListSessionChanges")
    for _ in range(10):
        for each in lines:
            assert each.status(browser) == 200
    count = 10 * len(lines)
    assert calls(fleet, "VerifySession") - verified < count / 4
    assert calls(fleet, "ListSessionChanges") - asked >= count * 3 / 4, "each request that comes alone has auth asked"


# Answered one by one, and together with others who ask for the same.
@pytest.mark.parametrize("path", ["/auth/session", "/quotes/AAPL"])
def test_a_session_that_is_over_is_refused_by_the_very_next_request(fleet, lines, path):
    address, owner = new_account(fleet)
    others = [new_account(fleet)[1], owner, new_account(fleet)[1]]
    crowd = [Crowd(port, browser, path) for port in fleet.gateways for browser in others]
    for each in crowd:
        each.start()
    let_in = []
    try:
        for number in range(ROUNDS):
            victim = again(owner, address)
            for each in lines:
                assert each.status(victim, path) == 200
            victim.port = fleet.gateways[number % 2]
            way = ["logout", "revoke", "all others"][number % 3]
            end(way, owner, victim)
            let_in += [(number, way) for each in lines if each.status(victim, path) != 401]
    finally:
        for each in crowd:
            each.stopping.set()
        for each in crowd:
            each.join(30)
    assert not let_in
    assert not [status for each in crowd for status in each.wrong], "a session that was not ended was refused"
    assert all(each.count > ROUNDS for each in crowd)


def test_a_new_password_gives_the_session_a_new_cookie_everywhere(fleet, lines):
    _, browser = new_account(fleet)
    for each in lines:
        assert each.status(browser) == 200
    before = dict(browser.cookies)
    new = "otra contraseña bastante larga"
    answer = browser.send("PUT", "/auth/password", {"current": "una contraseña bastante larga", "new": new})
    assert answer.status == 204, answer.body
    for port in fleet.gateways:
        other = browser.copy()
        other.cookies, other.port = dict(before), port
        assert other.status == 200
        assert other.cookies != before, "whoever shows the old cookie is given the new one, at both gateways"


def away(fleet, browser):
    """What both gateways say to somebody whose session they know."""
    answers = []
    for port in fleet.gateways:
        other = browser.copy()
        other.port = port
        alone, shared = other.get("/profile"), other.get("/quotes/AAPL")
        answers += [(each.status, each.headers.get("retry-after") is not None) for each in (alone, shared)]
    return answers


def test_nobody_gets_in_from_memory_while_auth_is_away(fleet, lines):
    _, browser = new_account(fleet)
    for each in lines:
        assert each.status(browser) == 200
    for each in fleet.members["auth"]:
        each.kill()
    assert away(fleet, browser) == [(503, True)] * 4
    fleet.members["auth"] = [
        fleet.start(Lonja, "auth", fleet.shared, ports) for ports in fleet.ports["auth"]
    ]
    wait_until(lambda: all(each.status(browser) == 200 for each in lines), "sessions are verified again")


def test_nobody_gets_in_from_memory_while_the_store_is_away(fleet, lines):
    _, browser = new_account(fleet)
    for each in lines:
        assert each.status(browser) == 200
    up = fleet.processes[0].process.pid
    rows = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    stores = [int(pid) for pid, parent, name in map(str.split, rows.splitlines())
              if int(parent) == up and re.match("valkey-server|redis-server", name)]
    assert len(stores) == 1, rows
    os.kill(stores[0], signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert away(fleet, browser) == [(503, True)] * 4
        assert time.monotonic() - began < 20
    finally:
        os.kill(stores[0], signal.SIGCONT)
    wait_until(lambda: all(each.status(browser) == 200 for each in lines), "sessions are verified again")
