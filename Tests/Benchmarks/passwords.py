"""Measures logins through the door (POST /api/v1/auth/login of one `lonja up` with every service) beside Argon2id alone in as
many threads, and what other requests feel of it. Started by `run passwords`, which
installs the Python packages of the end-to-end tests for it.

Every login comes from an address of its own, so that no limit of attempts is met. The rounds are interleaved: others, others
beside hashes alone, logins, logins and others, hashes alone. A round's rate of logins is set beside the mean of the two rates
alone around it; figures are medians over the rounds, with the extremes. Others beside hashes alone are what a full machine
costs them when nobody logs in. What else runs on the machine takes its part of the processors from each of them,
not always the same, so that single rounds scatter. The processor time of a hash alone beside that of a whole login (Lonja,
PostgreSQL and Valkey together) does not depend on that: it is what the ratio can be at the most.
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import processor_time

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Conformance"), str(TESTS / "EndToEnd")]
os.environ.setdefault("LONJA_TEST_BINARIES", str(TESTS.parent / ".build" / "release"))
from accounts import PASSWORD, Browser, Outbox, new_email  # noqa: E402
from harness import Up, open_folder  # noqa: E402

MEMORY, PASSES = 19_456, 2


class Door:
    """What accounts.py needs of an exchange."""

    def __init__(self, folder, environment):
        self.up = Up(folder / "state", {
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8", "LONJA_GATEWAY_LIMITS_ENABLED": "false",
            "LONJA_PROFILE_ARGON2_MEMORY": str(MEMORY),
            "LONJA_PROFILE_ARGON2_PASSES": str(PASSES), "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "1000",
            "LONJA_HOST_LOG_LEVEL": "warning", "LONJA_HOST_WATCHDOG": "0s", **environment,
        })
        self.http, self.origin = self.up.http, f"http://localhost:{self.up.http}"
        self.outbox = Outbox(folder / "state" / "outbox")

    def account(self):
        address, browser = new_email(), Browser(self)
        browser.register(address)
        browser.post("/auth/email-verifications/confirm", {"token": self.outbox.to(address).token})
        browser.login(address)
        return address, browser


class Login(threading.Thread):
    """Logs in one account after the other, over one connection."""

    addresses = itertools.count(1)

    def __init__(self, port, accounts):
        super().__init__(daemon=True)
        self.port, self.accounts, self.over, self.done, self.failures, self.times = port, itertools.cycle(accounts), False, 0, [], []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.over:
            number = next(Login.addresses)
            fields = {"content-type": "application/json",
                      "x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
            begun = time.perf_counter()
            connection.request("POST", "/api/v1/auth/login", json.dumps({"email": next(self.accounts), "password": PASSWORD}), fields)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                self.done += 1
                self.times.append(time.perf_counter() - begun)
            else:
                self.failures.append((answer.status, body[:200]))
                time.sleep(0.05)
        connection.close()


def others(port, cookie, seconds):
    """How long requests take that a client sends meanwhile, one after the other with pauses: the profile and a price, in ms.
    In a process of its own: the threads that log in share one interpreter, for whose lock each waits up to 5 ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    fields = {"cookie": cookie}
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/api/v1/profile", "/api/v1/quotes/AAPL"):
            begun = time.perf_counter()
            connection.request("GET", path, headers=fields)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            times.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.01)
    connection.close()
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def logins(door, measure_others, accounts, callers, seconds):
    threads = [Login(door.http, accounts[index::callers] or accounts) for index in range(callers)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    before, start, used = sum(thread.done for thread in threads), time.monotonic(), processor_time.of_tree(door.up.process.pid)
    time.sleep(seconds)
    count, used = sum(thread.done for thread in threads) - before, processor_time.of_tree(door.up.process.pid) - used
    rate = count / (time.monotonic() - start)
    middle, late = measure_others(seconds)
    for thread in threads:
        thread.over = True
    for thread in threads:
        thread.join()
    failures = [failure for thread in threads for failure in thread.failures]
    assert not failures, failures[:3]
    return rate, used / count, middle, late


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--alone", required=True, help="the program that hashes alone")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--threads", type=int, default=max(1, len(os.sched_getaffinity(0)) - 1),
                        help="that hash; as many as the service takes by itself, which leaves a core free")
    parser.add_argument("--way", default="idle", choices=["nice", "idle"], help="how the threads that hash alone yield")
    options = parser.parse_args()
    threads = options.threads

    def alone():
        words = [options.alone, threads, options.seconds, options.way, MEMORY, PASSES]
        printed = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout
        return [float(word) for word in printed.split()]

    with tempfile.TemporaryDirectory(prefix="lonja-passwords-") as folder:
        door = Door(open_folder(Path(folder)), {"LONJA_PROFILE_ARGON2_THREADS": str(threads)})
        try:
            accounts = [door.account() for _ in range(threads * 8)]
            addresses = [address for address, _ in accounts[1:]]
            cookie = "; ".join(f"{name}={value}" for name, value in accounts[0][1].cookies.items())
            clients = multiprocessing.get_context("spawn").Pool(1)  # Ends with this process.

            def measure_others(seconds):
                return clients.apply(others, (door.http, cookie, seconds))

            rows, before = [], alone()
            for number in range(options.rounds):
                idle = measure_others(options.seconds / 2)
                beside = clients.apply_async(others, (door.http, cookie, options.seconds - 0.5))
                alone()  # What a full machine costs the others anyway, without a login.
                beside = beside.get()
                rate, used, middle, late = logins(door, measure_others, addresses, threads * 4, options.seconds)
                after = alone()
                bound, hash_time = (before[0] + after[0]) / 2, (before[1] + after[1]) / 2
                rows.append((bound, rate, rate / bound, hash_time * 1000, used * 1000, hash_time / used, *idle, *beside, middle, late))
                print(f"  round {number + 1}: alone {before[0]:.1f} and {after[0]:.1f}, logins {rate:.1f}/s, ratio {rate / bound:.3f}; "
                      f"processor time {hash_time * 1000:.2f} and {used * 1000:.2f} ms, ratio {hash_time / used:.3f}; "
                      f"others p50 {idle[0]:.2f} and p99 {idle[1]:.2f} ms idle, {beside[0]:.2f} and {beside[1]:.2f} beside hashes alone, {middle:.2f} and {late:.2f} ms under logins")
                before = after
            names = ["Argon2id alone, hashes/s", "logins/s", "ratio", "processor time of a hash, ms", "of a login, ms", "ratio", "others idle, p50 ms", "p99 ms",
                     "beside Argon2id alone, p50 ms", "p99 ms", "others under logins, p50 ms", "p99 ms"]
            print(f"{threads} threads, m={MEMORY} KiB t={PASSES}; load {os.getloadavg()[0]:.2f}; medians (extremes) of {len(rows)} rounds")
            for name, column in zip(names, zip(*rows)):
                print(f"  {name:32}{statistics.median(column):9.3f}   ({min(column):.3f} to {max(column):.3f})")
        finally:
            door.up.close()


if __name__ == "__main__":
    main()
