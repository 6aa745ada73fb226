"""A client that trades at random, remembers what it asked for and what it was told, and compares the two."""

import http.client
import json
import time
from decimal import Decimal

from trading import FINAL, money, pages

SYMBOLS = ["AAPL", "MSFT", "IBM"]
# Refusals before anything is stored: the same call may succeed later.
PASSING = {"market-closed", "stale-price", "order-too-small", "order-too-large"}


class Request:
    """An order that was asked for under a key, once or more often."""

    def __init__(self, key, body):
        self.key, self.body = key, body
        self.id = None  # of the order that the client was told of
        self.code = None  # why there is none
        self.stays = False  # until its day is over
        self.sent = 0


class Trader:
    def __init__(self, name, browser, random):
        self.name, self.browser, self.random = name, browser, random
        self.requests, self.cancelled, self.violations = [], set(), []
        self.sent = self.unanswered = 0
        wallet = self.get("/wallet")
        self.start = money(wallet["cash"]) + money(wallet["held"])

    def wrong(self, text):
        self.violations.append(f"{self.name}: {text}")

    # What is sent

    def send(self, method, path, body=None, headers=None, browser=None):
        """The answer; nothing if there was none, or one that says to try again."""
        self.sent += 1
        try:
            answer = (browser or self.browser).send(method, path, body, headers=headers, seconds=20)
            answer.content = json.loads(answer.body) if answer.body else {}
        except (OSError, http.client.HTTPException, ValueError):
            answer = None
        if answer and answer.status in (401, 403, 404) or answer and answer.status == 500:
            self.wrong(f"{method} {path}: {answer.status} {answer.body!r}")
        passing = answer and (answer.status >= 500 or answer.content.get("code") in ("conflict", "rate-limited"))
        if not answer or passing:
            self.unanswered += 1
            return None
        return answer

    def get(self, path, seconds=60):
        """An answer that there must be within a time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.send("GET", path)
            if answer:
                return answer.content
            time.sleep(0.2)
        raise AssertionError(f"{path}: not answered in {seconds} s")

    def ask(self, request, body=None):
        """Sends an order; true once it is known what came of it."""
        answer = self.send("POST", "/wallet/orders", body or request.body, {"idempotency-key": request.key})
        request.sent += 1
        if answer:
            self.hear(request, answer, body)
        return answer

    def hear(self, request, answer, body=None):
        """Compares an answer with those before."""
        where = f"key {request.key} {request.body}"
        if body is not None:
            # Another order under a key of ours.
            if (answer.status, answer.content.get("code")) != (409, "idempotency-key-reused"):
                self.wrong(f"{where}: {body} under its key gave {answer.status} {answer.content}")
        elif answer.status == 201:
            if request.code:
                self.wrong(f"{where}: was refused with {request.code}, and now is {answer.content}")
            if request.id not in (None, answer.content["id"]):
                self.wrong(f"{where}: was {request.id}, and now is {answer.content['id']}")
            request.id = answer.content["id"]
        elif answer.status == 422:
            code = answer.content["code"]
            if request.code not in (None, code):
                self.wrong(f"{where}: was refused with {request.code}, and now with {code}")
            if request.id and code in PASSING:
                self.wrong(f"{where}: was {request.id}, and now is refused with {code}")
            request.code = None if code in PASSING else code
        else:
            self.wrong(f"{where}: {answer.status} {answer.content}")

    # What is done at random

    def step(self):
        choice = self.random.random()
        if choice < 0.55:
            self.place()
        elif choice < 0.7 and self.requests:
            # The same again: of old, or of now.
            self.ask(self.random.choice(self.requests[-self.random.choice([1, 50]):]))
        elif choice < 0.75:
            known = [request for request in self.requests[-50:] if request.id]
            if known:
                request = self.random.choice(known)
                body = {name: value for name, value in request.body.items() if name != "amount"}
                self.ask(request, {**body, "quantity": "7.77"})
        elif choice < 0.92:
            self.cancel()
        elif choice < 0.96:
            self.leave()
        else:
            self.look()

    def place(self):
        symbol = self.random.choice(SYMBOLS)
        side = self.random.choice(["buy", "sell"])
        body = {"symbol": symbol, "side": side, "type": "market"}
        if self.random.random() < 0.35:
            answer = self.send("GET", f"/quotes/{symbol}")
            if not answer:
                return
            price = Decimal(answer.content["price"]["amount"])
            # Around the price: some are reached at once, some soon, some never.
            limit = price * Decimal(self.random.choice([90, 99, 100, 101, 110])) / 100
            body |= {"type": "limit", "limitPrice": f"{limit:.2f}", "timeInForce": self.random.choice(["day", "gtc"])}
        if self.random.random() < 0.5:
            body["amount"] = f"{self.random.randint(100, 40_000) / 100:.2f}"
        else:
            body["quantity"] = f"{self.random.randint(1, 16) / 8}"
        self.ask(self.new(body))

    def leave(self):
        """Asks for what nobody sells at this price, and waits until the day is over."""
        body = {"symbol": self.random.choice(SYMBOLS), "side": "buy", "type": "limit", "limitPrice": "0.50", "quantity": "10",
                "timeInForce": "day"}
        request = self.new(body)
        request.stays = True
        self.ask(request)

    def new(self, body):
        request = Request(f"{self.name}-{len(self.requests)}", body)
        self.requests.append(request)
        return request

    def cancel(self):
        recent = [each for each in self.requests[-30:] if each.id and each.body["type"] == "limit" and not each.stays]
        if not recent:
            return
        request = self.random.choice(recent)
        answer = self.send("DELETE", f"/wallet/orders/{request.id}")
        if not answer:
            return
        if answer.status == 200:
            if answer.content["state"] != "cancelled":
                self.wrong(f"order {request.id} was taken back, and is {answer.content['state']}")
            self.cancelled.add(request.id)
        elif (answer.status, answer.content["code"]) != (422, "order-closed"):
            self.wrong(f"DELETE of order {request.id}: {answer.status} {answer.content}")

    def look(self):
        """Nothing is ever below zero."""
        answer = self.send("GET", "/wallet")
        if answer and min(money(answer.content["cash"]), money(answer.content["held"])) < 0:
            self.wrong(f"below zero: {answer.content}")
        answer = self.send("GET", "/wallet/holdings")
        if answer and any(min(Decimal(item["quantity"]), Decimal(item["held"])) < 0 for item in answer.content["items"]):
            self.wrong(f"below zero: {answer.content}")

    # The end

    def resolve(self, seconds=90):
        """Asks for everything again until all is answered, each within a time."""
        for request in self.requests:
            until = time.monotonic() + seconds
            while not self.ask(request):
                if time.monotonic() > until:
                    self.wrong(f"key {request.key}: not answered in {seconds} s")
                    return
                time.sleep(0.2)

    def take_back(self, seconds=60):
        """Takes back what waits, until for so long it has not become less."""
        fewest, until = None, 0
        while items := self.get("/wallet/orders?state=open&limit=200")["items"]:
            if fewest is None or len(items) < fewest:
                fewest, until = len(items), time.monotonic() + seconds
            for order in items:
                self.send("DELETE", f"/wallet/orders/{order['id']}")
            if time.monotonic() > until:
                self.wrong(f"{len(items)} orders are still open after {seconds} s")
                return

    def check(self):
        """Compares what the client was told with what there is: orders, trades, cash and shares."""
        for request in self.requests:
            first, second = (self.ask(request) for _ in range(2))
            if not first or not second or self.told(first) != self.told(second):
                self.wrong(f"key {request.key}: two answers: {first and first.body} and {second and second.body}")
        orders = {order["id"]: order for order in pages(self.browser, "/wallet/orders?limit=200")[0]}
        trades = pages(self.browser, "/wallet/history?limit=200")[0]
        self.check_orders(orders)
        self.check_trades(orders, trades)
        self.check_wealth(trades)

    @staticmethod
    def told(answer):
        """What an answer says, without what names the call."""
        return answer.status, {name: value for name, value in answer.content.items() if name != "requestId"}

    def check_orders(self, orders):
        told = {request.id: request for request in self.requests if request.id}
        for identifier, request in told.items():
            order = orders.get(identifier)
            if not order:
                self.wrong(f"order {identifier} was accepted, and is gone")
            elif request.code and (order["state"], order.get("problem")) != ("rejected", request.code):
                self.wrong(f"order {identifier} was refused with {request.code}, and is {order}")
        for identifier, order in orders.items():
            if order["state"] not in FINAL:
                self.wrong(f"order {identifier} is not final: {order}")
            if order["state"] != "rejected" and identifier not in told:
                self.wrong(f"nobody asked for order {identifier}: {order}")
            if identifier in self.cancelled and order["state"] != "cancelled":
                self.wrong(f"order {identifier} was taken back, and is {order['state']}")

    def check_trades(self, orders, trades):
        filled = sorted(identifier for identifier, order in orders.items() if order["state"] == "filled")
        if sorted(trade["orderId"] for trade in trades) != filled:
            self.wrong(f"{len(filled)} orders are filled, and there are {len(trades)} trades, or others")
        for trade in trades:
            sign = 1 if trade["side"] == "buy" else -1
            quantity, price, fee = Decimal(trade["quantity"]), money(trade["price"]), money(trade["fee"])
            total, worth = money(trade["total"]), Decimal(trade["quantity"]) * price
            # A buyer pays up to a cent more than it is worth, a seller gets up to a cent less.
            if not 0 <= sign * (total - worth) - fee < Decimal("0.01") and not (sign < 0 and worth < fee):
                self.wrong(f"trade {trade}: the total is not {worth} and the fee")
            if trade["orderId"] in orders and Decimal(orders[trade["orderId"]]["filledQuantity"]) != quantity:
                self.wrong(f"trade {trade}: the order says {orders[trade['orderId']]['filledQuantity']}")
        self.trades = len(trades)

    def check_wealth(self, trades, seconds=60):
        """Cash and shares are what trades, splits and dividends make of the start. The market's days go on meanwhile, and
        what the last one brought may still be on its way."""
        until = time.monotonic() + seconds
        while faults := self.wealth_faults(trades):
            if time.monotonic() > until:
                for fault in faults:
                    self.wrong(fault)
                return
            time.sleep(0.5)

    def wealth_faults(self, trades):
        faults, cash, shares = [], self.start, {}
        activities = [each for each in pages(self.browser, "/wallet/activities?limit=200")[0] if each["kind"] != "deposit"]
        # In the order of time and not of days: a trade at a price of the evening before may be booked when the day has begun,
        # before its splits and dividends, which concern such shares too.
        events = [(each["bookedAt"], each["kind"], each) for each in activities]
        events += [(each["executedAt"], "trade", each) for each in trades]
        for _, kind, event in sorted(events, key=lambda event: event[0].rstrip("Z")):
            symbol, quantity = event["symbol"], Decimal(event["quantity"])
            held = shares.get(symbol, Decimal())
            if kind == "split":
                if abs(held * event["newShares"] / event["oldShares"] - held - quantity) > Decimal("1e-9"):
                    faults.append(f"split {event}: {held} shares were held")
                shares[symbol] = held + quantity
            elif kind == "dividend":
                amount = money(event["amount"])
                if quantity != held or abs(quantity * Decimal(event["perShare"]) - amount) >= Decimal("0.01"):
                    faults.append(f"dividend {event}: {held} shares were held")
                cash += amount
            else:
                sign = 1 if event["side"] == "buy" else -1
                cash -= sign * money(event["total"])
                shares[symbol] = held + sign * quantity
        wallet = self.get("/wallet")
        if (money(wallet["cash"]), money(wallet["held"])) != (cash, 0):
            faults.append(f"cash should be {cash}, and is {wallet}")
        owned = {item["symbol"]: Decimal(item["quantity"]) for item in self.get("/wallet/holdings")["items"]}
        if owned != {symbol: quantity for symbol, quantity in shares.items() if quantity}:
            faults.append(f"shares should be {shares}, and are {owned}")
        self.splits = sum(each["kind"] == "split" for each in activities)
        self.dividends = sum(each["kind"] == "dividend" for each in activities)
        return faults
