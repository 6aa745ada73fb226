"""Measures trades through the whole saga: PlaceOrder over gRPC, market orders of many clients, each answered when cash and
shares are settled; beside pgbench that executes the same statements, in as many commits, on the same tables of the same
server. Every commit is flushed. Started by `run trading`; needs only the standard library.

Wallet, profile and market are one process of `lonja serve`, as on a laptop. A step of both contestants is a purchase and a
sale: ten commits (a purchase is six, of which two are of profile's database; a sale is four, one of them profile's). pgbench
has the tables of both in one database, and the work of neither service. Contestants take turns within a round; figures are
medians over the rounds.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import processor_time
from private_servers import Postgres, fail, run, unprivileged

CLIENTS = 1000


class FlushingPostgres(Postgres):
    """As it is in production: what is committed is on the disk."""

    SETTINGS = {"listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB",
                "max_wal_size": "8GB", "autovacuum": "off", "max_connections": "200", "logging_collector": "off"}

    def psql(self, database, statement):
        return run([str(self.binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", self.user, database,
                    "-c", statement])

    def copy_schema(self, source, target):
        prefix, _ = unprivileged()
        dump = run([*prefix, str(self.binaries / "pg_dump"), "-s", "-O", "-x", "-T", "*migration*", "-h", self.socket, "-U",
                    self.user, source], cwd="/")
        done = subprocess.run(
            [str(self.binaries / "psql"), "-Xq", "-h", self.socket, "-U", self.user, target], input=dump, text=True,
            capture_output=True)
        if done.returncode:
            fail(f"the tables of {source} cannot be copied:\n{done.stderr}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Services:
    """`lonja serve` with what a trade needs."""

    def __init__(self, options, postgres, folder, **settings):
        self.port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LONJA_")},
            "LONJA_PLUGIN": "profile,market,wallet", "LONJA_RPC_LISTEN": f"127.0.0.1:{self.port}",
            "LONJA_HTTP_LISTEN": f"127.0.0.1:{free_port()}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
            "LONJA_ADMIN_SOCKET": f"{folder}/admin.sock", "LONJA_HOST_LOOPS": str(options.loops),
            "LONJA_PROFILE_IMAGES": f"{folder}/images", "LONJA_STATE": folder, **settings,
        }
        for name in ("profile", "wallet"):
            prefix = f"LONJA_{name.upper()}_POSTGRES_"
            environment |= {f"{prefix}HOST": postgres.socket, f"{prefix}USER": postgres.user, f"{prefix}DATABASE": name,
                            f"{prefix}CONNECTIONS": str(options.connections)}
        self.log = open(f"{folder}/lonja.log", "wb")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", f"{options.bin}/lonja", "serve"], env=environment, stdout=self.log,
            stderr=self.log)
        for _ in range(400):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        fail(f"lonja did not start:\n{Path(self.log.name).read_text()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


# The client with a number, as TradesBenchmark names it.
CLIENT = "('00000000-0000-4000-8000-' || lpad((:client)::int::text, 12, '0'))"
ORDER = "md5((:{0})::bigint::text)::uuid"
UNCHANGED = """quote_price = COALESCE(NULL, quote_price), quote_as_of = COALESCE(NULL, quote_as_of),
    quote_source = COALESCE(NULL, quote_source), quote_open = COALESCE(NULL, quote_open)"""


def placing(order, side, state, version):
    """A new order with its history: wallet's statement."""
    events = ", ".join(["'accepted'", "'held'", "'executing'"][:version])
    return f"""WITH placed AS (
        INSERT INTO orders (id, client, idempotency_key, fingerprint, symbol, side, type, time_in_force, asked_quantity,
            quantity, currency, reserve, state, settlement, version, quote_price, quote_low, quote_high, quote_as_of,
            quote_source, quote_open, attend_at, created_at, updated_at)
        VALUES ({ORDER.format(order)}, {CLIENT}, (:{order})::bigint::text, 'AAPL {side} market day 1 - -', 'AAPL', '{side}',
            'market', 'day', 1, 1, 'USD', 580.17, '{state}', 'none', {version}, 580.12, 571.23, 581.5, now(), 'replay', true,
            now() + interval '15 seconds', now(), now())
        RETURNING id, number
    ), logged AS (
        INSERT INTO order_events (order_id, number, what, problem)
        SELECT p.id, e.number, e.what, '' FROM placed p, unnest(ARRAY[{events}]) WITH ORDINALITY AS e (what, number)
    ) SELECT number FROM placed;"""


