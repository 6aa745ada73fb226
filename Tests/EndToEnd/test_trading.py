"""A client trades, through the public API alone, in one process and in seven."""

import csv
import io
import itertools
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import pytest

from accounts import Browser, new_account
from trading import Events, filled, money, new_key, pages, place


def test_from_the_search_to_the_sale(exchange):
    _, browser = new_account(exchange)
    found = browser.get("/companies?query=apple").json["items"]
    symbol = next(company["symbol"] for company in found if company["symbol"] == "AAPL")
    history = browser.get(f"/companies/{symbol}/history?range=1m").json
    assert history["symbol"] == symbol and len(history["items"]) > 10

    start = browser.get("/wallet").json
    assert start["walletId"] and money(start["held"]) == 0 and money(start["profit"]) == 0
    assert money(start["value"]) == money(start["cash"]) > 0

    preview = browser.post("/wallet/orders/preview", {"symbol": symbol, "side": "buy", "type": "market", "amount": "1500"})
    assert preview.status == 200, preview.body
    assert money(preview.json["total"]) <= 1500 and Decimal(preview.json["quantity"]) > 0
    assert browser.get("/wallet").json["cash"] == start["cash"], "a preview reserves nothing"

    answer = place(browser, symbol=symbol, side="buy", amount="1500")
    assert answer.headers["location"] == f"/api/v1/wallet/orders/{answer.json['id']}"
    bought = filled(browser, answer.json)
    quantity, price = Decimal(bought["filledQuantity"]), money(bought["averagePrice"])
    assert Decimal("1495") < quantity * price + money(bought["fee"]) <= 1500

    (holding,) = browser.get("/wallet/holdings").json["items"]
    alone = browser.get(f"/wallet/holdings/{symbol}").json
    # The price of the second look is a later one.
    assert all(holding[name] == alone[name] for name in ("symbol", "quantity", "held", "cost", "averageCost", "source"))
    # The two may be answered by loops whose prices are of different moments.
    assert holding.keys() == alone.keys()
    assert Decimal(holding["quantity"]) == quantity and Decimal(holding["held"]) == 0
    after = browser.get("/wallet").json
    (trade,) = browser.get("/wallet/history").json["items"]
    assert money(after["cash"]) == money(start["cash"]) - money(trade["total"]) and money(after["held"]) == 0
    assert abs(money(after["value"]) - money(start["value"])) < 30, "what was paid is there as shares"
    assert trade["orderId"] == bought["id"] and trade["side"] == "buy" and "quote" in trade["explanation"]

    half = quantity.quantize(Decimal(1)) // 2 or quantity / 2
    sold = filled(browser, place(browser, symbol=symbol, side="sell", quantity=str(half)).json)
    assert Decimal(sold["filledQuantity"]) == half
    assert Decimal(browser.get(f"/wallet/holdings/{symbol}").json["quantity"]) == quantity - half
    sale = browser.get("/wallet/history?side=sell").json["items"]
    assert [each["orderId"] for each in sale] == [sold["id"]]
    assert money(browser.get("/wallet").json["cash"]) == money(after["cash"]) + money(sale[0]["total"])


def test_pages_of_the_history(exchange):
    _, browser = new_account(exchange)
    for number in range(7):
        symbol, side = ("AAPL", "MSFT")[number % 2], "buy" if number < 5 else "sell"
        filled(browser, place(browser, symbol=symbol, side=side, quantity="1").json)
    whole, count = pages(browser, "/wallet/history?limit=2")
    assert count == 4 and len({each["id"] for each in whole}) == 7
    assert [each["side"] for each in whole] == ["sell"] * 2 + ["buy"] * 5, "the newest first"
    times = [each["executedAt"] for each in whole]
    assert times == sorted(times, reverse=True)
    only, _ = pages(browser, "/wallet/history?symbol=MSFT&side=buy&limit=1")
    assert [each["symbol"] for each in only] == ["MSFT", "MSFT"]
    orders, _ = pages(browser, "/wallet/orders?limit=3")
    assert [each["id"] for each in orders] == [each["orderId"] for each in whole]
    assert browser.get("/wallet/history?cursor=!").status == 400
    assert browser.get("/wallet/history?limit=201").status == 400


