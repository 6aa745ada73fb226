"""Measures the public API. Started by `run api`; prints two tables.

Quotes: `GET /api/v1/quotes/{symbol}` with prices closed to those without a session, so that each request shows a cookie and
is answered only after auth has said, from Valkey, that its session has not changed (requests of one moment share the
question), beside what hummingbird answers with a constant JSON of the same bytes, without looking at anything. wrk sends
both the same requests over 64 connections, those of 64 sessions in turn. In the pinned rows a contestant has core 0, with
everything that it needs: all processes of Lonja and Valkey share it, each with one loop, and wrk has core 1. In the free
rows contestants use as many loops as there are cores and share them with wrk. Contestants take turns within a round;
figures are medians over the rounds and a ratio is the median of the rounds' ratios. The processor time is what all
processes of the contestant used for one request.

Mix: DayTrader's operations at rising concurrency, all plugins in one process of `lonja up` with every core, no limits of
calls. Shares of processor time are of what Lonja, PostgreSQL and Valkey used together while it ran: threads that hash
passwords are known by their low priority. The load's own processor time is beside them.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import processor_time

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Conformance"), str(TESTS / "EndToEnd")]
os.environ.setdefault("LONJA_TEST_BINARIES", str(TESTS.parent / ".build" / "release"))
from accounts import PASSWORD, Browser, Outbox, new_email  # noqa: E402
from harness import Lonja, Running, Up, fetch, free_ports, open_folder, wait_until  # noqa: E402

PATH = "/api/v1/quotes/AAPL"
SESSIONS, ACCOUNTS = 64, 8
SERVICES = ["notification", "profile", "auth", "market", "wallet", "gateway"]
MANY = "1000000/s 1000000"
QUIET = {
    "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8", "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "10000",
    "LONJA_HOST_LOG_LEVEL": "warning", "LONJA_HOST_WATCHDOG": "0s",
}
UNLIMITED = {**QUIET, "LONJA_GATEWAY_LIMITS_ENABLED": "false"}
# Limits that count each request and refuse none, kept in Valkey as replicas would.
LIMITED = {
    **QUIET, "LONJA_GATEWAY_LIMITS_READ_ADDRESS": MANY, "LONJA_GATEWAY_LIMITS_READ_ACCOUNT": MANY,
    "LONJA_GATEWAY_LIMITS_LOGIN_ADDRESS": MANY, "LONJA_GATEWAY_LIMITS_LOGIN_ACCOUNT": MANY,
}
# Passwords are checked before the measurement alone.
CLOSED = {"LONJA_GATEWAY_PRICES_CLOSED": "true", "LONJA_PROFILE_ARGON2_MEMORY": "7168"}


def fail(text):
    sys.exit(f"Tests/Benchmarks: {text}")


def pin(pid, cores):
    """A process, its threads and all below it."""
    for each in processor_time.family(pid):
        for task in os.listdir(f"/proc/{each}/task"):
            try:
                os.sched_setaffinity(int(task), cores)
            except ProcessLookupError:
                pass


def patiently(action, attempts=10):
    """Again where the machine has so much else to do that a password is not hashed in time: that is not what is measured."""
    for _ in range(attempts - 1):
        try:
            return action()
        except AssertionError:
            time.sleep(0.5)
    return action()


class Used:
    """Processor time of processes so far, in seconds, by kind: lonja, argon2id, postgres, valkey, other."""

    LOW_PRIORITY = 5  # SCHED_IDLE

    def __init__(self, roots):
        self.by = {}
        for root in roots:
            for pid in processor_time.family(root):
                self.add(pid)

    def add(self, pid):
        try:
            process = processor_time.stat(f"/proc/{pid}")
            name = process.name
            kind = {"postgres": "postgres", "redis-server": "valkey", "valkey-server": "valkey", "lonja": "lonja"}.get(name, "other")
            if name != "lonja" and not name.startswith("loop-"):
                # The children that have gone are in those of PostgreSQL's parent.
                self.note(kind, process.used + (process.gone if kind == "postgres" else 0))
                return
            for task in os.listdir(f"/proc/{pid}/task"):
                thread = processor_time.stat(f"/proc/{pid}/task/{task}")
                hashes = thread.policy == self.LOW_PRIORITY or thread.nice == 10
                self.note("argon2id" if hashes else "lonja", thread.used)
        except (FileNotFoundError, ProcessLookupError):
            pass

    def note(self, kind, seconds):
        self.by[kind] = self.by.get(kind, 0) + seconds

    def since(self, before):
        return {kind: seconds - before.by.get(kind, 0) for kind, seconds in self.by.items()}

    @property
    def total(self):
        return sum(self.by.values())


class Exchange:
    """Lonja, in one process or in one for each service, and sessions of it."""

    def __init__(self, folder, environment, apart, loops):
        self.processes, self.state = [], open_folder(folder) / "state"
        environment = {**environment, "LONJA_HOST_LOOPS": str(loops)}
        try:
            if apart:
                self.start_apart(environment)
            else:
                self.processes.append(Up(self.state, environment))
            self.gateway = self.processes[-1]
            self.http, self.origin = self.gateway.http, f"http://localhost:{self.gateway.http}"
            self.outbox = Outbox(self.state / "outbox")
        except BaseException:
            self.close()
            raise

    def start_apart(self, environment):
        """`lonja up` has the stores and one service, `lonja serve` each of the others."""
        state = self.state
        self.processes.append(Up(state, {**environment, "LONJA_PLUGIN": "web"}))
        ports = {name: free_ports(3) for name in SERVICES}
        shared = {
            **environment, "LONJA_SECRETS": f"{state}/secrets", "LONJA_PROFILE_IMAGES": f"{state}/images",
            "LONJA_NOTIFICATION_MAIL_DRIVER": "outbox", "LONJA_NOTIFICATION_MAIL_OUTBOX_FOLDER": f"{state}/outbox",
            "LONJA_AUTH_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
            "LONJA_GATEWAY_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
            "LONJA_PUBLIC_URL": f"http://localhost:{ports['gateway'][1]}",
            **{f"LONJA_{name}_POSTGRES_HOST": f"{state}/run" for name in ("NOTIFICATION", "PROFILE", "WALLET")},
            **{f"LONJA_ADDRESS_{name.upper()}": f"127.0.0.1:{rpc}" for name, (rpc, _, _) in ports.items()},
        }
        for name in SERVICES:
            self.processes.append(Lonja(name, shared, ports[name]))

    def accounts(self, count):
        """Addresses whose accounts are confirmed."""
        addresses = [patiently(self.register) for _ in range(count)]
        for address in addresses:
            confirm = Browser(self).post("/auth/email-verifications/confirm", {"token": self.outbox.to(address, 60).token})
            assert confirm.status == 204, confirm.body
        return addresses

    def register(self):
        """Each time another address: one that was refused as too late may be taken all the same."""
        address = new_email()
        Browser(self).register(address)
        return address

    def cookies(self):
        """The cookies of so many sessions."""
        addresses, cookies = self.accounts(ACCOUNTS), []
        for number in range(SESSIONS):
            browser = Browser(self)
            patiently(lambda: browser.login(addresses[number % ACCOUNTS]))
            name = next(name for name in browser.cookies if name.endswith("lonja"))
            cookies.append(f"{name}={browser.cookies[name]}")
        return cookies

    def used(self):
        return Used([each.process.pid for each in self.processes])

    def pin(self, cores):
        for each in self.processes:
            pin(each.process.pid, cores)

    def close(self):
        for each in reversed(self.processes):
            each.close()


class Hummingbird(Running):
    def __init__(self, program, loops, body, cores=None):
        (self.http,) = free_ports(1)
        super().__init__([program, self.http, loops, body])
        wait_until(lambda: self.answers(), "hummingbird answers")
        if cores:
            pin(self.process.pid, cores)

    def answers(self):
        self.check_alive()
        try:
            return fetch(self.http, PATH).status == 200
        except OSError:
            return False

    def used(self):
        return Used([self.process.pid])


def wrk(door, cookies, seconds, threads, core=None):
    """Requests a second and the rest of what wrk says; any error ends the benchmark."""
    prefix = ["taskset", "-c", str(core)] if core is not None else []
    script = Path(__file__).parent / "peers" / "wrk" / "quotes.lua"
    before = door.used()
    done = subprocess.run(
        [*prefix, "wrk", "-t", str(threads), "-c", str(SESSIONS), "-d", f"{seconds}s", "-s", str(script),
         f"http://127.0.0.1:{door.http}{PATH}", "--", str(cookies)], capture_output=True, text=True)
    used = door.used().since(before)
    line = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not line.startswith("{"):
        fail(f"wrk:\n{done.stdout}{done.stderr}")
    answer = json.loads(line)
    if answer["errors"]:
        fail(f"wrk met errors: {line}")
    answer["used"] = {kind: seconds * 1e6 / answer["requests"] for kind, seconds in used.items()}
    return answer


def check(exchange, cookie):
    """The answer, which must be there for who has a session alone; its content."""
    refused = fetch(exchange.http, PATH)
    answer = fetch(exchange.http, PATH, headers={"cookie": cookie})
    if refused.status != 401 or answer.status != 200:
        fail(f"a price is {refused.status} without a session, {answer.status} with one")
    return answer.body


def quotes(options, folder, pinned):
    cores, loops = ({0}, 1) if pinned else (None, os.cpu_count())
    doors, cookies, rows = {}, {}, {}
    kinds = {
        "Lonja, one process": (UNLIMITED, False), "Lonja, one process, limits on": (LIMITED, False),
        "Lonja, a process for each service": (UNLIMITED, True),
    }
    try:
        for number, (name, (environment, apart)) in enumerate(kinds.items()):
            place = folder / f"{'pinned' if pinned else 'free'}-{number}"
            place.mkdir()
            doors[name] = Exchange(place, {**environment, **CLOSED}, apart, loops)
            cookies[name] = place / "cookies"
            lines = doors[name].cookies()
            cookies[name].write_text("".join(f"{line}\n" for line in lines))
            body = check(doors[name], lines[0])
            if pinned:
                doors[name].pin(cores)
        constant = folder / "body.json"
        constant.write_bytes(body)
        doors["hummingbird"] = Hummingbird(options.hummingbird, loops, constant, cores)
        cookies["hummingbird"] = cookies["Lonja, one process"]
        names = ["hummingbird", *kinds]
        for number in range(options.rounds + 1):
            for name in names:
                seconds = options.seconds if number else 1  # The first round warms up.
                row = wrk(doors[name], cookies[name], seconds, 1, 1 if pinned else None)
                if number:
                    rows.setdefault(name, []).append(row)
    finally:
        for door in doors.values():
            door.close()
    where = ("each on core 0 with all it needs, wrk on core 1" if pinned
             else f"{loops} loops, {os.cpu_count()} cores shared with wrk")
    print(f"\nGET {PATH}, {len(body)} bytes of JSON, {SESSIONS} connections, {where}; load {os.getloadavg()[0]:.2f};"
          f" medians of {options.rounds} rounds")
    print(f"  {'':36}{'requests/s':>12}{'ratio':>8}{'p50':>10}{'p99':>10}   processor time of a request")
    for name in names:
        ratio = statistics.median(ours["rate"] / theirs["rate"] for ours, theirs in zip(rows[name], rows["hummingbird"]))
        rate, middle, late = (statistics.median(row[key] for row in rows[name]) for key in ("rate", "p50_us", "p99_us"))
        parts = {kind: statistics.median(row["used"].get(kind, 0) for row in rows[name]) for kind in rows[name][0]["used"]}
        whole = statistics.median(sum(row["used"].values()) for row in rows[name])
        split = ", ".join(f"{kind} {micros:.1f}" for kind, micros in parts.items() if micros >= 0.05 and kind != "other")
        print(f"  {name:36}{rate:12,.0f}{ratio:7.2f}x{middle / 1000:7.2f} ms{late / 1000:7.2f} ms   {whole:.1f} µs"
              + (f" ({split})" if split else ""), flush=True)


def mix(options, folder):
    place = folder / "mix"
    place.mkdir()
    callers = [int(each) for each in options.callers.split(",")]
    exchange = Exchange(place, UNLIMITED, False, os.cpu_count())
    try:
        addresses = exchange.accounts(max(callers))
        found = []
        for count in callers:
            # A session that was replaced by a login is over: a user has 20 at the most.
            load = subprocess.Popen(
                [f"{options.own}/ApiBenchmark", exchange.origin, PASSWORD, ",".join(addresses), str(count),
                 str(int(options.mix_seconds * 1000))],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            line = load.stdout.readline()
            if line != "logged in\n":
                fail(f"the load did not begin: {line}{load.stderr.read()}")
            before, own = exchange.used(), Used([load.pid])
            load.stdin.write("\n")
            load.stdin.flush()
            line = load.stdout.readline()
            used, own = exchange.used().since(before), (Used([load.pid]).total or own.total) - own.total
            load.wait()
            errors = load.stderr.read()
            if not line.startswith("{"):
                fail(f"the load ended: {line}{errors}")
            answer = json.loads(line)
            if answer["errors"]:
                print(f"  first error: {errors.strip()}")
            found.append((count, answer, used, own))
    finally:
        exchange.close()
    print(f"\nDayTrader's mix, all plugins in one process, {os.cpu_count()} loops, {options.mix_seconds:g} s each;"
          f" load {os.getloadavg()[0]:.2f}")
    print(f"  {'callers':>8}{'operations/s':>14}{'p50':>11}{'p99':>11}{'errors':>8}   processor time of an operation, and shares")
    for count, answer, used, own in found:
        whole = sum(used.values())
        shares = ", ".join(f"{name} {used.get(kind, 0) / whole:.0%}" for kind, name in
                           [("argon2id", "Argon2id"), ("postgres", "PostgreSQL"), ("lonja", "Lonja"), ("valkey", "Valkey")])
        print(f"  {count:8}{answer['rate']:14,.0f}{answer['all']['p50_ms']:8,.1f} ms{answer['all']['p99_ms']:8,.1f} ms"
              f"{answer['errors']:8}   {whole * 1e6 / answer['all']['count']:,.0f} µs: {shares}; the load {own * 1e6 / answer['all']['count']:,.0f} µs")
    count, answer, _, _ = found[len(found) // 2]
    print(f"  each at {count} callers: " + ", ".join(
        f"{name} {each['count'] / answer['all']['count']:.0%} p50 {each['p50_ms']:.1f} p99 {each['p99_ms']:.1f} ms"
        for name, each in answer["each"].items()))
    if any(answer["errors"] for _, answer, _, _ in found):
        fail("the mix met errors")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--own", required=True, help="folder of ApiBenchmark")
    parser.add_argument("--hummingbird", required=True, help="the peer's program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--mix-seconds", type=float, default=15)
    parser.add_argument("--callers", default="1,4,16,64")
    parser.add_argument("--only", choices=["pinned", "free", "mix"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="lonja-api-") as text:
        folder = open_folder(Path(text))
        if options.only in (None, "pinned"):
            quotes(options, folder, True)
        if options.only in (None, "free"):
            quotes(options, folder, False)
        if options.only in (None, "mix"):
            mix(options, folder)


if __name__ == "__main__":
    main()
