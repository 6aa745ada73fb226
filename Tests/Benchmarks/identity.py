"""Measures VerifySession over the wire: one auth on one loop, as `lonja serve` runs it, and our client in a process of its
own, beside what redis-benchmark gets from the same server. Started by `run identity`; needs only the standard library.

Auth has core 0 to itself; the client and the store share core 1. "per core" are the calls for each second of processor time
that auth took. Contestants take turns within a round; figures are medians over the rounds.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import processor_time
from private_servers import Valkey, fail, run

SESSIONS = 1000
VALUE_BYTES = 200  # about a session's record


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Auth:
    """`lonja serve` with auth alone."""

    def __init__(self, binary, valkey, folder):
        self.port, self.profile = free_port(), free_port()
        environment = {**os.environ, "LONJA_PLUGIN": "auth", "LONJA_RPC_LISTEN": f"127.0.0.1:{self.port}",
                       "LONJA_ADMIN_LISTEN": f"127.0.0.1:{free_port()}", "LONJA_HOST_LOOPS": "1",
                       "LONJA_ADDRESS_PROFILE": f"127.0.0.1:{self.profile}",
                       "LONJA_ADDRESS_NOTIFICATION": f"127.0.0.1:{free_port()}",
                       "LONJA_AUTH_VALKEY_ADDRESS": f"unix:{valkey.socket}", "LONJA_STATE": folder}
        self.log = open(f"{folder}/auth.log", "wb")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", "0", f"{binary}/lonja", "serve"],
            env=environment, stdout=self.log, stderr=self.log)
        for _ in range(200):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        fail(f"auth did not start:\n{Path(self.log.name).read_text()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def verify(options, auth, callers):
    """Requests a second, those for each second of auth's processor time, and the 99th percentile in µs."""
    process = subprocess.Popen(
        ["taskset", "-c", "1", f"{options.own}/IdentityBenchmark", f"127.0.0.1:{auth.port}", str(auth.profile),
         str(callers), str(SESSIONS), str(options.seconds * 1000)],
        stdout=subprocess.PIPE, text=True)
    # It says when the logins are done; after the warm-up, a part of the middle stands for the whole.
    process.stdout.readline()
    time.sleep(1.0)
    before, start = processor_time.of_process(auth.process.pid), time.monotonic()
    time.sleep(options.seconds / 2)
    share = (processor_time.of_process(auth.process.pid) - before) / (time.monotonic() - start)
    output, _ = process.communicate(timeout=60)
    if process.returncode:
        fail(f"IdentityBenchmark failed; auth says:\n{Path(auth.log.name).read_text()[-2000:]}")
    answer = json.loads(output)
    return answer["rate"], answer["rate"] / share, answer["p99_us"]


def redis_get(options, valkey, pipeline):
    rows = run(["taskset", "-c", "0", valkey.benchmark, "-s", valkey.socket, "-t", "get", "-c", "50", "-P", str(pipeline),
                "-n", str(options.seconds * (60_000 if pipeline == 1 else 400_000)), "-r", str(SESSIONS), "-d",
                str(VALUE_BYTES), "--csv"]).splitlines()
    return float(rows[1].split(",")[1].strip('"'))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--own", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if len(os.sched_getaffinity(0)) < 2:
        fail("two cores are needed")
    with tempfile.TemporaryDirectory(prefix="identity-") as folder:
        valkey = Valkey(folder)
        os.sched_setaffinity(valkey.process.pid, {1})
        auth = None
        try:
            auth = Auth(options.bin, valkey, folder)
            results = {}
            for _ in range(options.rounds):
                for pipeline in (1, 16):
                    results.setdefault(("redis", pipeline), []).append((redis_get(options, valkey, pipeline),))
                for callers in (1, 16, 128, 512):
                    results.setdefault(("verify", callers), []).append(verify(options, auth, callers))
            print(f"VerifySession over gRPC, auth on one core, {valkey.version} on a unix socket, {SESSIONS} sessions; load "
                  f"{os.getloadavg()[0]:.2f}; medians of {options.rounds} rounds")
            print(f"  {'':46}{'calls/s':>11}{'per core':>11}{'p99':>11}")
            for (kind, number), rows in results.items():
                medians = [statistics.median(column) for column in zip(*rows)]
                if kind == "redis":
                    name = f"{Path(valkey.benchmark).name}, GET, 50 connections, {number} in flight"
                    print(f"  {name:46}{medians[0]:11,.0f}")
                else:
                    print(f"  {f'VerifySession, {number} callers':46}{medians[0]:11,.0f}{medians[1]:11,.0f}"
                          f"{medians[2]:8,.0f} µs")
        finally:
            if auth:
                auth.stop()
            valkey.stop()


if __name__ == "__main__":
    main()
