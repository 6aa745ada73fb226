"""Speaks the parts of IEX Cloud v1 that quotes need, as its recorded answers of 2019 and 2020 do: iex_server.py TOKEN
[port=N]. Prints its port. Strict: a parameter too many, a symbol twice or a 101st one is refused."""
import asyncio
import datetime
import json
import re
import sys
from decimal import Decimal

import world
from quote_server import QuoteServer, Refused, check
from world import Raw

TOKEN = sys.argv[1]
SYMBOL = re.compile(r"[A-Za-z0-9.\-]{1,20}")
RANGES = {"5d": 7, "1m": 30, "3m": 91, "6m": 182, "1y": 365, "2y": 730, "5y": 1826, "max": 5478}
# There, and without a price: one had no trade yet, one has nonsense.
NO_PRICE, NONSENSE = "NOTRD", "GLUM"
UPDATED = int(datetime.datetime(2026, 3, 11, 14, 59, 58, 123000, tzinfo=datetime.timezone.utc).timestamp() * 1000)
KNOWN = [*world.COMPANIES, *world.ODD, *world.FILLERS, NO_PRICE, NONSENSE]


def number(value):
    return Raw(0) if value is None else value


def quote(symbol):
    """All the fields of a recorded answer; those that nobody may use have values that would be noticed."""
    price, previous, first, high, low, volume, bid, ask = (None,) * 8
    if symbol not in (NO_PRICE, NONSENSE):
        price, previous, first, high, low, volume, bid, ask = world.quote(symbol)
    if symbol == NONSENSE:
        price = Raw("-1")
    return {
        "symbol": symbol, "companyName": f"{symbol} Inc.", "primaryExchange": "NASDAQ", "calculationPrice": "tops",
        "open": first, "openTime": 1773235800000, "openSource": "official", "close": None, "closeTime": None,
        "closeSource": "official", "high": high, "highTime": 1773240000000, "highSource": "15 minute delayed price",
        "low": low, "lowTime": 1773236000000, "lowSource": "15 minute delayed price", "latestPrice": price,
        "latestSource": "15 minute delayed price" if symbol == "BRK.B" else "IEX real time price",
        "latestTime": "10:59:58 AM", "latestUpdate": None if price is None else UPDATED, "latestVolume": volume,
        "iexRealtimePrice": Raw("0.01"), "iexRealtimeSize": 100, "iexLastUpdated": UPDATED, "delayedPrice": Raw("0.02"),
        "delayedPriceTime": UPDATED - 900_000, "oddLotDelayedPrice": None, "oddLotDelayedPriceTime": None,
        "extendedPrice": None, "extendedChange": None, "extendedChangePercent": None, "extendedPriceTime": None,
        "previousClose": previous, "previousVolume": 1, "change": Raw("777"), "changePercent": Raw("-0.00508"),
        "volume": volume, "iexMarketPercent": Raw("0.022731032280061035"), "iexVolume": 456626,
        "avgTotalVolume": 26850742, "iexBidPrice": number(bid), "iexBidSize": 0, "iexAskPrice": number(ask),
        "iexAskSize": 0, "marketCap": 915754985600, "peRatio": Raw("27.44"), "week52High": Raw("1.5e5"),
        "week52Low": Raw("87.73"), "ytdChange": Raw("0.181332"), "lastTradeTime": UPDATED, "isUSMarketOpen": True,
    }


def number_text(value):
    """As JavaScript writes a number: without zeros at the end."""
    text = format(Decimal(value).normalize(), "f")
    return Raw(text)


def chart(symbol, span):
    begin = (world.TODAY - datetime.timedelta(days=RANGES[span])).isoformat()
    rows, before = [], None
    for day, first, high, low, last, volume in world.BARS[symbol]:
        if day < begin:
            continue
        factor = world.adjusted(symbol, day)
        scaled = [number_text(round(Decimal(price) * factor, 4)) for price in (first, high, low, last)]
        change = Raw(0) if before is None else number_text(round((Decimal(last) / before - 1) * 100, 4))
        rows.append({
            "date": day, "open": scaled[0], "high": scaled[1], "low": scaled[2], "close": scaled[3],
            "volume": Raw(int(volume / factor)), "uOpen": first, "uHigh": high, "uLow": low, "uClose": last,
            "uVolume": volume, "change": Raw("0.1"), "changePercent": change, "label": "Mar 10", "changeOverTime": Raw(0),
        })
        before = Decimal(last)
    return rows


