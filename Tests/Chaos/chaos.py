"""Clients trade at random through the gateway while services and PostgreSQL are killed, at random moments and at each crash
point of a trade. Then the books are looked at. Prints kills, trades, violations and the longest recovery; ends with 0 if
there are no violations."""

import argparse
import collections
import random
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent / "Conformance"), str(here.parent / "EndToEnd")]

from accounts import new_account  # noqa: E402
from system import System  # noqa: E402
from trader import Trader  # noqa: E402

# FaultPoint in Plugins/Wallet/WalletService/Trades/Faults.swift, with how often a process comes to one before it dies.
POINTS = {
    "received": 8, "checked": 8, "placed": 6, "reserved": 4, "held": 4, "executed": 6, "booked": 6, "settled": 6, "done": 6,
    "expiring": 1, "expired": 1, "cancelling": 2, "cancelled": 2, "taken": 1,
}
# Points of the loops, which the second wallet comes to as well.
OF_LOOPS = {"held", "executed", "booked", "settled", "done", "expiring", "expired", "taken"}
# How long an order may take that kills have interrupted: the longest lease, patience and the restarts.
DEADLINE = 120
# How long a point may take to be come to when nothing else is killed: the longest lease, a day of the market and a start.
PURSUIT = 90


class Recovery:
    """Watches how long it takes after each kill until all that was placed before is finished."""

    def __init__(self, system):
        self.system, self.open, self.times = system, [], []
        self.lock, self.over = threading.Lock(), threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def killed(self):
        with self.lock:
            self.open.append(time.time())

    def watch(self):
        while not self.over.wait(0.2):
            oldest = self.system.oldest_unfinished()
            if oldest is None:
                continue
            with self.lock:
                now = time.time()
                done = [moment for moment in self.open if moment < min(oldest, now - 0.2)]
                self.open = [moment for moment in self.open if moment not in done]
                self.times += [now - moment for moment in done]

    def close(self):
        self.over.set()
        self.thread.join()


class Killer:
    """Lets each wallet die at one crash point after another, and kills what else there is at random."""

    # How long a wallet may take to come to its point before it is killed where it is: to some only after a lease, or when
    # a day of the market ends.
    PATIENCE = collections.defaultdict(lambda: 8, taken=20, expiring=12, expired=12)

    def __init__(self, system, chance, recovery):
        self.system, self.chance, self.recovery = system, chance, recovery
        self.kills, self.swaps = collections.Counter(), collections.Counter()
        self.others, self.queues, self.armed = [], {wallet: [] for wallet in system.wallets}, {}

    def next_point(self, wallet):
        """Those that nobody has died at come first."""
        queue = self.queues[wallet]
        if not queue:
            names = [name for name in POINTS if wallet != "second" or name in OF_LOOPS]
            queue += self.chance.sample(names, len(names))
        point = next((point for point in queue if point not in self.met), queue[0])
        queue.remove(point)
        return point

    @property
    def met(self):
        return {label.split(" at ")[1] for label in self.kills if " at " in label} & POINTS.keys()

    def arm(self, wallet):
        """Starts a wallet that dies at its next point."""
        while True:
            point = self.next_point(wallet)
            if self.start(wallet, point, self.chance.randint(1, POINTS[point])):
                break
        self.armed[wallet] = (point, time.monotonic())

    def start(self, wallet, point, count):
        """Starts a wallet that dies as it comes to a point so often; false if it came there before it was ready."""
        if self.system.start(wallet, f"{point}:{count}"):
            return True
        self.count(f"{wallet} at {point}")
        return False

    def count(self, label):
        self.kills[label] += 1
        self.recovery.killed()

    def end(self, name):
        if self.system.bury(name):
            self.count(f"{name} at random")

    def turn(self):
        for wallet in self.system.wallets:
            point, since = self.armed.get(wallet, (None, 0))
            if point and not self.system.alive(wallet):
                self.count(f"{wallet} at {point}")
                self.system.bury(wallet)
                time.sleep(self.chance.choice([0, 0, 0.5]))
                self.arm(wallet)
            elif time.monotonic() - since > self.PATIENCE[point]:
                self.end(wallet)
                self.arm(wallet)
        if self.chance.random() < 0.15:
            if not self.others:
                self.others += self.chance.sample(["swap", "market", "profile", "PostgreSQL"], 4)
            match self.others.pop():
                case "swap": self.swaps[self.system.swap()] += 1
                case "PostgreSQL": self.postgres()
                case service: self.at_random(service)
        time.sleep(self.chance.uniform(0, 0.4))

    def at_random(self, service):
        name = self.system.place(service)
        self.end(name)
        time.sleep(self.chance.choice([0, 0, 0.5]))
        if name in self.armed:
            self.arm(name)
        else:
            self.system.start(name)

    def postgres(self):
        self.system.postgres.kill()
        self.count("PostgreSQL")
        time.sleep(self.chance.choice([0, 0, 1]))
        self.system.postgres.start()

    def pursue(self, point):
        """Lets a wallet die at a point while nothing else is killed: what kills at random did not leave the time to come to."""
        wallet, *others = self.system.wallets
        for each in others:
            self.system.bury(each)
        # What is taken up is what a crash has left.
        self.end(wallet)
        for each in ["executed", point] if point == "taken" else [point]:
            if self.start(wallet, each, 1):
                until = time.monotonic() + PURSUIT
                while self.system.alive(wallet) and time.monotonic() < until:
                    time.sleep(0.05)
                if self.system.alive(wallet):
                    return
                self.count(f"{wallet} at {each}")
            self.system.bury(wallet)

    def mend(self):
        """Everything runs, and nothing dies any more."""
        for wallet in self.system.wallets:
            self.end(wallet)
            self.system.start(wallet)


