"""Sends mails while the mail driver is swapped SendGrid → SMTP → a newer build of SMTP → SendGrid at random moments, and
counts at the receiving ends: see run. Exit code 1 when anything was lost, doubled by a swap, or held up for long."""

import argparse
import asyncio
import collections
import random
import sys
import time

from ends import KEY, Ends
from host import MailHost
from load import Load
from postgres import Postgres

LONGEST = 0.250  # seconds that a request may take because of a swap
CONCURRENCY = 64  # mails that a host sends at once
MARKED_AT_ONCE = 64  # mails that were taken over and whose mark as sent is on its way to the database

parser = argparse.ArgumentParser()
parser.add_argument("--mails", type=int, default=2000)
parser.add_argument("--kill", action="store_true", help="kill -9 of the host in the middle, twice")
parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
parser.add_argument("--width", type=int, default=32, help="requests at once")
parser.add_argument("--rate", type=float, default=400, help="requests a second; 0 for as fast as it goes")
options = parser.parse_args()
dice = random.Random(options.seed)


class Swaps:
    """The swaps of a run: each begins when so many mails have been accepted, which is random."""

    ORDER = ["sendgrid", "smtp", "smtp (newer build)", "sendgrid"]

    def __init__(self, host):
        self.host, self.windows, self.count, self.failures = host, [], 0, []
        self.builds = {host.slot()["current"]["sha256"]}

    def one(self, wanted):
        driver = wanted.split(" ")[0]
        if wanted != driver:
            self.count += 1
            self.host.install("libSMTPDriver.so", tail=f"newer build {self.count}".encode())
        before = self.host.slot()["current"]
        start = time.time()
        code, said, complaint = self.host.swap(driver)
        self.windows.append((start, time.time()))
        after = self.host.slot()["current"]
        self.builds.add(after["sha256"])
        if code or after["name"] != driver or (wanted != driver and after["sha256"] == before["sha256"]):
            self.failures.append(f"{wanted}: exit code {code}: {said} {complaint} {after}")
        print(f"  {time.strftime('%H:%M:%S')} {said or complaint}  ({(self.windows[-1][1] - start) * 1000:.0f} ms)")


