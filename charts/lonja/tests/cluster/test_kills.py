"""Each process is killed with -9: how long the service is away, and that it comes back by itself."""

import signal
import time

import pytest

from accounts import new_account

PLUGINS = ["auth", "gateway", "market", "notification", "profile", "wallet", "web"]
# What shows that a plugin works, through Traefik: its own routes, and others' that need it.
ASKED = {
    "auth": ["/api/v1/auth/session", "/api/v1/profile"],
    "gateway": ["/api/v1/market/clock", "/api/v1/profile", "/api/v1/wallet"],
    "market": ["/api/v1/quotes/AAPL", "/api/v1/wallet"], "notification": [], "profile": ["/api/v1/profile", "/api/v1/wallet"],
    "wallet": ["/api/v1/wallet"], "web": ["/"],
}


@pytest.fixture(scope="module")
def browser(shop):
    return new_account(shop)[1]


def refused(browser, paths):
    """What does not answer with 200, and with what instead."""
    try:
        answers = {path: browser.get(path, raw=True, seconds=5) for path in paths}
    except OSError as error:
        return {"": error}
    return {path: (answer.status, answer.body[:300]) for path, answer in answers.items() if answer.status != 200}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_killed_process_comes_back(cluster, browser, plugin):
    (pod,) = cluster.deployment(plugin).pods
    paths, before = ASKED[plugin], pod.restarts
    assert not refused(browser, paths)
    began = time.monotonic()
    pod.signal(signal.SIGKILL)
    while pod.ready:
        assert time.monotonic() - began < 10, "the end was not noticed"
        time.sleep(0.005)
    noticed = time.monotonic() - began
    pod.wait_ready(60)
    ready = time.monotonic() - began
    while refused(browser, paths):
        assert time.monotonic() - began < 60, f"{paths} do not come back"
    served = time.monotonic() - began
    assert pod.restarts == before + 1
    print(f"\n{plugin}: killed; out of the endpoints after {noticed:.2f} s, ready after {ready:.2f} s, "
          f"served after {served:.2f} s", end="")
    assert served < 30