def trade(trader, calm, stop):
    while not stop.is_set():
        trader.step()
        # All that is asked for is asked for again in the end.
        time.sleep(0.2 if calm.is_set() else trader.random.choice([0, 0, 0.05]))


def run(options, system):
    seed = options.seed
    with ThreadPoolExecutor(options.clients) as pool:
        traders = [
            Trader(f"client{number}", new_account(system)[1], random.Random(f"{seed}-{number}"))
            for number in range(options.clients)
        ]
        recovery, calm, stop = Recovery(system), threading.Event(), threading.Event()
        killer = Killer(system, random.Random(seed), recovery)
        try:
            trading = [pool.submit(trade, trader, calm, stop) for trader in traders]
            until = time.monotonic() + options.seconds
            while time.monotonic() < until:
                killer.turn()
                for each in trading:
                    if each.done():
                        each.result()
            calm.set()
            for point in POINTS:
                if point not in killer.met:
                    killer.pursue(point)
            killer.mend()
            stop.set()
            for each in trading:
                each.result()
            list(pool.map(Trader.resolve, traders))
            finished = system.wait_until_finished(DEADLINE)
            list(pool.map(Trader.take_back, traders))
            finished = finished and system.wait_until_finished(DEADLINE)
            time.sleep(0.5)
        finally:
            stop.set()
            recovery.close()
        list(pool.map(Trader.check, traders))
    violations = [text for trader in traders for text in trader.violations]
    if not finished:
        violations.append(f"orders are not finished after {DEADLINE} s")
    code, output = system.audit()
    if code:
        violations.append(f"lonja audit ended with {code}: {output}")
    for point in sorted(POINTS.keys() - killer.met):
        violations.append(f"nobody died at {point}, which {PURSUIT} s were given to alone")
    report(options, traders, killer, recovery, violations, output)
    return not violations


def report(options, traders, killer, recovery, violations, audit):
    for label, count in sorted(killer.kills.items()):
        print(f"  {label:<28} {count:>4}")
    points = killer.met
    sent = sum(trader.sent for trader in traders)
    print(f"  swaps of the brokerage       {sum(killer.swaps.values()):>4}  {dict(killer.swaps)}")
    print(f"  crash points met             {len(points):>4} of {len(POINTS)}")
    print(f"  requests                     {sent:>4}, {sum(trader.unanswered for trader in traders)} without an answer")
    print(f"  orders asked for             {sum(len(trader.requests) for trader in traders):>4}")
    events = {name: sum(getattr(trader, name, 0) for trader in traders) for name in ("splits", "dividends")}
    print(f"  splits and dividends         {events['splits']:>4}, {events['dividends']}")
    print(f"  audit: {audit.strip().splitlines()[-1] if audit.strip() else ''}")
    for text in violations[:40]:
        print(f"  VIOLATION {text}")
    kills, trades = sum(killer.kills.values()), sum(getattr(trader, "trades", 0) for trader in traders)
    longest = max(recovery.times, default=0)
    print(
        f"{options.processes}, seed {options.seed}: {kills} kills, {trades} trades, {len(violations)} violations,"
        f" longest recovery {longest:.1f} s"
    )


def main():
    parser = argparse.ArgumentParser(prog="Tests/Chaos/run")
    parser.add_argument("--seconds", type=int, default=60, help="how long there are kills, at least")
    parser.add_argument("--seed", type=int, default=None, help="of everything that is random")
    parser.add_argument("--processes", choices=["one", "many"], default="many")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--keep", action="store_true", help="keep logs and data")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    print(f"chaos: {options.seconds} s, {options.processes} process(es), seed {options.seed}")
    folder = tempfile.mkdtemp(prefix="lonja-chaos-")
    system, good = None, False
    try:
        system = System(folder, options.processes == "many")
        good = run(options, system)
    finally:
        if system:
            system.close()
        if good and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"  logs and data are in {folder}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
