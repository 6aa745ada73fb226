"""Limits through the door, by processes of their own."""

import concurrent.futures
import gzip
import http.client
import json
import os
import signal
import socket
import time

import pytest

from harness import Lonja, Up, wait_until
from test_up import servers


def get(port, path, headers=None, seconds=20):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.fixture
def replicas(state):
    """Two gateways and a market, and the Valkey of `lonja up`."""
    up = Up(state, {"LONJA_PLUGIN": "market"})
    environment = {
        "LONJA_ADDRESS_MARKET": f"127.0.0.1:{up.rpc}", "LONJA_GATEWAY_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
        "LONJA_GATEWAY_LIMITS_READ_ADDRESS": "1/h 30",
    }
    gateways = [Lonja("gateway", environment) for _ in range(2)]
    yield up, gateways
    for each in [*gateways, up]:
        each.close()


def test_replicas_count_together(replicas):
    _, gateways = replicas
    statuses = [get(gateways[number % 2].http, "/api/v1/quotes/AAPL")[0] for number in range(40)]
    assert statuses == [200] * 30 + [429] * 10
    status, headers, body = get(gateways[0].http, "/api/v1/quotes/AAPL")
    assert status == 429 and b'"rate-limited"' in body
    assert 0 < int(headers["retry-after"]) <= 3600
    assert headers["ratelimit-policy"] == '"read-address";q=30;w=108000'
    assert headers["ratelimit"].startswith('"read-address";r=0;t=')
    assert get(gateways[0].http, "/healthz")[0] == 200


def test_without_the_store_the_service_goes_on(replicas):
    """The store hangs: nobody waits long for it, and each gateway counts by itself."""
    up, (gateway, _) = replicas
    assert get(gateway.http, "/api/v1/quotes/AAPL")[0] == 200
    (store,) = [pid for pid, line in servers(up.state).items() if "postgres" not in line]
    os.kill(store, signal.SIGSTOP)
    try:
        began = time.monotonic()
        statuses = [get(gateway.http, "/api/v1/quotes/AAPL")[0] for _ in range(31)]
        assert statuses == [200] * 29 + [429] * 2
        assert time.monotonic() - began < 5
    finally:
        os.kill(store, signal.SIGCONT)


@pytest.fixture
def hung(split):
    """Starts gateways whose auth takes connections and says nothing; their market is well."""
    running = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)

        def start(settings):
            running.append(Lonja("gateway", {
                "LONJA_ADDRESS_MARKET": f"127.0.0.1:{split.market.rpc}",
                "LONJA_ADDRESS_AUTH": f"127.0.0.1:{silent.getsockname()[1]}", **settings,
            }))
            return running[-1].http

        yield start
        for each in running:
            each.close()


def ask_for_profiles(port, count):
    """So many at once: for each, the status, the problem's code, Retry-After and the seconds it took."""

    def one(_):
        began = time.monotonic()
        status, headers, body = get(port, "/api/v1/profile", {"cookie": "lonja=" + "A" * 43})
        return status, json.loads(body)["code"], headers["retry-after"], time.monotonic() - began

    return concurrent.futures.ThreadPoolExecutor(count), one, range(count)


@pytest.mark.parametrize("settings, code", [
    ({"LONJA_GATEWAY_LIMITS_CALLS_PER_SERVICE": "4"}, "unavailable"), ({"LONJA_GATEWAY_LIMITS_REQUESTS": "5"}, "overloaded"),
])
def test_a_service_that_hangs_leaves_the_others(hung, settings, code):
    """Whoever comes when its places are taken is told so at once; prices go on, and the process is well."""
    port = hung(settings)
    assert get(port, "/api/v1/quotes/AAPL")[0] == 200
    pool, one, calls = ask_for_profiles(port, 24)
    with pool:
        waiting = [pool.submit(one, each) for each in calls]
        wait_until(lambda: sum(each.done() for each in waiting) >= 19, "the refusals", 2)
        assert get(port, "/healthz")[0] == 200
        if code == "unavailable":
            assert get(port, "/api/v1/quotes/AAPL")[0] == 200
        early = [each.result() for each in waiting if each.done()]
    answers = [each.result() for each in waiting]
    assert {each[:3] for each in early} == {(503, code, "1")}, early
    assert {each[0] for each in answers} == {503}
    held = [each for each in answers if each[3] > 2]
    assert 1 <= len(held) <= 5, answers
    assert get(port, "/api/v1/quotes/AAPL")[0] == 200


def test_long_answers_are_compressed(world):
    status, headers, plain = get(world.http, "/openapi.json")
    assert status == 200 and headers["content-encoding"] is None and headers["vary"] == "accept-encoding"
    status, coded, body = get(world.http, "/openapi.json", {"accept-encoding": "gzip"})
    assert coded["content-encoding"] == "gzip" and len(body) < len(plain) / 4
    assert gzip.decompress(body) == plain
    status, _, _ = get(world.http, "/openapi.json", {"accept-encoding": "gzip", "if-none-match": coded["etag"]})
    assert status == 304
