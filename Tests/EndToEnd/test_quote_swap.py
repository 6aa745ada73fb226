"""`lonja swap market.quotes`: from the replay to other sources and back while clients ask, without a request that fails."""

import concurrent.futures
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness import BINARIES, Lonja, fetch, wait_until

SERVERS = Path(__file__).resolve().parents[1] / "QuoteDriverTests/Servers"
TOKEN, KEY, SECRET = "pk_good-token", "PKGOODKEY", "good-secret"


class Source:
    """A server of a provider's shape, as the tests of the drivers use it."""

    def __init__(self, script, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-u", SERVERS / script, *arguments], stdout=subprocess.PIPE, text=True,
        )
        self.port = int(self.process.stdout.readline())

    def requests(self):
        return fetch(self.port, "/seen").json["requests"]

    def close(self):
        self.process.kill()
        self.process.wait()


class Market:
    """One process with market and gateway, both providers, and the command line."""

    def __init__(self, **change):
        self.iex = Source("iex_server.py", TOKEN)
        self.alpaca = Source("alpaca_server.py", KEY, SECRET)
        self.lonja = None
        try:
            self.lonja = Lonja("market,gateway", {
                "LONJA_MARKET_IEX_URL": f"http://127.0.0.1:{self.iex.port}/normal/stable",
                "LONJA_MARKET_IEX_TOKEN": TOKEN,
                "LONJA_MARKET_ALPACADATA_URL": f"http://127.0.0.1:{self.alpaca.port}/normal/data",
                "LONJA_MARKET_ALPACADATA_TRADING": f"http://127.0.0.1:{self.alpaca.port}/normal/trading",
                "LONJA_MARKET_ALPACADATA_KEY": KEY, "LONJA_MARKET_ALPACADATA_SECRET": SECRET,
                # The clients of this test are one client, who asks more than anybody should.
                "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8",
                **change,
            })
        except BaseException:
            self.close()
            raise

    def swap(self, driver):
        done = subprocess.run(
            [BINARIES / "lonja", "swap", "market.quotes", driver], capture_output=True, text=True, timeout=60,
            env={**os.environ, "LONJA_ADMIN_SOCKET": f"{self.lonja.folder_of_socket.name}/admin.sock"},
        )
        return done.returncode, done.stdout + done.stderr

    def source(self, symbol="AAPL"):
        return fetch(self.lonja.http, f"/api/v1/quotes/{symbol}").json["source"]

    def close(self):
        for each in (self.lonja, self.iex, self.alpaca):
            if each:
                each.close()


@pytest.fixture
def market():
    running = Market()
    yield running
    running.close()


class Clients:
    """Ask for quotes, one and many, until told to stop; every answer is kept as (status, sources)."""

    PATHS = ["/quotes/AAPL", "/quotes?symbols=AAPL,NOPE", "/quotes/AAPL", "/companies/AAPL"]

    def __init__(self, port, count=4):
        self.port, self.stop, self.answers = port, threading.Event(), []
        self.pool = concurrent.futures.ThreadPoolExecutor(count)
        self.tasks = [self.pool.submit(self.ask, number) for number in range(count)]

    def ask(self, number):
        turn = number
        while not self.stop.is_set():
            path = self.PATHS[turn % len(self.PATHS)]
            # Each request as if from an address of its own, so that no limit of one client is met.
            address = f"10.{number}.{turn // 250 % 250}.{turn % 250}"
            answer = fetch(self.port, f"/api/v1{path}", headers={"x-forwarded-for": address})
            body = answer.json
            quotes = body.get("items", [body])
            self.answers.append((answer.status, {each["source"] for each in quotes if "source" in each}, answer.body))
            turn += 1

    def end(self):
        self.stop.set()
        for task in self.tasks:
            task.result(30)
        self.pool.shutdown()
        return self.answers


def test_there_and_back_under_load(market):
    assert market.source() == "replay"
    clients = Clients(market.lonja.http)
    seen = []
    try:
        for driver, source in [("iex", "iex"), ("alpacadata", "alpaca-iex"), ("replay", "replay"), ("iex", "iex")]:
            before = len(clients.answers)
            code, text = market.swap(driver)
            assert code == 0, text
            wait_until(lambda: market.source() == source, f"quotes of {source}", 30)
            wait_until(lambda: len(clients.answers) > before + 40, "more answers")
            seen.append(source)
    finally:
        answers = clients.end()
    failed = [(status, body) for status, _, body in answers if status != 200]
    assert not failed, (len(failed), len(answers), failed[:3])
    sources = set().union(*(names for _, names, _ in answers))
    assert sources == set(seen), sources
    assert len(answers) > 160 and market.iex.requests() > 0 and market.alpaca.requests() > 0
    print(f"{len(answers)} answers, {len(failed)} failed, 4 swaps, sources {sorted(sources)}")


def test_digits_of_the_source_reach_the_client(market):
    code, text = market.swap("iex")
    assert code == 0, text
    wait_until(lambda: market.source() == "iex", "quotes of iex", 30)
    quote = wait_until(
        lambda: next(iter(fetch(market.lonja.http, "/api/v1/quotes?symbols=HUGE").json["items"]), None), "HUGE", 30
    )
    assert quote["price"]["amount"] == "9007199254740993.25", quote
    answer = fetch(market.lonja.http, "/api/v1/quotes?symbols=AAPL,NOPE,NVDA").json
    assert [each["symbol"] for each in answer["items"]] == ["AAPL", "NVDA"]
    assert [each["symbol"] for each in answer["missing"]] == ["NOPE"]


@pytest.mark.parametrize("change,driver,word", [
    ({"LONJA_MARKET_IEX_TOKEN": "pk_wrong"}, "iex", "market.iex.token"),
    ({"LONJA_MARKET_IEX_URL": "http://127.0.0.1:1/stable"}, "iex", "market.iex.url"),
    ({"LONJA_MARKET_ALPACADATA_SECRET": "wrong"}, "alpacadata", "market.alpacadata.secret"),
    ({"LONJA_MARKET_IEX_URL": "ftp://nowhere"}, "iex", "market.iex.url"),
])
def test_a_source_that_does_not_work_leaves_the_old_one(change, driver, word):
    running = Market(**change)
    try:
        assert running.source() == "replay"
        begin = time.monotonic()
        code, text = running.swap(driver)
        assert code != 0 and word in text, text
        assert "pk_wrong" not in text and SECRET not in text
        assert time.monotonic() - begin < 15
        assert running.source() == "replay"
    finally:
        running.close()
