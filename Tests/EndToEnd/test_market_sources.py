"""The sources of the market from outside: the slot of the one that stands in, swaps under load, many symbols at once."""

import subprocess
import threading

import pytest

from harness import BINARIES, Lonja, fetch


@pytest.fixture
def server():
    # All requests of these tests come from one address, and the more the faster the gateway is.
    running = Lonja("market,gateway", {"LONJA_GATEWAY_LIMITS_ENABLED": "false"})
    yield running
    running.close()


def command(server, *words):
    environment = {"LONJA_ADMIN_SOCKET": f"{server.folder_of_socket.name}/admin.sock", "PATH": "/usr/bin:/bin"}
    return subprocess.run([BINARIES / "lonja", *words], env=environment, capture_output=True, text=True, timeout=60)


def test_the_slot_of_the_one_that_stands_in_may_be_empty_and_can_be_filled(server):
    assert "market.fallback  no driver" in command(server, "drivers").stdout
    assert not fetch(server.http, "/api/v1/quotes/AAPL").json["fallback"]
    done = command(server, "swap", "market.fallback", "replay")
    assert done.returncode == 0, done.stderr
    assert "market.fallback  replay" in command(server, "drivers").stdout
    # The first source answers, so the other has nothing to do.
    quote = fetch(server.http, "/api/v1/quotes/AAPL").json
    assert quote["source"] == "replay" and not quote["fallback"]


def test_a_driver_of_another_kind_is_refused_there(server):
    refused = command(server, "swap", "market.fallback", "paper")
    assert refused.returncode != 0 and "kind" in refused.stdout + refused.stderr
    assert fetch(server.http, "/api/v1/quotes/AAPL").status == 200


def test_swaps_under_load_lose_no_request(server):
    answers, over = [], threading.Event()

    def ask(path):
        while not over.is_set():
            answers.append(fetch(server.http, path).status)

    paths = ["/api/v1/quotes/AAPL", "/api/v1/quotes?symbols=AAPL,MSFT,IBM", "/api/v1/companies/MSFT/history?range=1m"]
    clients = [threading.Thread(target=ask, args=(path,)) for path in paths for _ in range(2)]
    for client in clients:
        client.start()
    try:
        for _ in range(6):
            done = command(server, "swap", "market.quotes", "replay")
            assert done.returncode == 0, done.stderr
    finally:
        over.set()
        for client in clients:
            client.join()
    assert len(answers) > 50 and set(answers) == {200}


def test_five_hundred_symbols_in_one_request(server):
    symbols = ["AAPL", "MSFT"] + [f"X{number}" for number in range(498)]
    answer = fetch(server.http, f"/api/v1/quotes?symbols={','.join(symbols)}")
    assert answer.status == 200, answer.body
    assert [quote["symbol"] for quote in answer.json["items"]] == ["AAPL", "MSFT"]
    assert [entry["symbol"] for entry in answer.json["missing"]] == symbols[2:]
    assert {entry["problem"] for entry in answer.json["missing"]} == {"unknown-symbol"}
    assert fetch(server.http, f"/api/v1/quotes?symbols={','.join(symbols + ['X498'])}").status == 400


def test_a_calendar_names_the_days_off(server):
    calendar = fetch(server.http, "/api/v1/market/calendar?from=2012-12-24&to=2012-12-31").json
    assert [day["date"] for day in calendar["items"]][:2] == ["2012-12-24", "2012-12-26"]
    assert {"date": "2012-12-25", "name": "Christmas Day"} in calendar["holidays"]