def test_a_key_stands_for_one_order(exchange):
    _, browser = new_account(exchange)
    key = new_key()
    first = place(browser, key, symbol="IBM", side="buy", quantity="2")
    assert "idempotency-replayed" not in first.headers
    done = filled(browser, first.json)
    again = place(browser, key, symbol="IBM", side="buy", quantity="2.0")
    assert again.headers["idempotency-replayed"] == "true" and again.json == done
    other = place(browser, key, 409, symbol="IBM", side="buy", quantity="3")
    assert other.json["code"] == "idempotency-key-reused"
    refused = place(browser, "poor", 422, symbol="IBM", side="sell", quantity="100")
    assert refused.json["code"] == "insufficient-shares" and "idempotency-replayed" not in refused.headers
    refused = place(browser, "poor", 422, symbol="IBM", side="sell", quantity="100")
    assert refused.json["code"] == "insufficient-shares" and refused.headers["idempotency-replayed"] == "true"
    _, stranger = new_account(exchange)
    place(stranger, key, symbol="IBM", side="buy", quantity="1")


def test_fifty_at_once_are_one(exchange):
    _, browser = new_account(exchange)
    key = new_key()

    def send(_):
        return place(browser, key, symbol="GOOG", side="buy", quantity="1")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum(answer.headers["idempotency-replayed"] == "true" for answer in answers) == 49
    filled(browser, answers[0].json)
    assert len(browser.get("/wallet/history").json["items"]) == 1


def test_cash_for_one_buys_one(exchange):
    _, browser = new_account(exchange)
    amount = (money(browser.get("/wallet").json["cash"]) * 6 / 10).quantize(Decimal("0.01"))

    def buy(_):
        body = {"symbol": "MSFT", "side": "buy", "type": "market", "amount": str(amount)}
        return browser.post("/wallet/orders", body, headers={"idempotency-key": new_key()})

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(buy, range(40)))
    refused = [answer.json["code"] for answer in answers if answer.status == 422]
    assert refused == ["insufficient-funds"] * 39 and sum(answer.status == 201 for answer in answers) == 1
    wallet = browser.get("/wallet").json
    assert money(wallet["cash"]) >= 0 and money(wallet["held"]) == 0


def test_a_hundred_sales_sell_what_there_is(exchange):
    _, browser = new_account(exchange)
    filled(browser, place(browser, symbol="IBM", side="buy", quantity="7").json)

    def sell(_):
        body = {"symbol": "IBM", "side": "sell", "type": "market", "quantity": "1"}
        return browser.post("/wallet/orders", body, headers={"idempotency-key": new_key()})

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(sell, range(100)))
    assert sum(answer.status == 201 for answer in answers) == 7
    assert [answer.json["code"] for answer in answers if answer.status != 201] == ["insufficient-shares"] * 93
    assert browser.get("/wallet/holdings").json["items"] == []


def test_limit_orders_wait_and_can_be_taken_back(exchange):
    _, browser = new_account(exchange)
    cash = money(browser.get("/wallet").json["cash"])
    order = place(browser, symbol="AAPL", side="buy", type="limit", quantity="10", limitPrice="1.25", timeInForce="gtc").json
    assert order["state"] == "open" and order["limitPrice"] == "1.25"
    wallet = browser.get("/wallet").json
    assert (money(wallet["cash"]), money(wallet["held"])) == (cash - Decimal("12.50"), Decimal("12.50"))
    assert [each["id"] for each in browser.get("/wallet/orders?state=open").json["items"]] == [order["id"]]
    gone = browser.send("DELETE", f"/wallet/orders/{order['id']}")
    assert gone.status == 200 and gone.json["state"] == "cancelled", gone.body
    wallet = browser.get("/wallet").json
    assert (money(wallet["cash"]), money(wallet["held"])) == (cash, 0)
    assert browser.send("DELETE", f"/wallet/orders/{order['id']}").status == 200, "it is taken back already"
    done = filled(browser, place(browser, symbol="AAPL", side="buy", quantity="1").json)
    late = browser.send("DELETE", f"/wallet/orders/{done['id']}")
    assert (late.status, late.json["code"]) == (422, "order-closed")
    _, stranger = new_account(exchange)
    for method in "GET", "DELETE":
        hidden = stranger.send(method, f"/wallet/orders/{done['id']}")
        assert (hidden.status, hidden.json["code"]) == (404, "unknown-order")