def moving(order, state, settlement, version, events):
    """Where an order has come to, and its history."""
    names, first = ", ".join(f"'{name}'" for name in events), version - len(events)
    return f"""WITH moved AS (
        UPDATE orders SET state = '{state}', settlement = '{settlement}', version = {version}, {UNCHANGED},
            attend_at = now() + interval '15 seconds', attempts = 0, updated_at = now()
        WHERE id = {ORDER.format(order)} AND version = {first} RETURNING id
    ) INSERT INTO order_events (order_id, number, what, problem)
    SELECT m.id, e.number + {first}, e.what, '' FROM moved m, unnest(ARRAY[{names}]) WITH ORDINALITY AS e (what, number);"""


def asked(order):
    """Whether the key is known."""
    return f"""SELECT o.id, o.state, f.total FROM orders o LEFT JOIN fills f ON f.order_id = o.id
        WHERE o.client = {CLIENT} AND o.idempotency_key = (:{order})::bigint::text;"""


def booking(order, side, source, target, sign):
    """A fill with its shares: a transaction."""
    return f"""BEGIN;
INSERT INTO positions (client, symbol, currency, available, held, cost, realised)
    VALUES ({CLIENT}, 'AAPL', 'USD', 0, 0, 0, 0)
    ON CONFLICT (client, symbol) DO UPDATE SET symbol = EXCLUDED.symbol RETURNING available, held, cost, realised;
{moving(order, "filled", "owed", 4, ["filled"])}
UPDATE positions SET {sign}, realised = 0 WHERE client = {CLIENT} AND symbol = 'AAPL';
INSERT INTO share_transfers (kind, order_id, client, symbol, quantity, source, target)
    VALUES ('{side}', {ORDER.format(order)}, {CLIENT}, 'AAPL', 1, '{source}', '{target}');
INSERT INTO fills (order_id, client, symbol, side, currency, quantity, price, fee, total, explanation, executed_at)
    VALUES ({ORDER.format(order)}, {CLIENT}, 'AAPL', '{side}', 'USD', 1, 580.1662, 0, 580.17,
        'replay quote 580.12 USD of today, plus half of a spread of 2 bp and slippage of 1 bp; fee 0', now());
COMMIT;"""


HOLD = f"""WITH prior AS (
        SELECT client, currency, amount FROM holds WHERE hold_id = {ORDER.format("buy")}::text
    ), moved AS (
        UPDATE balances SET available = available - 580.17, held = held + 580.17
        WHERE client = {CLIENT}::uuid AND currency = 'USD' AND available >= 580.17 AND NOT EXISTS (SELECT FROM prior)
        RETURNING available, held
    ), kept AS (
        INSERT INTO holds (hold_id, client, currency, amount)
        SELECT {ORDER.format("buy")}::text, {CLIENT}::uuid, 'USD', 580.17 FROM moved
    ), booked AS (
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
        SELECT 'hold', {ORDER.format("buy")}::text, {CLIENT}::uuid, 'USD', 580.17, 'available', 'held' FROM moved
    ) SELECT available, held, true FROM moved;"""
CAPTURE = f"""WITH ended AS (
        UPDATE holds SET state = 'captured', captured = 580.17, ended_at = now()
        WHERE hold_id = {ORDER.format("buy")}::text AND state = 'held' AND currency = 'USD' AND amount >= 580.17
        RETURNING client, currency, amount
    ), moved AS (
        UPDATE balances b SET held = held - e.amount, available = available + (e.amount - 580.17)
        FROM ended e WHERE b.client = e.client AND b.currency = e.currency
        RETURNING b.available, b.held, e.client, e.currency, e.amount
    ), booked AS (
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
        SELECT 'capture', {ORDER.format("buy")}::text, client, currency, 580.17, 'held', 'market' FROM moved
    ) SELECT available, held FROM moved;"""
CREDIT = f"""WITH prior AS (
        SELECT client, currency, amount FROM transfers WHERE kind = 'credit' AND entry_id = {ORDER.format("sell")}::text
    ), moved AS (
        INSERT INTO balances AS b (client, currency, available, held)
        SELECT {CLIENT}::uuid, 'USD', 580.17, 0 WHERE NOT EXISTS (SELECT FROM prior)
        ON CONFLICT (client, currency) DO UPDATE SET available = b.available + EXCLUDED.available
        RETURNING available, held
    ), booked AS (
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
        SELECT 'credit', {ORDER.format("sell")}::text, {CLIENT}::uuid, 'USD', 580.17, 'market', 'available' FROM moved
    ) SELECT available, held, true FROM moved;"""
