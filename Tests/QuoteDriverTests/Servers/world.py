"""A market of some companies at one fixed moment, Wednesday 2026-03-11 11:00 in New York, from which both servers make
their answers and the tests their expectations. Every price is a text of digits: what is compared is those digits."""
import datetime
from decimal import Decimal

NOW = datetime.datetime(2026, 3, 11, 15, 0, 0, tzinfo=datetime.timezone.utc)
TODAY = datetime.date(2026, 3, 11)
FIRST = datetime.date(2024, 1, 2)
HOLIDAYS = {
    "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28",
    "2024-12-25", "2025-01-01", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19", "2025-07-04",
    "2025-09-01", "2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03", "2026-05-25",
}
SHORT = {"2024-07-03", "2024-11-29", "2024-12-24", "2025-07-03", "2025-11-28", "2025-12-24"}


class Raw(str):
    """Digits that stand in JSON as a number, unchanged."""


def trading_days(first, last):
    day, days = first, []
    while day <= last:
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


DAYS = trading_days(FIRST, TODAY - datetime.timedelta(days=1))
# The days before TODAY, and TODAY itself, which has not ended.

# Symbol: first close in cents, splits {day: (old, new)}, dividends {day: amount}.
COMPANIES = {
    "AAPL": (18_550, {}, {"2024-05-10": "0.25", "2024-08-12": "0.25", "2025-02-10": "0.25", "2026-02-09": "0.26"}),
    "NVDA": (48_168, {"2024-06-10": ("1", "10")}, {"2024-06-11": "0.01", "2024-09-12": "0.01"}),
    "SMCI": (28_500, {"2024-10-01": ("1", "10")}, {}),
    "BRK.B": (36_200, {}, {}),
    "REVS": (310, {"2025-03-03": ("20", "1")}, {}),
    "FRAC": (9_000, {"2025-06-16": ("2", "3")}, {"2025-06-16": "0.125", "2025-09-15": "0.12500"}),
}


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def cents(value):
    return Raw(f"{value // 100}.{value % 100:02}")


def make_bars(symbol, close, splits):
    """Rows of (day, open, high, low, close, volume), as traded."""
    random = generator(sum(symbol.encode()) * 7919)
    rows = []
    for day in DAYS:
        if day.isoformat() in splits:
            old, new = splits[day.isoformat()]
            close = int(close * int(old) / int(new))
        opening = max(2, close + close * (next(random) % 21 - 10) // 1000)
        closing = max(2, opening + opening * (next(random) % 41 - 20) // 1000)
        high = max(opening, closing) + next(random) % 50
        low = max(1, min(opening, closing) - next(random) % 50)
        rows.append((day.isoformat(), cents(opening), cents(high), cents(low), cents(closing), next(random) % 10**8))
        close = closing
    return rows


BARS = {symbol: make_bars(symbol, first, splits) for symbol, (first, splits, _) in COMPANIES.items()}

# Digits that a binary number of 64 bits would lose, or write in another way.
ODD = {
    "HUGE": Raw("9007199254740993.25"), "TINY": Raw("0.000000123456789012"), "LONG": Raw("0.1000000000000001"),
    "ZERO": Raw("12.50"), "EXPO": Raw("1.2345e3"),
}
FILLERS = [f"F{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(130)]


def later(day, days):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()


def quote(symbol):
    """price, previous close, open, high, low, volume, bid, ask; None where nobody knows."""
    if symbol in ODD:
        return (ODD[symbol], None, None, None, None, None, None, None)
    if symbol in FILLERS:
        number = 1000 + FILLERS.index(symbol)
        return (cents(number), cents(number - 1), cents(number), cents(number + 5), cents(number - 5), 100, None, None)
    previous = Decimal(BARS[symbol][-1][4])
    step = lambda amount: Raw(previous + Decimal(amount))
    return (step("0.42"), Raw(previous), step("0.10"), step("0.55"), step("-0.05"), 1_234_567, step("0.41"), step("0.44"))


def adjusted(symbol, day):
    """What one share of that day is now, as a fraction."""
    factor = Decimal(1)
    for when, (old, new) in COMPANIES[symbol][1].items():
        if day < when:
            factor *= Decimal(old) / Decimal(new)
    return factor


def facts(quotes, failing):
    return {
        "quotes": quotes, "failing": failing, "unknown": ["NOPE", "ZZZZZ.Z", "A-B"], "many": FILLERS,
        "bars": {symbol: [list(row) for row in rows] for symbol, rows in BARS.items()},
        "splits": {symbol: {day: list(pair) for day, pair in each[1].items()} for symbol, each in COMPANIES.items()},
        "dividends": {
            symbol: {day: [amount, later(day, 1), later(day, 14)] for day, amount in each[2].items()}
            for symbol, each in COMPANIES.items()
        },
    }


def dump(value):
    """JSON with the digits of `Raw` as they are."""
    if isinstance(value, Raw):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(str(name))}:{dump(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dump(each) for each in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def texts(value):
    """The same with every number of `Raw` as a text, for the facts."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return {name: texts(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [texts(each) for each in value]
    return value