def test_events_go_on_where_they_ended(exchange):
    _, browser = new_account(exchange)
    events = Events(browser)
    assert events.response.headers["content-type"].split(";")[0] == "text/event-stream"
    # What was placed before the wallet looks for the first time is not news: so a few, until one is.
    with ThreadPoolExecutor(1) as pool:
        news = pool.submit(next, iter(events))
        while not wait([news], timeout=0.7).done:
            place(browser, symbol="AAPL", side="buy", type="limit", quantity="1", limitPrice="1", timeInForce="gtc")
    identifier, order = news.result()
    assert order["state"] == "open" and identifier == order["updatedAt"]
    events.close()

    missed = [place(browser, symbol=symbol, side="buy", quantity="1").json for symbol in ("AAPL", "MSFT")]
    for each in missed:
        filled(browser, each)
    events = Events(browser, last=identifier)
    wanted, seen, times = {each["id"] for each in missed}, {}, []
    for identifier, order in events:
        times.append(identifier)
        seen[order["id"]] = order["state"]
        if wanted <= seen.keys() and all(seen[each] == "filled" for each in wanted):
            break
    events.close()
    assert times == sorted(times)
    assert browser.get("/wallet/events", headers={"last-event-id": "x"}).status == 400
    assert Browser(exchange).get("/wallet/events").status == 401


def test_the_watchlist(exchange):
    _, browser = new_account(exchange)
    for symbol in "MSFT", "AAPL", "MSFT":
        assert browser.send("PUT", f"/watchlist/{symbol}").status == 204
    assert sorted(browser.get("/watchlist").json["symbols"]) == ["AAPL", "MSFT"]
    assert browser.send("DELETE", "/watchlist/MSFT").status == 204
    assert browser.get("/watchlist").json["symbols"] == ["AAPL"]


def test_nobody_without_a_session(exchange):
    nobody = Browser(exchange)
    for method, path in itertools.chain(
        (("GET", path) for path in ("/wallet", "/wallet/holdings", "/wallet/history", "/wallet/orders", "/watchlist")),
        (("POST", "/wallet/orders"), ("POST", "/wallet/orders/preview"), ("PUT", "/watchlist/AAPL")),
    ):
        assert nobody.send(method, path, {} if method == "POST" else None).status == 401, path
    _, browser = new_account(exchange)
    browser.csrf = None
    place(browser, status=403, symbol="AAPL", side="buy", quantity="1")


@pytest.mark.parametrize("terms, field, code", [
    ({"symbol": ""}, "symbol", "required"),
    ({"symbol": "no symbol"}, "symbol", "invalid"),
    ({"side": "hold"}, "side", "invalid"),
    ({"type": "stop"}, "type", "invalid"),
    ({"timeInForce": "tomorrow"}, "timeInForce", "invalid"),
    ({"quantity": None}, "quantity", "required"),
    ({"quantity": ""}, "quantity", "length"),
    ({"amount": "5"}, "quantity", "required"),
    ({"quantity": "0"}, "quantity", "out-of-range"),
    ({"quantity": "-1"}, "quantity", "out-of-range"),
    ({"quantity": "1e3"}, "quantity", "invalid"),
    ({"quantity": "NaN"}, "quantity", "invalid"),
    ({"quantity": "+1"}, "quantity", "invalid"),
    ({"quantity": "0.0000000001"}, "quantity", "too-many-decimals"),
    ({"quantity": "1" + "0" * 60}, "quantity", "too-large"),
    ({"quantity": "1000000001"}, "quantity", "too-large"),
    ({"quantity": None, "amount": "0.001"}, "amount", "too-many-decimals"),
    ({"quantity": None, "amount": "0.00"}, "amount", "out-of-range"),
    ({"type": "limit"}, "limitPrice", "required"),
    ({"limitPrice": "3"}, "limitPrice", "invalid"),
    ({"type": "limit", "limitPrice": "0"}, "limitPrice", "out-of-range"),
    ({"type": "limit", "limitPrice": "1.23456"}, "limitPrice", "too-many-decimals"),
])
def test_fields_that_make_no_sense(trader, terms, field, code):
    body = {"symbol": "AAPL", "side": "buy", "type": "market", "quantity": "1", **terms}
    body = {name: value for name, value in body.items() if value is not None}
    for path in "/wallet/orders", "/wallet/orders/preview":
        answer = trader.post(path, body, headers={"idempotency-key": new_key()})
        assert answer.status == 400 and answer.headers["content-type"] == "application/problem+json", answer.body
        assert answer.json["code"] == "validation", answer.json
        assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)], answer.json


