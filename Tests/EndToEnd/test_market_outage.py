"""What callers see when a source dies, and what a source sees of replicas that share a store."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness import Lonja, fetch, wait_until
from test_quote_swap import TOKEN, Source

QUICK = {"LONJA_MARKET_CACHE_FRESH": "200ms", "LONJA_MARKET_CACHE_SERVE": "200ms"}


@pytest.fixture
def iex():
    source = Source("iex_server.py", TOKEN)
    yield source
    source.close()


def settings(source, **more):
    return {
        "LONJA_MARKET_QUOTES_DRIVER": "iex", "LONJA_MARKET_IEX_TOKEN": TOKEN,
        "LONJA_MARKET_IEX_URL": f"http://127.0.0.1:{source.port}/normal/stable", **more,
    }


def quote(server):
    answer = fetch(server.http, "/api/v1/quotes/AAPL")
    assert answer.status == 200, answer.body
    return answer.json


def test_when_the_source_dies_the_other_stands_in(iex):
    server = Lonja("market,gateway", settings(iex, LONJA_MARKET_FALLBACK_DRIVER="replay", **QUICK))
    try:
        first = quote(server)
        assert first["source"] == "iex" and not first["fallback"] and not first["replayed"]
        iex.close()
        last = wait_until(lambda: (found := quote(server))["fallback"] and found, "the price of the other source")
        assert last["source"] == "replay" and last["replayed"]
    finally:
        server.close()


def test_when_there_is_no_other_the_last_price_is_given_as_stale(iex):
    server = Lonja("market,gateway", settings(iex, **QUICK))
    try:
        first = quote(server)
        iex.close()
        last = wait_until(lambda: (found := quote(server))["stale"] and found, "a price that is called stale")
        assert last["price"] == first["price"] and last["source"] == "iex"
    finally:
        server.close()


def test_replicas_with_one_store_ask_the_source_once(iex):
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    folder = tempfile.mkdtemp(prefix="lonja-store-")
    store = subprocess.Popen([program, "--port", "0", "--unixsocket", f"{folder}/s", "--save", "", "--dir", folder],
                             stdout=subprocess.DEVNULL)
    servers = []
    try:
        wait_until(lambda: Path(f"{folder}/s").exists(), "the store")
        shared = settings(iex, LONJA_MARKET_VALKEY_ADDRESS=f"unix:{folder}/s", LONJA_MARKET_CACHE_FRESH="60s")
        servers = [Lonja("market,gateway", shared) for _ in range(3)]
        before = iex.requests()
        answers = [quote(server) for server in servers for _ in range(5)]
        assert len({(answer["asOf"], answer["price"]["amount"]) for answer in answers}) == 1
        # One for the price; the list of companies each replica has for itself.
        assert iex.requests() - before <= 1 + len(servers)
    finally:
        for server in servers:
            server.close()
        store.kill()
        store.wait()
        shutil.rmtree(folder)
