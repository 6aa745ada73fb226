"""Measures prices from the memory cache over gRPC: one quote, and a hundred in one call. Started by `run trading`; needs only
the standard library and h2load.

The market is `lonja serve` with one loop and has core 0 to itself; h2load, and redis-benchmark as what to compare with, have
core 1 (redis-server core 0). "per core" are the calls for each second of processor time that the server took. The peer is
GET of a value as long as the answer, from redis-server over loopback. Contestants take turns within a round; figures are
medians over the rounds, ratios medians of the rounds' ratios.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import processor_time
from private_servers import fail, run

SYMBOLS = [f"S{number:03}" for number in range(100)]
GOALS = {"one": 80_000, "hundred": 5_000}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(process, port, log, name):
    for _ in range(400):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    fail(f"{name} did not start:\n{Path(log).read_text()[-2000:]}")

PEER_RATE = r'"GET","([\d.]+)"'


class Market:
    """`lonja serve` with market alone, replaying a hundred companies of a folder."""

    def __init__(self, binary, folder):
        bars = f"{folder}/bars"
        os.mkdir(bars)
        for number, symbol in enumerate(SYMBOLS):
            rows = [f"2012-0{month}-{day:02},{10 + number}.10,{12 + number}.50,{9 + number}.20,{11 + number}.30,{1000 + day}"
                    for month in (5, 6) for day in range(1, 29) if weekday(month, day)]
            Path(f"{bars}/{symbol}.csv").write_text("Date,Open,High,Low,Close,Volume\n" + "\n".join(rows) + "\n")
        self.port = free_port()
        environment = {**os.environ, "LONJA_PLUGIN": "market", "LONJA_RPC_LISTEN": f"127.0.0.1:{self.port}",
                       "LONJA_ADMIN_LISTEN": f"127.0.0.1:{free_port()}", "LONJA_HOST_LOOPS": "1", "LONJA_STATE": folder,
                       "LONJA_MARKET_REPLAY_FOLDER": bars}
        self.log = f"{folder}/market.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "taskset", "-c", "0", f"{binary}/lonja", "serve"],
                                            env=environment, stdout=log, stderr=log)
        started(self.process, self.port, self.log, "market")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Redis:
    """redis-server (or valkey-server) on loopback; nothing is saved."""

    def __init__(self, folder):
        program = shutil.which("valkey-server") or shutil.which("redis-server") or fail("redis-server is missing")
        self.benchmark = shutil.which("valkey-benchmark") or shutil.which("redis-benchmark") or fail("redis-tools is missing")
        self.version = Path(program).name + " " + run([program, "--version"]).split("v=")[1].split()[0]
        self.port = free_port()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", "0", program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started(self.process, self.port, "/dev/null", "redis")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def weekday(month, day):
    return time.gmtime(time.mktime((2012, month, day, 12, 0, 0, 0, 0, 0))).tm_wday < 5


def field(number, text):
    return bytes([number << 3 | 2, len(text)]) + text.encode()


def framed(message):
    return b"\x00" + struct.pack(">I", len(message)) + message


def answer_bytes(market, method, body):
    """One call through curl, which must give every quote; returns the length of the answer's message."""
    result = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "--http2-prior-knowledge", "-D", "-", "-H", "content-type: application/grpc", "-H", "te: trailers",
         "--data-binary", f"@{body}", f"http://127.0.0.1:{market.port}/lonja.market.v1.Market/{method}"], capture_output=True)
    message = result.stdout.split(b"\r\n\r\n", 1)[-1]
    length = struct.unpack(">I", message[1:5])[0] if len(message) > 5 else 0
    wanted = SYMBOLS if method == "GetQuotes" else SYMBOLS[:1]
    if b"grpc-status: 0" not in result.stdout or any(symbol.encode() not in message for symbol in wanted):
        fail(f"{method} does not answer: {result.stdout[:500]!r} {result.stderr!r}")
    return length