@pytest.mark.parametrize("terms, code", [
    ({"symbol": "NOPE", "quantity": "1"}, "unknown-symbol"),
    ({"symbol": "AAPL", "quantity": "1000000000"}, "order-too-large"),
    ({"symbol": "AAPL", "quantity": "1000000"}, "insufficient-funds"),
    ({"symbol": "AAPL", "amount": "0.00", "side": "sell"}, None),
    ({"symbol": "AAPL", "quantity": "1", "side": "sell"}, "insufficient-shares"),
    ({"symbol": "AAPL", "quantity": "0.000000001", "side": "sell"}, "insufficient-shares"),
])
def test_orders_that_cannot_be(trader, terms, code):
    before = trader.get("/wallet").json
    answer = trader.post("/wallet/orders", {"type": "market", "side": "buy", **terms}, headers={"idempotency-key": new_key()})
    assert (answer.status, answer.json["code"]) == ((422, code) if code else (400, "validation")), answer.body
    after = trader.get("/wallet").json
    assert (after["cash"], after["held"]) == (before["cash"], before["held"]), "nothing is kept"


def test_numbers_are_strings(trader):
    answer = trader.post("/wallet/orders", b'{"symbol":"AAPL","side":"buy","type":"market","quantity":1.5}',
                         headers={"idempotency-key": new_key(), "content-type": "application/json"})
    assert (answer.status, answer.json["code"]) == (400, "bad-request"), answer.body


@pytest.mark.parametrize("key, code", [
    (None, "idempotency-key-missing"), ("", "idempotency-key-invalid"), ("ñ".encode(), "idempotency-key-invalid"),
    ("k" * 256, "idempotency-key-invalid"), ("k" * 300, "idempotency-key-invalid"), (["a", "b"], "idempotency-key-invalid"),
])
def test_keys_that_are_none(trader, key, code):
    answer = trader.post("/wallet/orders", {"symbol": "AAPL", "side": "buy", "type": "market", "quantity": "1"},
                         headers={"idempotency-key": key})
    assert (answer.status, answer.json["code"]) == (400, code), answer.body


@pytest.fixture
def elsewhere(apart, branch):
    """A client whose market does as it is told, and that market."""
    _, browser = new_account(apart)
    browser.port = branch.http
    branch.market.reset()
    yield browser, branch.market
    branch.market.reset()


@pytest.mark.parametrize("change, status, code", [
    ({"open": False}, 422, "market-closed"),
    ({"stale": True}, 422, "stale-price"),
    ({"age": 1300}, 422, "stale-price"),
    ({"price": "0.000000001"}, 422, "order-too-large"),
    ({"price": "999999999.99"}, 422, "order-too-small"),
    ({"price": "-1"}, 503, "unavailable"),
    ({"away": True}, 503, "unavailable"),
])
def test_markets_that_do_not_trade(elsewhere, change, status, code):
    browser, market = elsewhere
    market.__dict__.update(change)
    terms = {"symbol": "AAPL", "side": "buy", "amount": "0.01" if code == "order-too-small" else "1000000"}
    key = new_key()
    answer = place(browser, key, status, **terms)
    assert answer.json["code"] == code and answer.headers["content-type"] == "application/problem+json", answer.body
    market.reset()
    assert money(browser.get("/wallet").json["held"]) == 0
    # Nothing was placed: the key is free.
    assert place(browser, key, symbol="AAPL", side="buy", quantity="1").headers["idempotency-replayed"] is None


