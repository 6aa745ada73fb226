"""Speaks Alpaca's trading API v2 as strictly as Alpaca does: alpaca_server.py KEY SECRET [OPTION…]. Prints its port.

Orders are acknowledged at once and executed later: `ack=SECONDS` after they came (0.02), at the price that /control sets.
Other options: port=N, account=ID, blocked, buying-power=DOLLARS, prices=FILE (a JSON object like `prices`, read whenever a
price is needed).

POST /control {…} (no key needed; it is the test's own door):
  prices   {"AAPL": "100.00"}: what orders are executed at from now on.
  ack      seconds from an order, or the end of a plan, to its execution.
  orders   ["…"]: what happens to the next orders, one each: lost (taken, the connection drops), dropped (not taken, the
           connection drops), slow (taken, answered after six seconds), broken (taken, the answer is no JSON), taken-500,
           500, 429, 403 (not taken), reject, expire, cancel (by the broker), half (half of it is executed, the rest waits),
           half-expire, half-cancel, bust (half is executed and taken back, and it waits), hold (it waits whatever the
           price), numbers (quantities in the answer are JSON numbers).
  cancels  ["…"]: what happens to the next cancels: late (it is executed first), slow (it stays pending for a second).
  answers  ["…"]: what happens to the next requests of any kind: 429, 500, lost.
  release  "client order id" or "*": what holds an order back ends.
GET /control answers {"orders": [...], "posts": n, "executions": n}."""
import asyncio
import decimal
import json
import re
import sys
import time
import uuid
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

key, secret = sys.argv[1:3]
options = dict(each.partition("=")[::2] for each in sys.argv[3:])
decimal.getcontext().prec = 50

prices = {}
plans = {"orders": [], "cancels": [], "answers": []}
ack = float(options.get("ack", "0.02"))
power = Decimal(options.get("buying-power", "1000000000"))
orders = {}
posts = executions = 0
NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,9})?")
FIELDS = {"symbol", "qty", "notional", "side", "type", "time_in_force", "limit_price", "client_order_id", "extended_hours"}
FINAL = {"filled", "canceled", "expired", "rejected"}


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def check(condition, message, status=422, code=42210000):
    if not condition:
        raise Refused(status, code, message)


