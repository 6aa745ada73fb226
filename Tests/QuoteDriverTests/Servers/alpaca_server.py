"""Speaks the parts of Alpaca's market data API v2 and trading API v2 that quotes need: alpaca_server.py KEY SECRET
[port=N] [no-sip=403|422]. Prints its port. The data API is below /<condition>/data, the other below /<condition>/trading.
Strict: a parameter too many or wrong, a symbol twice or more than 500 are refused. Pages are short: three hundred rows."""
import asyncio
import base64
import datetime
import json
import re
import sys

import world
from quote_server import QuoteServer, Refused
from world import Raw

KEY, SECRET = sys.argv[1:3]
NO_SIP = next((int(each[7:]) for each in sys.argv if each.startswith("no-sip=")), None)
PAGE = 300
SYMBOL = re.compile(r"[A-Z][A-Z0-9.]{0,9}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
NO_PRICE, NONSENSE = "NOTRD", "GLUM"
KNOWN = [*world.COMPANIES, *world.ODD, *world.FILLERS, NO_PRICE, NONSENSE]
TRADED = "2026-03-11T14:59:58.123456789Z"
STARTS = "2026-03-11T04:00:00Z"


def error(status, code, message, fields=None):
    return Refused(status, json.dumps({"code": code, "message": message}), fields, "application/json; charset=utf-8")


def snapshot(symbol, feed):
    if symbol == NO_PRICE:
        return {"latestTrade": None, "latestQuote": None, "minuteBar": None, "dailyBar": None, "prevDailyBar": None}
    price, previous, first, high, low, volume, bid, ask = (Raw(0),) + (None,) * 7
    if symbol != NONSENSE:
        price, previous, first, high, low, volume, bid, ask = world.quote(symbol)
    # BRK.B has not been traded today: its last trade and its daily bar are of the day before.
    late = symbol == "BRK.B"
    traded = "2026-03-10T20:30:00.000000001Z" if late else TRADED
    bar = {"c": price, "h": high, "l": low, "n": 77, "o": first, "t": "2026-03-10T04:00:00Z" if late else STARTS,
           "v": volume, "vw": Raw("1.000001")}
    found = {
        "latestTrade": {"t": traded, "x": "V", "p": price, "s": 100, "c": ["@"], "i": 52983525029461, "z": "C"},
        "latestQuote": {"t": traded, "ax": "V", "ap": ask or 0, "as": 3, "bx": "V", "bp": bid or 0, "bs": 2, "c": ["R"],
                        "z": "C"},
        "minuteBar": {"c": Raw("0.01"), "h": Raw("0.02"), "l": Raw("0.01"), "n": 1, "o": Raw("0.01"),
                      "t": "2026-03-11T14:59:00Z", "v": 1, "vw": Raw("0.01")},
        "dailyBar": bar if first else None,
        "prevDailyBar": {**bar, "c": previous, "t": "2026-03-10T04:00:00Z"} if previous else None,
    }
    return found


def midnight(day):
    """When a day begins in New York: summer time is from the second Sunday of March to the first of November."""
    date = datetime.date.fromisoformat(day)
    sunday = lambda month, number: next(
        datetime.date(date.year, month, first) for first in range(number * 7 - 6, number * 7 + 1)
        if datetime.date(date.year, month, first).weekday() == 6
    )
    summer = sunday(3, 2) <= date < sunday(11, 1)
    return f"{day}T0{4 if summer else 5}:00:00Z"


def paged(rows, query):
    """A page of rows, and the token of the next one."""
    begin = 0
    if "page_token" in query:
        begin = int(base64.b64decode(query["page_token"], validate=True).split(b"|")[1])
    token = None
    if begin + PAGE < len(rows):
        token = base64.b64encode(f"{query['symbols']}>|{begin + PAGE}|??".encode()).decode()
    return rows[begin:begin + PAGE], token


def exact(query, wanted, free=("page_token",)):
    for name in query:
        check_422(name in wanted or name in free, f"unexpected parameter: {name}")
    for name, value in wanted.items():
        check_422(name in query and (value is None or query[name] == value), f"invalid parameter: {name}")


def check_422(condition, message):
    if not condition:
        raise error(422, 42210000, message)


def symbols_of(query):
    symbols = query["symbols"].split(",")
    for symbol in symbols:
        if not SYMBOL.fullmatch(symbol):
            raise error(400, 40010001, f"invalid symbol: {symbol}")
    check_422(len(set(symbols)) == len(symbols) <= 500, "too many symbols")
    return symbols


class AlpacaServer(QuoteServer):
    def refusal(self, condition):
        return {
            "notEntitled": error(403, 40310000, "forbidden."),
            "throttled": error(429, 42910000, "rate limit exceeded", {
                "X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": str(int(world.NOW.timestamp()) + 9),
            }),
            "exhausted": error(402, 40210000, "payment required"),
        }[condition]

    def extra(self, condition):
        reset = str(int(world.NOW.timestamp()) + 9)
        remaining = "0" if condition == "last" else "180"
        return {"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset,
                "X-Request-ID": "0123456789abcdef"}

    def answer(self, path, query, fields):
        if fields.get("apca-api-key-id") != KEY or fields.get("apca-api-secret-key") != SECRET:
            raise Refused(401 if path.startswith("trading") else 403, '{"message": "forbidden."}', kind="application/json")
        paths = {
            "data/v2/stocks/snapshots": self.snapshots, "data/v2/stocks/bars": self.bars,
            "data/v1/corporate-actions": self.actions, "trading/v2/assets": self.assets,
            "trading/v2/clock": self.clock, "trading/v2/calendar": self.calendar,
        }
        if path in paths:
            return paths[path](query)
        if path.startswith("trading/v2/assets/") and not query:
            symbol = path.rpartition("/")[2]
            if symbol not in KNOWN:
                raise error(404, 40410000, f"asset not found for {symbol}")
            return self.asset(symbol)
        raise Refused(404, "endpoint not found", kind="text/plain")

    def snapshots(self, query):
        exact(query, {"symbols": None, "feed": None}, free=())
        symbols, feed = symbols_of(query), query["feed"]
        check_422(feed in ("iex", "sip", "delayed_sip"), "invalid feed")
        if feed == "sip" and NO_SIP:
            raise error(NO_SIP, 42210000, "subscription does not permit querying recent SIP data")
        # Symbols that nobody knows are absent, but for one that is null.
        return {each: snapshot(each, feed) if each in KNOWN else None for each in symbols if each != "NOPE"}

    def bars(self, query):
        exact(query, {"symbols": None, "timeframe": "1Day", "start": None, "end": None, "adjustment": "raw",
                      "feed": "sip", "limit": "10000", "sort": "asc"})
        check_422(DATE.fullmatch(query["start"]) and DATE.fullmatch(query["end"]), "invalid time")
        if query["end"] >= world.TODAY.isoformat():
            raise error(403, 42210000, "subscription does not permit querying recent SIP data")
        check_422(query["start"] >= "2016-01-01" and query["start"] <= query["end"], "invalid time range")
        rows = [
            (symbol, row) for symbol in sorted(symbols_of(query)) for row in world.BARS.get(symbol, [])
            if query["start"] <= row[0] <= query["end"]
        ]
        page, token = paged(rows, query)
        bars = {}
        for symbol, (day, first, high, low, last, volume) in page:
            bars.setdefault(symbol, []).append({
                "c": last, "h": high, "l": low, "n": 1234, "o": first, "t": midnight(day), "v": volume,
                "vw": Raw("123.456789"),
            })
        return {"bars": bars or None, "next_page_token": token}

    def actions(self, query):
        exact(query, {"symbols": None, "types": "forward_split,reverse_split,cash_dividend", "start": "2016-01-01",
                      "end": world.TODAY.isoformat(), "limit": "1000", "sort": "asc"})
        (symbol,) = symbols_of(query)
        _, splits, dividends = world.COMPANIES.get(symbol, (None, {}, {}))
        found = {}
        for day, (old, new) in splits.items():
            kind = "forward_splits" if int(new) > int(old) else "reverse_splits"
            # Rates as the real ones are: one of them is 1, or they are decimals.
            rates = {"old_rate": Raw(old), "new_rate": Raw(new)}
            if kind == "reverse_splits":
                rates = {"old_rate": Raw(1), "new_rate": Raw("0.05")}
            found.setdefault(kind, []).append({
                "symbol": symbol, **rates, "cusip": "67066G104", "process_date": day, "ex_date": day,
                "record_date": world.later(day, -3), "payable_date": world.later(day, -1), "id": "x",
            })
        for day, amount in dividends.items():
            found.setdefault("cash_dividends", []).append({
                "symbol": symbol, "rate": Raw(amount), "special": False, "foreign": False, "cusip": "037833100",
                "process_date": world.later(day, 14), "ex_date": day, "record_date": world.later(day, 1),
                "payable_date": world.later(day, 14), "id": "x",
            })
        # One page for each kind, to be gathered.
        kinds = sorted(found, reverse=True)
        number = int(base64.b64decode(query["page_token"])) if "page_token" in query else 0
        more = number + 1 < len(kinds)
        return {
            "corporate_actions": {kinds[number]: found[kinds[number]]} if kinds else {},
            "next_page_token": base64.b64encode(str(number + 1).encode()).decode() if more else None,
        }

    def asset(self, symbol, **change):
        return {
            "id": "b0b6dd9d-8b9b-48a9-ba46-b9d54906e415", "class": "us_equity", "exchange": "NASDAQ", "symbol": symbol,
            "name": f"{symbol} Inc. Common Stock", "status": "active", "tradable": True, "marginable": True,
            "maintenance_margin_requirement": 30, "shortable": True, "easy_to_borrow": True, "fractionable": True,
            "attributes": [], **change,
        }

    def assets(self, query):
        exact(query, {"status": "active", "asset_class": "us_equity"}, free=())
        rows = [self.asset(each) for each in KNOWN]
        rows.append(self.asset("HALT", tradable=False))
        rows.append(self.asset("A/B"))
        return rows[::-1]

    def clock(self, query):
        exact(query, {}, free=())
        return {"timestamp": "2026-03-11T11:00:00.123456789-04:00", "is_open": True,
                "next_open": "2026-03-12T09:30:00-04:00", "next_close": "2026-03-11T16:00:00-04:00"}

    def calendar(self, query):
        exact(query, {"start": None, "end": None}, free=())
        first, last = (datetime.date.fromisoformat(query[name]) for name in ("start", "end"))
        return [
            {"date": day.isoformat(), "open": "09:30", "close": "13:00" if day.isoformat() in world.SHORT else "16:00",
             "session_open": "0400", "session_close": "2000", "settlement_date": day.isoformat()}
            for day in world.trading_days(first, last)
        ]

    def facts(self):
        quotes = {}
        for symbol in [*world.COMPANIES, *world.ODD]:
            names = ("price", "previousClose", "open", "high", "low", "volume", "bid", "ask")
            values = dict(zip(names, world.quote(symbol)))
            if symbol == "BRK.B":
                # Its daily bar is of the day of its last trade.
                quotes[symbol] = dict(values, asOf="2026-03-10T20:30:00.000000001Z", session="post", delaySeconds=0)
            else:
                quotes[symbol] = dict(values, asOf=TRADED, session="open", delaySeconds=0)
        return world.facts(quotes, {NO_PRICE: "stale", NONSENSE: "malformed"})


asyncio.run(AlpacaServer().run())
