"""Measures our clients of PostgreSQL and Valkey beside pgbench and redis-benchmark in one run. Started by `run stores`;
needs only the standard library.

All contestants of a line have the same server, the same number of connections on a unix socket and the same number of
requests in flight, and one thread: pgbench and redis-benchmark run with one, ours with one loop. Nobody is pinned: the
contestant and the server share the cores. Contestants take turns within a round; figures are medians over the rounds,
and a ratio is the median of the rounds' ratios.
"""

import argparse
import csv
import json
import os
import re
import signal
import statistics
import sys
import tempfile
from pathlib import Path

from private_servers import Postgres, Valkey, fail, run

CONNECTIONS = 8
PIPELINE = 16
DEEP_PIPELINE = 64
VALUE_BYTES = 64
KEYS = 100_000
ACCOUNTS = 100_000  # of each unit of pgbench's scale


class Contestant:
    """Who does one line's work, and how: `measure` gives requests a second and the 99th percentile in µs, or None."""

    def __init__(self, name, measure):
        self.name = name
        self.measure = measure
        self.rates = []
        self.slowest = []

    def take_turn(self):
        rate, slowest = self.measure()
        self.rates.append(rate)
        self.slowest.append(slowest)


class Line:
    """One comparison: the peer first, then ours in one or more ways. `also` is measured in another line."""

    def __init__(self, title, peer, ours, before=lambda: None, also=()):
        self.title = title
        self.peer = peer
        self.ours = ours
        self.before = before
        self.also = also

    def round(self):
        for contestant in [self.peer, *self.ours]:
            self.before()
            contestant.take_turn()

    def report(self):
        print(f"\n{self.title}")
        print(f"  {'':50}{'requests/s':>12}{'p99':>11}{'ratio':>9}")
        for contestant in [self.peer, *self.ours, *self.also]:
            if not contestant.rates:
                continue  # its line was not asked for
            ratio = statistics.median(a / b for a, b in zip(contestant.rates, self.peer.rates))
            shown = "" if contestant is self.peer else f"{ratio:.2f}x"
            slowest = [value for value in contestant.slowest if value]
            p99 = f"{statistics.median(slowest):,.0f} µs" if slowest else "-"
            print(f"  {contestant.name:50}{statistics.median(contestant.rates):12,.0f}{p99:>11}{shown:>9}")


def ours(binary, workload, **options):
    words = [f"{name.replace('_', '-')}={value}" for name, value in options.items()]

    def measure():
        answer = json.loads(run([binary, workload, *words]))
        return answer["rate"], answer["p99_us"]

    return measure


def pgbench(postgres, folder, seconds, arguments, requests_each=1):
    """One run of pgbench. The percentile is that of a sample of its transactions, of which it keeps a log."""
    def measure():
        prefix = f"{folder}/pgbench"
        output = run([str(postgres.binaries / "pgbench"), "-n", "-M", "prepared", "-j", "1", "-c", str(CONNECTIONS),
                      "-T", str(seconds), "-l", "--sampling-rate=0.05", f"--log-prefix={prefix}", *arguments,
                      *postgres.target()])
        rate = re.search(r"tps = ([\d.]+) \(without initial connection time\)", output)
        failed = re.search(r"number of failed transactions: (\d+)", output)
        if not rate or not failed or failed.group(1) != "0":
            fail(f"pgbench:\n{output}")
        times = []
        for log in Path(folder).glob("pgbench.*"):
            times += [int(line.split()[2]) for line in log.read_text().splitlines()]
            log.unlink()
        slowest = statistics.quantiles(times, n=100)[98] if len(times) >= 100 else None
        return float(rate.group(1)) * requests_each, slowest

    return measure


def redis_benchmark(valkey, seconds, command, clients, pipeline):
    """One run of redis-benchmark, which counts requests and not time: as many as the last run suggests."""
    known = {"requests": 20_000}

    def once(requests):
        output = run([valkey.benchmark, "-s", valkey.socket, "-t", command, "-c", str(clients), "-P", str(pipeline),
                      "-n", str(requests), "-r", str(KEYS), "-d", str(VALUE_BYTES), "--csv"])
        rows = list(csv.DictReader(output.splitlines()))
        if len(rows) != 1:
            fail(f"{valkey.benchmark}:\n{output}")
        return float(rows[0]["rps"]), float(rows[0]["p99_latency_ms"]) * 1000

    def measure():
        if known["requests"] == 20_000:
            known["requests"] = int(once(20_000)[0] * seconds)
        rate, slowest = once(known["requests"])
        known["requests"] = int(rate * seconds)
        return rate, slowest

    return measure


def pipelined_line(postgres, folder, options, accounts, depth, more=()):
    """Selects in pipelines of `depth`: the same for both, who each wait for the end of one before they send the next."""
    script = Path(folder) / f"pipelined-{depth}.sql"
    selects = "".join(
        f"\\set aid random(1, {ACCOUNTS * postgres.scale})\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
        for _ in range(depth))
    script.write_text(f"\\startpipeline\n{selects}\\endpipeline\n")
    return Line(
        f"PostgreSQL, one row by key, pipelined, {CONNECTIONS} connections, {depth} in flight on each",
        Contestant(f"pgbench -M prepared, \\startpipeline, {depth} selects",
                   pgbench(postgres, folder, options.seconds, ["-f", str(script)], depth)),
        [Contestant(f"Lonja, batch of {depth}, {CONNECTIONS} callers",
                    ours(options.bin, "postgres-select", callers=CONNECTIONS, batch=depth, **accounts)),
         *more])


