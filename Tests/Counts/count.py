"""Counts the instructions (valgrind's callgrind) and allocations (a preloaded library) of a call, and holds them against
thresholds.json. Each program runs twice, the second time with more calls: the difference is what those cost, without start
and end. Counts do not depend on how busy the machine is; they do on compiler and libraries. Started by `run` and Tests/run.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import wire

HERE = Path(__file__).resolve().parent
CASES = {
    "direct": "the handler itself",
    "local": "call within the process",
    "deadline": "the same, the caller sets a deadline",
    "client": "call over HTTP/2, the client's side",
    "server": "call over HTTP/2, the server's side",
    "http": "GET over HTTP/1.1, the server's side",
}
# More instructions than the threshold by this share and this number fail (how threads begin differs a little from run to
# run); allocations by this number.
INSTRUCTIONS_OVER = 0.03
INSTRUCTIONS_SPREAD = 200
ALLOCATIONS_OVER = 0.2
CALLS = {"instructions": (200, 700), "allocations": (500, 2500)}


def run(program, case, calls, kind, folder, extra=False):
    """The whole count of one process that makes or answers so many calls."""
    name = f"{folder}/{case}-{kind}-{calls}-{extra}"
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    command = [program, case]
    if extra:
        environment["COUNTED_EXTRA"] = "1"
    if kind == "instructions":
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={name}", "--", *command]
    else:
        environment |= {"LD_PRELOAD": f"{folder}/allocations.so", "COUNTED_ALLOCATIONS": name}
    responder = wire.Responder() if case == "client" else None
    if case in ("direct", "local", "deadline", "client"):
        command += [str(calls)] + ([str(responder.port)] if responder else [])
    with open(f"{name}.err", "wb") as errors:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
    try:
        if case in ("server", "http"):
            port = int(re.search(rb"(\d+)\s*$", process.stdout.readline()).group(1))
            (wire.call_server if case == "server" else wire.get_server)(port, calls)
        process.communicate(timeout=300)
    finally:
        process.kill()
        if responder:
            responder.close()
    if process.returncode != 0:
        sys.exit(f"Tests/Counts: {' '.join(command)} ended with {process.returncode}:\n{Path(f'{name}.err').read_text()[-2000:]}")
    pattern = r"^totals: (\d+)" if kind == "instructions" else r"^(\d+)"
    return int(re.search(pattern, Path(name).read_text(), re.M).group(1))


def count(program, folder, cases, kinds, extra=False):
    """What one call costs: {case: {kind: number}}."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        jobs = {(case, kind, calls): pool.submit(run, program, case, calls, kind, folder, extra)
                for kind in kinds for case in cases for calls in CALLS[kind]}
        found = {key: job.result() for key, job in jobs.items()}
    return {case: {kind: (found[case, kind, CALLS[kind][1]] - found[case, kind, CALLS[kind][0]])
                   / (CALLS[kind][1] - CALLS[kind][0]) for kind in kinds} for case in cases}


def build_counter(folder):
    subprocess.run(["clang", "-O2", "-fPIC", "-shared", "-o", f"{folder}/allocations.so", str(HERE / "allocations.c")], check=True)


def stripped(folder, binaries):
    """The program and its libraries without debug information, which valgrind cannot read; the code is the same."""
    for name in ("CountedWork", "libMeshKit.so", "libContracts.so"):
        subprocess.run(["strip", "--strip-debug", "-o", f"{folder}/{name}", f"{binaries}/{name}"], check=True)
    return f"{folder}/CountedWork"


def sees_one_more(program, folder):
    """One allocation more in the handler must be seen, or the counts say nothing."""
    cases = ["direct", "local", "server"]
    plain, more = (count(program, folder, cases, ["allocations"], extra) for extra in (False, True))
    for case in cases:
        difference = more[case]["allocations"] - plain[case]["allocations"]
        if not 0.9 < difference < 1.1:
            sys.exit(f"Tests/Counts: an allocation more in each call changes {case} by {difference:.2f}, not by 1")
    print("an allocation more in each call is seen: " + ", ".join(
        f"{case} {plain[case]['allocations']:.2f} -> {more[case]['allocations']:.2f}" for case in cases))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--configuration", choices=["debug", "release"], required=True)
    parser.add_argument("--write", action="store_true", help="makes what is counted the thresholds")
    parser.add_argument("--repeat", type=int, default=1, help="counts so often, and prints the spread")
    parser.add_argument("--only")
    options = parser.parse_args()
    cases = options.only.split(",") if options.only else list(CASES)
    file = HERE / "thresholds.json"
    thresholds = json.loads(file.read_text()) if file.exists() else {}
    known = thresholds.setdefault(options.configuration, {})

    with tempfile.TemporaryDirectory() as folder:
        build_counter(folder)
        program = stripped(folder, options.bin)
        sees_one_more(program, folder)
        rounds = [count(program, folder, cases, ["instructions", "allocations"]) for _ in range(options.repeat)]
    failures = []
    print(f"{options.configuration}; a call:{'':26}{'instructions':>14}{'threshold':>12}{'allocations':>13}{'threshold':>11}")
    for case in cases:
        found = {kind: max(round_[case][kind] for round_ in rounds) for kind in ("instructions", "allocations")}
        if options.write:
            known[case] = {"instructions": round(found["instructions"]), "allocations": round(found["allocations"], 1)}
        limit = known.get(case) or sys.exit(f"Tests/Counts: there is no threshold for {case}; --write makes one")
        print(f"  {CASES[case]:36}{found['instructions']:14,.0f}{limit['instructions']:12,}"
              f"{found['allocations']:13.2f}{limit['allocations']:11.1f}")
        if found["instructions"] > limit["instructions"] * (1 + INSTRUCTIONS_OVER) + INSTRUCTIONS_SPREAD:
            failures.append(f"{case}: {found['instructions']:,.0f} instructions, {limit['instructions']:,} allowed")
        if found["allocations"] > limit["allocations"] + ALLOCATIONS_OVER:
            failures.append(f"{case}: {found['allocations']:.2f} allocations, {limit['allocations']} allowed")
        if options.repeat > 1:
            for kind in ("instructions", "allocations"):
                numbers = sorted(round_[case][kind] for round_ in rounds)
                spread = (numbers[-1] - numbers[0]) / numbers[0] if numbers[0] else 0
                print(f"      {kind} of {options.repeat}: {numbers[0]:,.2f} to {numbers[-1]:,.2f} ({spread:.3%})")
    if "local" in cases and "direct" in cases:
        beyond = max(round_["local"]["allocations"] - round_["direct"]["allocations"] for round_ in rounds)
        print(f"  a call within the process has {beyond:.2f} allocations beyond its handler's")
    if options.write:
        file.write_text(json.dumps(thresholds, indent=4) + "\n")
    if failures:
        sys.exit("Tests/Counts: over the threshold\n" + "\n".join(f"  {line}" for line in failures))


if __name__ == "__main__":
    main()