def stamp():
    return datetime.fromtimestamp(time.time(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


def number(value, name):
    check(isinstance(value, str) and NUMBER.fullmatch(value) and Decimal(value) > 0, f"invalid {name}", code=40010001)
    return Decimal(value)


def plain(value):
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_of(symbol):
    if "prices" in options:
        with open(options["prices"], encoding="utf-8") as file:
            prices.update(json.load(file))
    return Decimal(prices.get(symbol, "100.00"))


def validate(ticket):
    check(isinstance(ticket, dict) and set(ticket) <= FIELDS, "request body format is invalid", 400, 40010000)
    check(isinstance(ticket.get("symbol"), str) and re.fullmatch(r"[A-Z][A-Z0-9.-]{0,11}", ticket["symbol"]), "symbol is required")
    check(ticket["symbol"] != "NONE", f'asset "{ticket["symbol"]}" not found', code=42210000)
    check(ticket.get("side") in ("buy", "sell"), "invalid side", code=40010001)
    check(ticket.get("type") in ("market", "limit"), "invalid type", code=40010001)
    check(ticket.get("time_in_force") in ("day", "gtc"), "invalid time_in_force", code=40010001)
    check(("qty" in ticket) != ("notional" in ticket), "qty or notional is required", code=40010001)
    if "qty" in ticket:
        whole = number(ticket["qty"], "qty") % 1 == 0
        check(whole or ticket["time_in_force"] == "day", "fractional orders must be DAY orders", code=42210000)
    else:
        notional = number(ticket["notional"], "notional")
        check(ticket["type"] == "market", "notional orders must be market orders")
        check(ticket["time_in_force"] == "day", "fractional orders must be DAY orders")
        check(notional * 100 % 1 == 0, "notional value must be limited to 2 decimal places")
        check(notional >= 1, "cost basis must be >= minimal amount of order 1", 403, 40310000)
    check(("limit_price" in ticket) == (ticket["type"] == "limit"), "limit orders require limit price", code=40010001)
    if "limit_price" in ticket:
        limit = number(ticket["limit_price"], "limit_price")
        places = 100 if limit >= 1 else 10_000
        check(limit * places % 1 == 0, f"invalid limit_price {limit}. sub-penny increment does not fulfill minimum pricing criteria")
    identity = ticket.get("client_order_id")
    check(isinstance(identity, str) and 1 <= len(identity) <= 128, "invalid client_order_id", code=40010001)
    check(identity not in orders, "client_order_id must be unique", code=40010001)


def settle(order, quantity, price):
    """Executes so much of it."""
    global executions
    executions += 1
    done, cost = order["_filled"], order["_cost"]
    order["_filled"], order["_cost"] = done + quantity, cost + quantity * price
    average = (order["_cost"] / order["_filled"]).quantize(Decimal("0.000000001"), decimal.ROUND_HALF_EVEN)
    order["filled_qty"], order["filled_avg_price"] = plain(order["_filled"]), plain(average)
    order["filled_at"] = order["updated_at"] = stamp()


def end(order, status):
    order["status"] = status
    order["updated_at"] = stamp()
    moment = {"filled": "filled_at", "canceled": "canceled_at", "expired": "expired_at", "rejected": "failed_at"}[status]
    order[moment] = order[moment] or stamp()


def wanted(order, price):
    if order["qty"] is None:
        return (Decimal(order["notional"]) / price).quantize(Decimal("0.000000001"), decimal.ROUND_DOWN)
    return Decimal(order["qty"])


def advance(order):
    """Lets happen what has happened by now."""
    now = time.time()
    if order["status"] in FINAL or now < order["_at"]:
        return
    plan, price = order["_plan"], price_of(order["symbol"])
    limit = order["limit_price"] and Decimal(order["limit_price"])
    reached = limit is None or (price <= limit if order["side"] == "buy" else price >= limit)
    whole = wanted(order, price)
    if order["status"] == "pending_cancel" and now >= order["_cancel_at"]:
        return end(order, "canceled")
    if order["status"] in ("accepted", "pending_new"):
        order["status"] = "new"
    if plan in ("reject", "expire", "cancel"):
        return end(order, {"reject": "rejected", "expire": "expired", "cancel": "canceled"}[plan])
    if plan in ("half", "half-expire", "half-cancel", "bust") and reached and not order["_filled"]:
        settle(order, (whole / 2).quantize(Decimal("0.000000001"), decimal.ROUND_DOWN), price)
        order["status"] = order["status"] if order["status"] == "pending_cancel" else "partially_filled"
        if plan == "bust":
            order.update({"_filled": Decimal(0), "_cost": Decimal(0), "filled_qty": "0", "filled_avg_price": None,
                          "_plan": "hold", "filled_at": None})
            order["status"] = order["status"] if order["status"] == "pending_cancel" else "new"
        elif plan != "half":
            end(order, "expired" if plan == "half-expire" else "canceled")
        return
    if plan in ("half", "hold") or not reached:
        return
    settle(order, whole - order["_filled"], price)
    end(order, "filled")


def shown(order):
    advance(order)
    members = {name: value for name, value in order.items() if not name.startswith("_")}
    if order["_plan"] == "numbers":
        members["filled_qty"] = float(members["filled_qty"])
    return members


def take(ticket):
    global posts
    plan = plans["orders"].pop(0) if plans["orders"] else ""
    validate(ticket)
    if plan in ("500", "429", "403", "dropped"):
        return plan, None
    if ticket["side"] == "buy":
        cost = Decimal(ticket["notional"]) if "notional" in ticket else Decimal(ticket["qty"]) * price_of(ticket["symbol"])
        check(cost <= power, "insufficient buying power", 403, 40310000)
    posts += 1
    now = stamp()
    order = {
        "id": str(uuid.uuid4()), "client_order_id": ticket["client_order_id"], "created_at": now, "updated_at": now,
        "submitted_at": now, "filled_at": None, "expired_at": None, "canceled_at": None, "failed_at": None,
        "replaced_at": None, "replaced_by": None, "replaces": None, "asset_id": str(uuid.uuid4()),
        "symbol": ticket["symbol"], "asset_class": "us_equity", "notional": ticket.get("notional"), "qty": ticket.get("qty"),
        "filled_qty": "0", "filled_avg_price": None, "order_class": "", "order_type": ticket["type"],
        "type": ticket["type"], "side": ticket["side"], "time_in_force": ticket["time_in_force"],
        "limit_price": ticket.get("limit_price"), "stop_price": None, "status": "pending_new", "extended_hours": False,
        "legs": None, "trail_percent": None, "trail_price": None, "hwm": None,
        "_plan": plan, "_at": time.time() + ack, "_filled": Decimal(0), "_cost": Decimal(0), "_cancel_at": 0,
    }
    orders[order["client_order_id"]] = order
    return plan, order


def cancel(identity):
    order = next((each for each in orders.values() if each["id"] == identity), None)
    check(order is not None, f"order not found for {identity}", 404, 40410000)
    advance(order)
    check(order["status"] not in FINAL, f'order is already in "{order["status"]}" state')
    plan = plans["cancels"].pop(0) if plans["cancels"] else ""
    order["status"] = "pending_cancel"
    order["_at"] = time.time()
    order["_cancel_at"] = time.time() + (1 if plan == "slow" else ack)
    if plan == "late":
        order["_plan"] = ""
        settle(order, wanted(order, price_of(order["symbol"])) - order["_filled"], price_of(order["symbol"]))
        end(order, "filled")
    return 204, {}, b""


def control(method, body):
    global ack
    if method == "POST":
        wishes = json.loads(body)
        prices.update(wishes.get("prices", {}))
        ack = float(wishes.get("ack", ack))
        for name in plans:
            plans[name] += wishes.get(name, [])
        for order in orders.values():
            if wishes.get("release") in ("*", order["client_order_id"]):
                order["_plan"], order["_at"] = "", 0
    answer = {"orders": [shown(each) for each in orders.values()], "posts": posts, "executions": executions}
    return 200, {}, json.dumps(answer).encode()


def answer(method, target, fields, body):
    """(status, fields, content); or a word for what happens to the connection, with what comes before it."""
    parts = urlsplit(target)
    path, query = unquote(parts.path), parse_qs(parts.query, strict_parsing=bool(parts.query))
    if path == "/control":
        return control(method, body)
    check(fields.get("apca-api-key-id") == key and fields.get("apca-api-secret-key") == secret, "forbidden.", 403, 0)
    if plans["answers"]:
        plan = plans["answers"].pop(0)
        if plan == "429":
            return 429, {"Retry-After": "1", "X-RateLimit-Remaining": "0"}, b'{"message":"too many requests."}'
        return "lost" if plan == "lost" else (500, {}, b'{"code":50010000,"message":"internal server error occurred"}')
    if (method, path) == ("GET", "/v2/account"):
        account = {"id": options.get("account", "e6fe16f3-64a4-4921-8928-cadf02f92f98"), "account_number": "PA1",
                   "status": "ACTIVE", "currency": "USD", "buying_power": str(power), "cash": str(power),
                   "trading_blocked": "blocked" in options, "account_blocked": False, "trade_suspended_by_user": False}
        return 200, {}, json.dumps(account).encode()
    if (method, path) == ("POST", "/v2/orders"):
        check(fields.get("content-type") == "application/json", "unsupported media type", 415, 0)
        try:
            ticket = json.loads(body)
        except ValueError:
            raise Refused(400, 40010000, "request body format is invalid") from None
        plan, order = take(ticket)
        if order is None:
            return {"dropped": "lost", "403": (403, {}, b'{"message":"forbidden."}'),
                    "429": (429, {"Retry-After": "1"}, b'{"message":"too many requests."}'),
                    "500": (500, {}, b'{"code":50010000,"message":"internal server error occurred"}')}[plan]
        if plan in ("lost", "slow"):
            return plan
        if plan == "broken":
            return 200, {}, b"<html>"
        if plan == "taken-500":
            return 500, {}, b'{"code":50010000,"message":"internal server error occurred"}'
        return 200, {}, json.dumps(shown(order)).encode()
    if (method, path) == ("GET", "/v2/orders:by_client_order_id"):
        check(list(query) == ["client_order_id"], "client_order_id is required", code=40010001)
        identity = query["client_order_id"][0]
        check(identity in orders, f"order not found for {identity}", 404, 40410000)
        return 200, {}, json.dumps(shown(orders[identity])).encode()
    if method == "DELETE" and path.startswith("/v2/orders/"):
        return cancel(path.removeprefix("/v2/orders/"))
    raise Refused(404, 40410000, "endpoint not found.")


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            method, target, _ = first.split(" ")
            fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            try:
                result = answer(method, target, fields, body)
            except Refused as refused:
                content = json.dumps({"code": refused.code, "message": refused.message}).encode()
                result = refused.status, {}, content
            if result == "lost":
                return
            if result == "slow":
                await asyncio.sleep(6)
                return
            status, more, content = result
            text = f"HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=UTF-8\r\nX-Request-ID: {uuid.uuid4().hex}\r\n"
            if status != 204:
                text += f"Content-Length: {len(content)}\r\n"
            text += "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(text.encode() + b"\r\n" + content)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(options.get("port", "0")), limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