# What a purchase and a sale write, in the same commits.
SCRIPT = "\n".join([
    f"\\set client random(1, {CLIENTS})",
    "\\set buy random(1, 9000000000000000)",
    "\\set sell random(1, 9000000000000000)",
    asked("buy"),
    placing("buy", "buy", "accepted", 1),
    HOLD,
    moving("buy", "executing", "none", 3, ["held", "executing"]),
    booking("buy", "buy", "market", "available", "available = available + 1, cost = cost + 580.17"),
    CAPTURE,
    moving("buy", "filled", "done", 5, ["settled"]),
    asked("sell"),
    "BEGIN;",
    f"SELECT available, held, cost, realised FROM positions WHERE client = {CLIENT} AND symbol = 'AAPL' FOR UPDATE;",
    placing("sell", "sell", "executing", 3),
    f"UPDATE positions SET available = available - 1, held = held + 1 WHERE client = {CLIENT} AND symbol = 'AAPL';",
    f"""INSERT INTO share_transfers (kind, order_id, client, symbol, quantity, source, target)
        VALUES ('hold', {ORDER.format("sell")}, {CLIENT}, 'AAPL', 1, 'available', 'held');""",
    "COMMIT;",
    booking("sell", "sell", "held", "market", "held = held - 1, cost = cost - 580.17"),
    CREDIT,
    moving("sell", "filled", "done", 5, ["settled"]),
])


def fill(postgres, database):
    """The clients, with cash enough for the whole run."""
    postgres.psql(database, f"""
        INSERT INTO accounts (id, given_name, family_name, email, email_key, email_verified, language, wallet_id)
        SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Ana', 'Ruiz', n || '@example.com',
            n || '@example.com', true, 'es', gen_random_uuid() FROM generate_series(1, {CLIENTS}) n;
        INSERT INTO balances SELECT id, 'USD', 100000000, 0 FROM accounts;
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
        SELECT 'deposit', id::text, id, 'USD', 100000000, 'funding', 'available' FROM accounts""")


def tidy(postgres):
    for database in ("ceiling", "wallet", "profile"):
        postgres.psql(database, "VACUUM ANALYZE")
    postgres.psql("postgres", "CHECKPOINT")


class ProcessorTime:
    """What PostgreSQL's processes use meanwhile, in µs. Looked at all the time: those of pgbench's connections end with it."""

    def __init__(self, postgres):
        self.parent, self.over = postgres.process.pid, threading.Event()
        self.before, self.last = self.children(), {}
        self.thread = threading.Thread(target=self.watch)

    def children(self):
        return {pid: process.used * 1e6 for pid, process in processor_time.of_all().items() if process.parent == self.parent}

    def watch(self):
        while not self.over.wait(0.1):
            self.last.update(self.children())

    # However what is measured ends: a thread that goes on would keep the program from ending.
    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    @property
    def used(self):
        return sum(used - self.before.get(pid, 0) for pid, used in self.last.items())


class Written:
    """What the server writes meanwhile: records and bytes of the log."""

    def __init__(self, postgres):
        self.postgres, self.before = postgres, self.read(postgres)

    @staticmethod
    def read(postgres):
        time.sleep(1.1)  # The servers of connections report once a second.
        return [float(text) for text in postgres.psql("postgres", "SELECT wal_records, wal_bytes FROM pg_stat_wal").split("|")]

    def per(self, count):
        return [(now - before) / count for now, before in zip(self.read(self.postgres), self.before)]


def pgbench(options, postgres, script, callers):
    output = run([str(postgres.binaries / "pgbench"), "-n", "-M", "prepared", "-c", str(callers), "-j", "2", "-T",
                  str(options.seconds), "-f", script, "-h", postgres.socket, "-U", postgres.user, "ceiling"])
    done = int(re.search(r"transactions actually processed: (\d+)", output).group(1))
    failed = re.search(r"number of failed transactions: (\d+)", output)
    if failed and int(failed.group(1)):
        fail(f"pgbench:\n{output}")
    # Two trades each.
    return 2 * float(re.search(r"tps = ([\d.]+)", output).group(1)), 2 * done


def orders(postgres):
    return int(postgres.psql("wallet", "SELECT count(*) FROM orders"))


def trades(options, postgres, services, callers):
    before = orders(postgres)
    answer = json.loads(run([f"{options.own}/TradesBenchmark", f"127.0.0.1:{services.port}", str(callers), str(CLIENTS),
                             str(options.seconds * 1000)]))
    return (answer["rate"], answer["p50_us"] / 2000, answer["p99_us"] / 2000), orders(postgres) - before