def test_limit_orders_wait_for_the_price(elsewhere):
    browser, market = elsewhere
    market.open = False
    order = place(browser, symbol="AAPL", side="buy", type="limit", quantity="3", limitPrice="90.5", timeInForce="gtc").json
    assert order["state"] == "open"
    market.open, market.price = True, "90.51"
    place(browser, symbol="AAPL", side="buy", quantity="1")
    assert browser.get(f"/wallet/orders/{order['id']}").json["state"] == "open"
    market.price = "90.00"
    done = filled(browser, order)
    assert Decimal(done["filledQuantity"]) == 3 and 90 <= money(done["averagePrice"]) <= Decimal("90.5")
    assert money(browser.get("/wallet").json["held"]) == 0


def test_the_history_is_a_file_too(exchange):
    _, browser = new_account(exchange)
    for side in ("buy", "sell"):
        filled(browser, place(browser, symbol="AAPL", side=side, quantity="1").json)
    listed = browser.get("/wallet/history").json["items"]
    answer = browser.get("/wallet/history", headers={"accept": "text/csv"})
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/csv"), answer.headers
    assert "attachment" in answer.headers["content-disposition"] and "accept" in answer.headers["vary"].lower()
    text = answer.body.decode()
    assert text.endswith("\r\n") and text.count("\n") == text.count("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["id"], row["side"], row["total"]) for row in rows] == [
        (each["id"], each["side"], each["total"]["amount"]) for each in listed
    ]
    assert all(row["date"] and row["explanation"] for row in rows)
    only = browser.get("/wallet/history?side=sell", headers={"accept": "text/csv"}).body.decode()
    assert only.count("\r\n") == 2
    wrong = browser.get("/wallet/history?side=up", headers={"accept": "text/csv"})
    assert wrong.status == 400 and wrong.headers["content-type"].startswith("application/problem+json")


def test_value_and_performance(exchange):
    _, browser = new_account(exchange)
    filled(browser, place(browser, symbol="AAPL", side="buy", quantity="3").json)
    wallet = browser.get("/wallet").json
    assert wallet["account"] == 1 and money(wallet["dividends"]) == 0
    assert money(wallet["value"]) - money(wallet["profit"]) == 100_000
    (holding,) = browser.get("/wallet/holdings").json["items"]
    assert holding["source"] == "replay" and Decimal(holding["weight"]) > 0 and money(holding["price"]) > 0
    points = browser.get("/wallet/value?range=max").json["items"]
    assert sum(Decimal(point["flow"]) for point in points) == 100_000
    assert Decimal(points[-1]["cash"]) == money(wallet["cash"])
    for method in ("simple", "twr", "mwr"):
        found = browser.get(f"/wallet/performance?range=1m&method={method}").json
        assert found["method"] == method and abs(Decimal(found["rate"])) < Decimal("0.01"), found
    (deposit,) = browser.get("/wallet/activities?kind=deposit").json["items"]
    assert money(deposit["amount"]) == 100_000 and deposit["date"]
    order = browser.get("/wallet/history").json["items"][0]["orderId"]
    events = browser.get(f"/wallet/orders/{order}/history").json["items"]
    assert [each["what"] for each in events] == ["accepted", "held", "executing", "filled", "settled"]


def test_a_new_account(exchange):
    _, browser = new_account(exchange)
    filled(browser, place(browser, symbol="AAPL", side="buy", quantity="3").json)
    limit = browser.post(
        "/wallet/orders",
        {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "1", "timeInForce": "gtc"},
        headers={"idempotency-key": new_key()},
    ).json
    key = new_key()
    assert browser.post("/wallet/reset", {}).json["code"] == "idempotency-key-missing"
    first = browser.post("/wallet/reset", {}, headers={"idempotency-key": key})
    assert first.status == 200 and first.json["account"] == 2, first.body
    assert money(first.json["cash"]) == money(first.json["value"]) == 100_000
    assert browser.post("/wallet/reset", {}, headers={"idempotency-key": key}).json["account"] == 2
    assert browser.get(f"/wallet/orders/{limit['id']}").json["state"] == "cancelled"
    assert browser.get("/wallet/holdings").json["items"] == [] == browser.get("/wallet/history").json["items"]
    assert len(browser.get("/wallet/history?account=1").json["items"]) == 1