async def run(host, ends):
    load = Load(options.mails, options.width, options.seed, options.rate)
    swaps = Swaps(host)
    # One round at random moments is asked for; the more mails, the more rounds.
    rounds = max(1, options.mails // 4000)
    wanted = Swaps.ORDER[1:] * rounds
    moments = sorted(dice.sample(range(options.mails // 20, max(options.mails * 19 // 20, len(wanted) + 1)), len(wanted)))
    kills = sorted(dice.sample(range(options.mails // 4, options.mails * 3 // 4), 2)) if options.kill else []
    done = asyncio.Event()
    state = {"accepted": 0}
    killed = 0

    def progress(count):
        state["accepted"] = count

    async def direct():
        nonlocal killed
        events = sorted([(at, "swap", each) for at, each in zip(moments, wanted)] + [(at, "kill", "") for at in kills])
        for at, what, driver in events:
            while state["accepted"] < at and not done.is_set():
                await asyncio.sleep(0.005)
            # Not always where a request has just ended.
            await asyncio.sleep(dice.random() * 0.05)
            if what == "swap":
                await asyncio.to_thread(swaps.one, driver)
                continue
            print(f"  {time.strftime('%H:%M:%S')} kill -9")
            host.kill()
            killed += 1
            await asyncio.to_thread(host.start)

    director = asyncio.create_task(direct())
    begin = time.monotonic()
    await load.run(host.rpc, progress)
    done.set()
    await director
    accepted_in = time.monotonic() - begin
    # What a killed host had under way waits for the end of its lease.
    patience = time.monotonic() + (150 if options.kill else 60) + options.mails / 200
    sent = set(load.accepted)
    while time.monotonic() < patience:
        if sent <= {mail["outboxID"] for mail in ends.mails()}:
            break
        await asyncio.sleep(0.2)
    delivered_in = time.monotonic() - begin
    # One that comes twice comes late.
    await asyncio.sleep(3)
    return report(host, ends, load, swaps, killed, accepted_in, delivered_in)


def report(host, ends, load, swaps, killed, accepted_in, delivered_in):
    mails = ends.mails()
    sent = set(load.accepted)
    copies = collections.defaultdict(list)
    for mail in mails:
        copies[mail["outboxID"]].append(mail)
    lost = sent - set(copies)
    foreign = set(copies) - sent
    twice = {key: found for key, found in copies.items() if len(found) > 1}
    duplicates = sum(len(found) - 1 for found in twice.values())
    other_ids = sum(len({mail["messageID"] for mail in found}) > 1 for found in twice.values())
    other_text = sum(len({(mail["subject"], mail["text"].strip()) for mail in found}) > 1 for found in twice.values())

    def in_swap(span):
        return any(span[0] < end + 0.5 and span[1] > start for start, end in swaps.windows)

    during = [end - start for start, end in load.times if in_swap((start, end))]
    beside = sorted(end - start for start, end in load.times if not in_swap((start, end)))
    arrivals = sorted(mail["time"] for mail in mails)
    gap = max((later - earlier for earlier, later in zip(arrivals, arrivals[1:])), default=0)
    problems = [mail["problems"] for mail in mails if mail["problems"]]
    slot = host.slot()
    by_driver = collections.Counter(mail["via"] for mail in mails)
    longest, usual = max(during, default=0), beside[-1] if beside else 0
    allowed = killed * (CONCURRENCY + MARKED_AT_ONCE)
    print(
        f"\nmails      {options.mails} asked for, {len(sent)} sent (accepted) in {accepted_in:.1f} s, delivered in "
        f"{delivered_in:.1f} s ({len(sent) / delivered_in:.0f}/s)\n"
        f"received   {len(mails)}: {', '.join(f'{count} by {name}' for name, count in sorted(by_driver.items()))}\n"
        f"lost       {len(lost)}\n"
        f"duplicates {duplicates} by {killed} kills (at most {allowed}), {duplicates if not killed else 0} by swaps; "
        f"{other_ids} with another message id, {other_text} with another text\n"
        f"swaps      {len(swaps.windows)} done, {len(swaps.failures)} not as wanted, {slot['abandonedCalls']} calls cut off, "
        f"{len(swaps.builds)} builds, {slot['current']['name']} serves\n"
        f"requests   longest during a swap {longest * 1000:.0f} ms (at most {LONGEST * 1000:.0f}), beside swaps "
        f"{usual * 1000:.0f} ms, median {beside[len(beside) // 2] * 1000 if beside else 0:.1f} ms\n"
        f"arrivals   longest time without one {gap * 1000:.0f} ms\n"
        f"seed       {options.seed}"
    )
    complaints = [f"a swap went wrong: {each}" for each in swaps.failures]
    if lost:
        complaints.append(f"lost: {sorted(lost)[:5]}")
    if load.refused:
        complaints.append(f"{len(load.refused)} refused, the first: {load.refused[0]}")
    if foreign and not killed:
        complaints.append(f"{len(foreign)} mails that nobody sent")
    if duplicates > allowed:
        complaints.append("more duplicates than kills explain")
    if other_ids or other_text:
        complaints.append("a second copy is not the same mail")
    if problems:
        complaints.append(f"a mail is malformed: {problems[0]}")
    # A machine that is slow by itself is not the swap's fault.
    if longest > LONGEST and longest > 1.5 * usual:
        complaints.append("a swap held up a request")
    for each in complaints:
        print(f"FAILED: {each}")
    return not complaints


def main():
    postgres = Postgres()
    ends = Ends()
    host = None
    try:
        host = MailHost(ends, postgres, KEY, settings={"concurrency": CONCURRENCY})
        good = asyncio.run(run(host, ends))
        if not good:
            print(host.output[-3000:])
    finally:
        if host:
            host.close()
        ends.close()
        postgres.close()
    sys.exit(0 if good else 1)


main()