def check(postgres):
    """Nothing is left over, and both sides have booked the same."""
    count = postgres.psql("wallet", "SELECT count(*), count(*) FILTER (WHERE settlement <> 'done') FROM orders").strip()
    shares = postgres.psql("wallet", "SELECT COALESCE(sum(available + held), 0) FROM positions").strip()
    moved = postgres.psql("profile", "SELECT count(*) FROM transfers WHERE kind IN ('capture', 'credit')").strip()
    orders, open_ones = count.split("|")
    if open_ones != "0" or orders != moved or float(shares):
        fail(f"{orders} orders, {open_ones} unsettled, {moved} payments, {shares} shares left")
    return int(orders)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--own", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--loops", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--callers", default="8,32,64")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="trades-") as folder:
        os.chmod(folder, 0o755)
        postgres = FlushingPostgres(folder, 1)
        services = None
        try:
            for database in ("ceiling", "wallet", "profile"):
                postgres.psql("postgres", f"CREATE DATABASE {database}")
            services = Services(options, postgres, folder)
            for database in ("wallet", "profile"):
                postgres.copy_schema(database, "ceiling")
            for database in ("ceiling", "profile"):
                fill(postgres, database)
            script = f"{folder}/trade.sql"
            # pgbench ends a statement with its line.
            Path(script).write_text("\n".join(SCRIPT.splitlines()))
            results, records, processor = {}, {}, {}
            for _ in range(options.rounds):
                for callers in map(int, options.callers.split(",")):
                    tidy(postgres)
                    written = Written(postgres)
                    with ProcessorTime(postgres) as time_of:
                        rate, done = pgbench(options, postgres, script, callers)
                    processor.setdefault("pgbench", []).append((time_of.used / done,))
                    results.setdefault(("pgbench", callers), []).append((rate,))
                    records.setdefault("pgbench", []).append(written.per(done))
                    tidy(postgres)
                    written = Written(postgres)
                    own = processor_time.of_process(services.process.pid) * 1e6
                    with ProcessorTime(postgres) as time_of:
                        figures, done = trades(options, postgres, services, callers)
                    own = processor_time.of_process(services.process.pid) * 1e6 - own
                    processor.setdefault("Lonja", []).append((time_of.used / done, own / done))
                    results.setdefault(("Lonja", callers), []).append(figures)
                    records.setdefault("Lonja", []).append(written.per(done))
            count = check(postgres)
            print(f"Trades through the whole saga, PostgreSQL {postgres.version} with fsync on a unix socket, {CLIENTS} clients,"
                  f" {options.loops} loop(s), {options.connections} connections each; load {os.getloadavg()[0]:.2f};"
                  f" medians of {options.rounds} rounds; {count} orders, all settled")
            print(f"  {'callers':>8}{'pgbench, trades/s':>20}{'Lonja, trades/s':>18}{'ratio':>8}{'p50':>11}{'p99':>11}")
            for callers in map(int, options.callers.split(",")):
                limit = statistics.median(row[0] for row in results["pgbench", callers])
                rows = results["Lonja", callers]
                rate, middle, slowest = (statistics.median(column) for column in zip(*rows))
                ratio = statistics.median(
                    ours[0] / theirs[0] for ours, theirs in zip(rows, results["pgbench", callers]))
                print(f"  {callers:8}{limit:20,.0f}{rate:18,.0f}{ratio:8.2f}{middle:8,.1f} ms{slowest:8,.1f} ms")
            for name, rows in records.items():
                count, size = (statistics.median(column) for column in zip(*rows))
                times = [statistics.median(column) for column in zip(*processor[name])]
                print(f"  {name}: {count:.1f} records of {size / 1024:.1f} KiB in the log and {times[0]:,.0f} µs of PostgreSQL's"
                      f" processor time for a trade" + "".join(f", {each:,.0f} µs of Lonja's" for each in times[1:]))
            best = max(statistics.median(row[0] for row in rows) for (kind, _), rows in results.items() if kind == "pgbench")
            ours = max(statistics.median(row[0] for row in rows) for (kind, _), rows in results.items() if kind == "Lonja")
            print(f"  the best of each: {ours:,.0f} of {best:,.0f} trades/s, {ours / best:.2f}")
        finally:
            if services:
                services.stop()
            postgres.stop()


if __name__ == "__main__":
    main()
