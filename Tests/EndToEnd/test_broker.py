"""A client trades through the public API while a real broker's driver executes: a local server that speaks Alpaca's API. The
brokerage is swapped while orders run, and no order is lost or executed twice."""

import http.client
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from accounts import new_account
from exchange import Exchange
from harness import BINARIES, Up, open_folder, wait_until
from trading import FINAL, filled, money, pages, place

SERVER = Path(__file__).resolve().parents[1] / "Support" / "TestServers" / "Servers" / "alpaca_server.py"


class Broker:
    """Alpaca's trading API on loopback."""

    KEY, SECRET = "PKTEST", "good-secret-of-the-broker"

    def __init__(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, "-u", SERVER, self.KEY, self.SECRET],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )
        self.port = int(self.process.stdout.readline())
        self.environment = {
            "LONJA_WALLET_BROKERAGE_DRIVER": "alpaca", "LONJA_WALLET_ALPACA_URL": f"http://127.0.0.1:{self.port}",
            "LONJA_WALLET_ALPACA_KEY": self.KEY, "LONJA_WALLET_ALPACA_SECRET": self.SECRET,
        }

    def control(self, **wishes):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/control", json.dumps(wishes))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def close(self):
        self.process.kill()
        self.process.wait()


class Branch(Exchange):
    """Everything in one process, with that broker."""

    def __init__(self, state, issuer, broker):
        self.broker = broker
        self.socket = f"{state.parent}/admin.sock"
        super().__init__(state, issuer, False)

    def start(self, kind, *arguments):
        assert kind is Up
        state, environment = arguments
        return super().start(Up, state, {**environment, **self.broker.environment, "LONJA_ADMIN_SOCKET": self.socket})

    def swap(self, driver):
        done = subprocess.run(
            [BINARIES / "lonja", "swap", "wallet.brokerage", driver], capture_output=True, text=True, timeout=60,
            env={**os.environ, "LONJA_ADMIN_SOCKET": self.socket},
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def broker():
    running = Broker()
    yield running
    running.close()


@pytest.fixture(scope="module")
def branch(broker, issuer, tmp_path_factory):
    running = Branch(open_folder(tmp_path_factory.mktemp("broker")) / "state", issuer, broker)
    yield running
    running.close()


def follow_market(browser, broker, symbol):
    """The broker trades at the price that the market says."""
    price = browser.get(f"/quotes/{symbol}").json["price"]["amount"]
    broker.control(prices={symbol: price})
    return money({"amount": price, "currency": "USD"})


def test_buys_and_sells_at_the_broker(branch, broker):
    _, browser = new_account(branch)
    start = browser.get("/wallet").json
    follow_market(browser, broker, "AAPL")
    bought = filled(browser, place(browser, symbol="AAPL", side="buy", quantity="3").json)
    spent = filled(browser, place(browser, symbol="AAPL", side="buy", amount="500").json)
    sold = filled(browser, place(browser, symbol="AAPL", side="sell", quantity="2.5").json)
    assert (bought["filledQuantity"], sold["filledQuantity"]) == ("3", "2.5")
    trades, _ = pages(browser, "/wallet/history")
    assert {each["orderId"] for each in trades} == {bought["id"], spent["id"], sold["id"]}
    assert all(each["explanation"].startswith("Alpaca order ") for each in trades)
    signed = sum(money(each["total"]) * (1 if each["side"] == "sell" else -1) for each in trades)
    after = browser.get("/wallet").json
    assert money(after["cash"]) == money(start["cash"]) + signed and money(after["held"]) == 0
    assert [each for each in broker.control()["orders"] if each["status"] != "filled"] == []


def test_a_part_and_a_refusal(branch, broker):
    _, browser = new_account(branch)
    price = follow_market(browser, broker, "AAPL")
    broker.control(orders=["half"])
    limit = str((price * 2).quantize(price.__class__("0.01")))
    order = place(browser, symbol="AAPL", side="buy", type="limit", quantity="4", limitPrice=limit, timeInForce="gtc").json
    assert order["state"] == "open"
    wait_until(lambda: broker.control()["orders"][-1]["status"] == "partially_filled", "a part is executed")
    assert browser.get(f"/wallet/orders/{order['id']}").json["state"] == "open"
    assert browser.send("DELETE", f"/wallet/orders/{order['id']}").status == 422, "what was executed stays"
    ended = browser.get(f"/wallet/orders/{order['id']}").json
    assert (ended["state"], ended["filledQuantity"]) == ("filled", "2")
    broker.control(orders=["reject"])
    refused = place(browser, status=422, symbol="AAPL", side="buy", quantity="1")
    assert refused.json["code"] == "refused"
    assert money(browser.get("/wallet").json["held"]) == 0


def test_the_brokerage_is_swapped_while_orders_run(branch, broker):
    _, browser = new_account(branch)
    start = browser.get("/wallet").json
    price = follow_market(browser, broker, "AAPL")
    before = broker.control()["executions"]
    low = str((price / 2).quantize(price.__class__("0.01")))
    waiting = place(browser, symbol="AAPL", side="buy", type="limit", quantity="1", limitPrice=low, timeInForce="gtc").json
    assert waiting["state"] == "open"
    placed, failures, over = [], [], threading.Event()

    def trade():
        # Each with a key of its own, as a program would; an account may write ten times a second, after the first hundred.
        while not over.wait(0.05):
            try:
                follow_market(browser, broker, "AAPL")
                placed.append(place(browser, symbol="AAPL", side="buy", quantity="0.1").json)
            except Exception as error:  # shown by the test, whatever it is
                failures.append(error)
                return

    threads = [threading.Thread(target=trade) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for driver in ("paper", "alpaca", "paper"):
            count = len(placed)
            wait_until(lambda: len(placed) >= count + 10 or failures, "orders run", 30)
            branch.swap(driver)
        # The order that is at the broker stays there, and nobody else has it.
        away = browser.send("DELETE", f"/wallet/orders/{waiting['id']}")
        assert away.status == 503, (away.status, away.body)
        count = len(placed)
        wait_until(lambda: len(placed) >= count + 10 or failures, "orders run on paper", 30)
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
    assert not failures, failures[0]
    branch.swap("alpaca")
    follow_market(browser, broker, "AAPL")
    orders = [filled(browser, each, 40) for each in placed]
    assert all(each["filledQuantity"] == "0.1" for each in orders)

    def withdrawn():
        answer = browser.send("DELETE", f"/wallet/orders/{waiting['id']}")
        return answer.json if answer.status == 200 and answer.json["state"] in FINAL else None

    assert wait_until(withdrawn, "the order is taken back", 20)["state"] == "cancelled"
    trades, _ = pages(browser, "/wallet/history?limit=200")
    assert sorted(each["orderId"] for each in trades) == sorted(each["id"] for each in placed)
    there = [each for each in trades if each["explanation"].startswith("Alpaca order ")]
    assert 0 < len(there) < len(trades), "both have executed orders"
    assert broker.control()["executions"] - before == len(there), "nothing was executed that was not booked"
    after = browser.get("/wallet").json
    assert money(after["cash"]) == money(start["cash"]) - sum(money(each["total"]) for each in trades)
    assert money(after["held"]) == 0
