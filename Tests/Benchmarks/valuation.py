"""Measures what a portfolio is worth: GetWallet over gRPC, one call after the other, of clients with few and with many trades
in few and in many companies. Started by `run trading`; needs only the standard library.

The trades are written into the tables as the saga would, and the prices come from a folder with so many companies. The goal is
5 ms for 10,000 trades; the cost may grow with the companies that are held, and not with the trades.
"""

import argparse
import os
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from private_servers import fail, run
from trades import FlushingPostgres, Services
from trading_quotes import weekday

CALLS = 500
COMPANIES = 200
PORTFOLIOS = [(100, 20), (10_000, 20), (100, 200), (10_000, 200)]


def user(number):
    return f"00000000-0000-4000-8000-{number:012}"


def write_bars(folder):
    """A folder of the replay: prices of so many companies."""
    os.mkdir(folder)
    for number in range(COMPANIES):
        rows = [f"2012-0{month}-{day:02},{10 + number}.10,{12 + number}.50,{9 + number}.20,{11 + number}.30,{1000 + day}"
                for month in (5, 6) for day in range(1, 29) if weekday(month, day)]
        Path(f"{folder}/S{number:03}.csv").write_text("Date,Open,High,Low,Close,Volume\n" + "\n".join(rows) + "\n")


def fill(postgres, number, trades, companies):
    """A client with so many purchases, each of one share at 1 USD, in so many companies."""
    client = user(number)
    postgres.psql("profile", f"""
        INSERT INTO accounts (id, given_name, family_name, email, email_key, email_verified, language, wallet_id)
        VALUES ('{client}', 'Ana', 'Ruiz', '{number}@example.com', '{number}@example.com', true, 'es', gen_random_uuid());
        INSERT INTO balances VALUES ('{client}', 'USD', 100000, 0);
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
        VALUES ('deposit', '{client}', '{client}', 'USD', 100000, 'funding', 'available')""")
    postgres.psql("wallet", f"""
        CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, 'S' || lpad((n % {companies})::text, 3, '0') AS symbol
        FROM generate_series(1, {trades}) AS n;
        INSERT INTO orders (id, client, idempotency_key, fingerprint, symbol, side, type, time_in_force, asked_quantity,
            quantity, currency, reserve, state, settlement, version, attend_at)
        SELECT id, '{client}', id::text, '', symbol, 'buy', 'market', 'day', 1, 1, 'USD', 1, 'filled', 'done', 1, now()
        FROM made;
        INSERT INTO fills (order_id, client, symbol, side, currency, quantity, price, fee, total, explanation, executed_at)
        SELECT id, '{client}', symbol, 'buy', 'USD', 1, 1, 0, 1, '', now() FROM made;
        INSERT INTO share_transfers (kind, order_id, client, symbol, quantity, source, target)
        SELECT 'buy', id, '{client}', symbol, 1, 'market', 'available' FROM made;
        INSERT INTO positions (client, symbol, currency, available, held, cost, realised)
        SELECT '{client}', symbol, 'USD', count(*), 0, count(*), 0 FROM made GROUP BY symbol""")


def load(services, number, body, log, calls):
    """Calls one after the other; how long each took, in ms."""
    Path(log).unlink(missing_ok=True)
    output = run(["h2load", "-c", "1", "-m", "1", "-n", str(calls), f"--log-file={log}", "-d", body, "-H",
                  "content-type: application/grpc", "-H", "te: trailers", "-H", f"lonja-client: {user(number)}",
                  f"http://127.0.0.1:{services.port}/lonja.wallet.v1.Wallet/GetWallet"])
    if f"{calls} succeeded" not in output:
        fail(f"h2load:\n{output}")
    return [int(line.split()[2]) / 1000 for line in Path(log).read_text().splitlines()]


def check(services, number, body, trades, companies):
    """One call through curl, which must give a value: that of the shares is far above what was paid for them."""
    result = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "--http2-prior-knowledge", "-D", "-", "-H", "content-type: application/grpc", "-H",
         "te: trailers", "-H", f"lonja-client: {user(number)}", "--data-binary", f"@{body}",
         f"http://127.0.0.1:{services.port}/lonja.wallet.v1.Wallet/GetWallet"], capture_output=True)
    message = result.stdout.split(b"\r\n\r\n", 1)[-1]
    amounts = [float(part) for part in text_fields(message[5:]) if part.replace(".", "").isdigit()]
    if b"grpc-status: 0" not in result.stdout or len(message) < 6 or max(amounts, default=0) < 100_000 + 8 * trades:
        fail(f"the wallet of {trades} trades in {companies} companies has no value: {result.stdout[:600]!r} {result.stderr!r}")


def text_fields(message):
    """The texts in a message and in the messages in it."""
    found, place = [], 0
    while place < len(message):
        key, place = varint(message, place)
        if key & 7 == 0:
            _, place = varint(message, place)
        elif key & 7 == 2:
            length, place = varint(message, place)
            part, place = message[place:place + length], place + length
            text = part.decode("ascii", "replace")
            found += [text] if text.isprintable() else text_fields(part)
        else:
            return found
    return found


def varint(message, place):
    value = shift = 0
    while place < len(message):
        value |= (message[place] & 127) << shift
        shift, place = shift + 7, place + 1
        if message[place - 1] < 128:
            break
    return value, place


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options, _ = parser.parse_known_args()
    options.loops, options.connections = 1, 8
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="valuation-") as folder:
        os.chmod(folder, 0o755)
        postgres, services = FlushingPostgres(folder, 1), None
        try:
            for database in ("wallet", "profile"):
                postgres.psql("postgres", f"CREATE DATABASE {database}")
            write_bars(f"{folder}/bars")
            body = f"{folder}/empty"
            Path(body).write_bytes(b"\x00" + struct.pack(">I", 0))
            services = Services(options, postgres, folder, LONJA_MARKET_REPLAY_FOLDER=f"{folder}/bars")
            for number, (trades, companies) in enumerate(PORTFOLIOS, 1):
                fill(postgres, number, trades, companies)
                check(services, number, body, trades, companies)
            for database in ("wallet", "profile"):
                postgres.psql(database, "VACUUM ANALYZE")
            rows = {portfolio: [] for portfolio in PORTFOLIOS}
            for _ in range(options.rounds):
                for number, portfolio in enumerate(PORTFOLIOS, 1):
                    times = load(services, number, body, f"{folder}/times", CALLS)
                    rows[portfolio].append((statistics.median(times), statistics.quantiles(times, n=100)[98]))
            print(f"Value of a portfolio, GetWallet over gRPC, {CALLS} calls one after the other; load {os.getloadavg()[0]:.2f}; medians"
                  f" of {options.rounds} rounds; goal: 10,000 trades in 5 ms")
            print(f"  {'trades':>8}{'companies':>12}{'p50':>11}{'p99':>11}")
            for (trades, companies), figures in rows.items():
                middle, slowest = (statistics.median(column) for column in zip(*figures))
                print(f"  {trades:8,}{companies:12}{middle:8.2f} ms{slowest:8.2f} ms")
        finally:
            if services:
                services.stop()
            postgres.stop()


if __name__ == "__main__":
    main()