def postgres_lines(postgres, folder, options):
    transfer = Path(folder) / "transfer.sql"
    transfer.write_text(
        f"\\set aid random(1, {ACCOUNTS * postgres.scale})\n\\set bid random(1, {postgres.scale})\n"
        f"\\set tid random(1, {10 * postgres.scale})\n\\set delta random(-5000, 5000)\n\\startpipeline\nBEGIN;\n"
        "UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;\n"
        "SELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
        "UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;\n"
        "UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;\n"
        "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
        " VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);\nEND;\n\\endpipeline\n")
    milliseconds = options.seconds * 1000
    common = {"socket": postgres.socket, "user": postgres.user, "connections": CONNECTIONS, "milliseconds": milliseconds}
    accounts = {**common, "range": ACCOUNTS * postgres.scale}
    pipelined = Contestant(
        f"Lonja, {CONNECTIONS * PIPELINE} callers",
        ours(options.bin, "postgres-select", callers=CONNECTIONS * PIPELINE, **accounts))
    yield Line(
        f"PostgreSQL, one row by key, {CONNECTIONS} connections, one in flight on each",
        Contestant("pgbench -M prepared -S", pgbench(postgres, folder, options.seconds, ["-S"])),
        [Contestant(f"Lonja, {CONNECTIONS} callers", ours(options.bin, "postgres-select", callers=CONNECTIONS, **accounts))],
        also=[pipelined])
    yield pipelined_line(postgres, folder, options, accounts, PIPELINE, [pipelined])
    yield pipelined_line(postgres, folder, options, accounts, DEEP_PIPELINE)
    yield Line(
        f"PostgreSQL, TPC-B-like transaction, {CONNECTIONS} connections, scale {postgres.scale}",
        Contestant("pgbench -M prepared", pgbench(postgres, folder, options.seconds, ["-b", "tpcb-like"])),
        [Contestant("Lonja, withTransaction, statement by statement",
                    ours(options.bin, "postgres-transfer", callers=CONNECTIONS, scale=postgres.scale, **common)),
         Contestant("Lonja, withTransaction, its statements as a batch",
                    ours(options.bin, "postgres-transfer", callers=CONNECTIONS, scale=postgres.scale, batch=2, **common)),
         Contestant("Lonja, client.batch",
                    ours(options.bin, "postgres-transfer", callers=CONNECTIONS, scale=postgres.scale, batch=3, **common)),
         Contestant("pgbench -M prepared, all of it in a pipeline",
                    pgbench(postgres, folder, options.seconds, ["-f", str(transfer)]))],
        postgres.tidy)


def valkey_lines(valkey, options):
    seconds = options.seconds / 2
    common = {"socket": valkey.socket, "milliseconds": int(seconds * 1000), "range": KEYS, "bytes": VALUE_BYTES}
    tool = Path(valkey.benchmark).name
    for clients, pipeline in ((1, 1), (50, 1), (50, PIPELINE)):
        for command in ("set", "get"):
            contestants = []
            workload = f"valkey-{command}"
            if pipeline == 1:
                contestants.append(Contestant(
                    f"Lonja, {clients} callers" if clients > 1 else "Lonja, 1 caller",
                    ours(options.bin, workload, callers=clients, connections=clients, **common)))
            else:
                contestants.append(Contestant(
                    f"Lonja, {clients} callers with {pipeline} in one piece",
                    ours(options.bin, workload, callers=clients, connections=clients, batch=pipeline, **common)))
            if clients > 1:
                contestants.append(Contestant(
                    f"Lonja, {clients * pipeline} callers, one connection as by default",
                    ours(options.bin, workload, callers=clients * pipeline, **common)))
            if pipeline > 1:
                contestants.insert(1, Contestant(
                    f"Lonja, {clients * pipeline} callers share {clients} connections",
                    ours(options.bin, workload, callers=clients * pipeline, connections=clients, **common)))
            yield Line(
                f"{valkey.version}, {command.upper()}, {VALUE_BYTES} bytes, {KEYS:,} keys, "
                f"{clients} connection{'s' if clients > 1 else ''}, {pipeline} in flight on each",
                Contestant(f"{tool} -c {clients}" + (f" -P {pipeline}" if pipeline > 1 else ""),
                           redis_benchmark(valkey, seconds, command, clients, pipeline)),
                contestants)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each turn with PostgreSQL; half of it with Valkey")
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--only", default="", help="lines whose title contains this")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    cores = len(os.sched_getaffinity(0))
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    print(f"{cores} cores, {model.group(1) if model else 'unknown processor'}; load {os.getloadavg()[0]:.2f} before the run")
    servers = []
    with tempfile.TemporaryDirectory(prefix="stores-") as folder:
        try:
            postgres = Postgres(folder, options.scale)
            servers.append(postgres)
            valkey = Valkey(folder)
            servers.append(valkey)
            print(f"PostgreSQL {postgres.version} (fsync off, for all), {valkey.version} (saves nothing); unix sockets.\n"
                  f"One thread for each contestant, which shares the cores with the server; medians of {options.rounds} "
                  f"rounds in which they take turns.\n"
                  "The clients that a Swift user would take (PostgresNIO, valkey-swift) are not available where this has to "
                  "run: they\nare not measured. The peers are the servers' own load generators, written in C.")
            sys.stdout.flush()
            lines = [line for line in [*postgres_lines(postgres, folder, options), *valkey_lines(valkey, options)]
                     if options.only in line.title]
            for _ in range(options.rounds):
                for line in lines:
                    line.round()
            postgres.check_sums()
            for line in lines:
                line.report()
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