def measured(server, load, pattern):
    """Calls a second, and those for each second of the server's processor time."""
    process = subprocess.Popen(["taskset", "-c", "1", *load], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(0.8)
    before, start = processor_time.of_process(server.process.pid), time.monotonic()
    time.sleep(1.5)
    share = (processor_time.of_process(server.process.pid) - before) / (time.monotonic() - start)
    output, _ = process.communicate(timeout=120)
    rate = re.search(pattern, output)
    counts = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", output)
    if process.returncode or not rate or share <= 0 or counts and any(int(count) for count in counts.groups()):
        fail(f"{' '.join(load)}\n{output}")
    return float(rate.group(1)), float(rate.group(1)) / share


def ours(options, market, method, body):
    return measured(market, ["h2load", "-c", "8", "-m", "100", "-t", "1", "-D", str(options.seconds), "--warm-up-time=300ms", "-d", body,
                             "-H", "content-type: application/grpc", "-H", "te: trailers",
                             f"http://127.0.0.1:{market.port}/lonja.market.v1.Market/{method}"], r"finished in [^,]*, ([\d.]+) req/s")


def peer(options, redis, size, pipeline):
    words = [redis.benchmark, "-p", str(redis.port), "-r", "1000", "-d", str(size)]
    # Every key is there before it is read.
    run([*words, "-t", "set", "-c", "10", "-P", "16", "-n", "20000", "-q"])
    words += ["-t", "get", "-c", "50", "-P", str(pipeline), "--csv", "-n"]
    # It counts requests and not time: a short run says how many are enough.
    rate = re.search(PEER_RATE, run([*words, "100000"]))
    return measured(redis, [*words, str(int(float(rate.group(1)) * options.seconds))], PEER_RATE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    options, _ = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if len(os.sched_getaffinity(0)) < 2:
        fail("two cores are needed")
    if not shutil.which("h2load"):
        fail("h2load is missing: apt-get install nghttp2-client")
    with tempfile.TemporaryDirectory(prefix="quotes-") as folder:
        Path(f"{folder}/one").write_bytes(framed(field(1, SYMBOLS[0])))
        Path(f"{folder}/hundred").write_bytes(framed(b"".join(field(1, symbol) for symbol in SYMBOLS)))
        calls = {"one": "GetQuote", "hundred": "GetQuotes"}
        market = redis = None
        try:
            market, redis = Market(options.bin, folder), Redis(folder)
            sizes = {name: answer_bytes(market, method, f"{folder}/{name}") for name, method in calls.items()}
            rows = {}
            for _ in range(options.rounds):
                for name, method in calls.items():
                    rows.setdefault((name, "lonja"), []).append(ours(options, market, method, f"{folder}/{name}"))
                    rows.setdefault((name, "redis"), []).append(
                        peer(options, redis, sizes[name], 16))
            print(f"Prices from memory over gRPC, market on one core, 8 connections x 100 calls; load {os.getloadavg()[0]:.2f}; "
                  f"medians of {options.rounds} rounds of {options.seconds} s")
            print(f"  {'':58}{'calls/s':>11}{'per core':>11}{'goal':>9}")
            for name, method in calls.items():
                for who, title, goal in (
                    ("lonja", f"{method}, {sizes[name]:,} bytes answered", f"{GOALS[name]:,}"),
                    ("redis", f"{redis.version}, GET of {sizes[name]:,} bytes, 16 in flight", ""),
                ):
                    medians = [statistics.median(column) for column in zip(*rows[name, who])]
                    print(f"  {title:58}{medians[0]:11,.0f}{medians[1]:11,.0f}{goal:>9}")
                ratio = statistics.median(a[1] / b[1] for a, b in zip(rows[name, "lonja"], rows[name, "redis"]))
                print(f"  {'  per core, ratio to it':58}{'':11}{ratio:10.2f}x")
        finally:
            for server in (market, redis):
                if server:
                    server.stop()


if __name__ == "__main__":
    main()