def splits(symbol):
    return [
        {"exDate": day, "declaredDate": day, "ratio": Raw(Decimal(old) / Decimal(new)), "toFactor": Raw(new),
         "fromFactor": Raw(old), "description": f"{new}-for-{old} split"}
        for day, (old, new) in sorted(world.COMPANIES[symbol][1].items(), reverse=True)
    ]


def dividends(symbol):
    """Newest first, and one that is only announced; older answers have a number, newer ones a text."""
    rows = [{"exDate": "2026-05-11", "paymentDate": "", "recordDate": "", "declaredDate": "", "amount": "", "flag": "Cash",
             "currency": "USD", "description": "", "frequency": "quarterly"}]
    for day, amount in sorted(world.COMPANIES[symbol][2].items(), reverse=True):
        rows.append({
            "exDate": day, "paymentDate": world.later(day, 14), "recordDate": world.later(day, 1), "declaredDate": world.later(day, -20),
            "amount": Raw(amount) if day < "2025" else amount, "flag": "Cash", "currency": "USD", "description": "",
            "frequency": "quarterly",
        })
    return rows


def symbols():
    rows = [
        {"symbol": symbol, "exchange": "NAS", "name": f"{symbol} Inc.", "date": "2026-03-11", "type": "cs",
         "iexId": f"IEX_{symbol}", "region": "US", "currency": "USD", "isEnabled": True, "figi": None, "cik": None}
        for symbol in KNOWN
    ]
    rows.append({**rows[0], "symbol": "OLD", "isEnabled": False})
    rows.append({**rows[0], "symbol": "A=", "name": "a warrant whose symbol nobody could ask for"})
    return rows[::-1]


class IEXServer(QuoteServer):
    def refusal(self, condition):
        return {
            "notEntitled": Refused(451, "The requested data requires permission to access."),
            "throttled": Refused(429, "Too Many Requests", {"Retry-After": "7"}),
            "exhausted": Refused(402, "You have used all available credits."),
        }[condition]

    def extra(self, condition):
        return {"iexcloud-messages-used": "3"}

    def answer(self, path, query, fields):
        version, *parts = path.split("/")
        if version != "stable":
            raise Refused(404, "Not Found")
        if query.get("token") != TOKEN:
            raise Refused(403, "The API key provided is not valid.", kind="text/plain")
        allowed = {"symbols", "types", "token"} if parts[:2] == ["stock", "market"] else {"token"}
        for name in set(query) - allowed:
            raise Refused(400, json.dumps({"error": f'"{name}" is not allowed'}), kind="application/json")
        if parts == ["stock", "market", "batch"]:
            check(query.get("types") == "quote", "types")
            wanted = query.get("symbols", "").split(",")
            check(all(SYMBOL.fullmatch(each) for each in wanted), "symbols")
            check(len(wanted) <= 100 and len(set(wanted)) == len(wanted), "symbols")
            found = [each.upper() for each in wanted if each.upper() in KNOWN]
            if not found and len(wanted) == 1:
                raise Refused(404, "Unknown symbol")
            return {each: {"quote": quote(each)} for each in found}
        if parts == ["ref-data", "symbols"]:
            return symbols()
        if len(parts) == 4 and parts[0] == "stock" and parts[2] in ("chart", "splits", "dividends"):
            symbol, kind, span = parts[1:]
            if symbol not in KNOWN:
                raise Refused(404, "Unknown symbol")
            check(span in RANGES and not (kind != "chart" and span == "max"), "Invalid range")
            if symbol not in world.COMPANIES:
                return []
            return {"chart": lambda: chart(symbol, span), "splits": lambda: splits(symbol),
                    "dividends": lambda: dividends(symbol)}[kind]()
        raise Refused(404, "Not Found")

    def facts(self):
        quotes = {}
        for symbol in [*world.COMPANIES, *world.ODD]:
            names = ("price", "previousClose", "open", "high", "low", "volume", "bid", "ask")
            quotes[symbol] = dict(zip(names, world.quote(symbol)), asOf="2026-03-11T14:59:58.123Z", session="open",
                                  delaySeconds=900 if symbol == "BRK.B" else 0)
        return world.facts(quotes, {NO_PRICE: "stale", NONSENSE: "malformed"})


asyncio.run(IEXServer().run())
