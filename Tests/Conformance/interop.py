"""gRPC's interoperability cases between us and others, both ways. As a program it prints the matrix (`sh
Tests/Conformance/run`): 0 if every cell holds, 1 otherwise."""

import subprocess
import sys
import time

import negative
from harness import BINARIES, ROOT, Running

MADE = ROOT / ".build/interop"
GRPCIO = [sys.executable, ROOT / "Tests/Conformance/interop_grpcio.py"]
GO = [MADE / "interop-go"]
SERVERS = {"lonja": [BINARIES / "InteropServer"], "grpcio": [*GRPCIO, "server"], "grpc-go": [*GO, "server"]}
CLIENTS = {"lonja": [BINARIES / "InteropClient"], "grpcio": [*GRPCIO, "client"], "grpc-go": [*GO, "client"]}
LISTS = {"lonja": [BINARIES / "InteropClient", "--list"], "grpcio": [*GRPCIO, "list"], "grpc-go": [*GO, "list"]}
PAIRS = [("lonja", "lonja"), ("lonja", "grpcio"), ("lonja", "grpc-go"), ("grpcio", "lonja"), ("grpc-go", "lonja")]

UNTOLD = "grpcio does not tell its server whether a request was compressed; compressed_both_ways has part of it"
BY_REQUEST = "grpc-go 1.33 compresses an answer only where the request was; compressed_both_ways has part of it"
UNSEEN = "a client of it does not see when a message has gone out"
SIZES = "grpcio does not tell its client whether an answer was compressed: the sizes alone are looked at"
BY_STREAM = "nobody's balancer asks for the reports: the client of the case listens to the stream itself"
APART = "compresses all of a call or nothing: the compressed message and the plain one have a call each"

# What a peer cannot do, so that there is nothing to find out.
IMPOSSIBLE = {
    ("lonja", "grpcio", "client_compressed_unary"): UNTOLD,
    ("lonja", "grpcio", "client_compressed_streaming"): UNTOLD,
    ("lonja", "grpc-go", "server_compressed_unary"): BY_REQUEST,
    ("lonja", "grpc-go", "server_compressed_streaming"): BY_REQUEST,
    ("grpcio", "lonja", "orca_per_rpc"): "grpcio keeps the report from its caller",
    ("grpcio", "lonja", "pushback_at_client"): UNSEEN,
    ("grpc-go", "lonja", "pushback_at_client"): UNSEEN,
}
# What a cell that holds does not say.
NOTES = {
    **{(*pair, "orca_oob"): BY_STREAM for pair in PAIRS},
    ("grpcio", "lonja", "server_compressed_unary"): SIZES,
    ("grpcio", "lonja", "server_compressed_streaming"): SIZES,
    ("grpcio", "lonja", "client_compressed_streaming"): f"grpcio {APART}",
    ("grpc-go", "lonja", "client_compressed_streaming"): f"grpc-go {APART}",
}
# Of interop-test-descriptions.md, and why they are not here.
LEFT_OUT = {
    "cacheable_unary": "needs a caching proxy",
    "compute_engine_creds, jwt_token_creds, oauth2_auth_token, per_rpc_creds, google_default_credentials": "need a cloud",
}


def make_peers():
    """Builds what is not built: grpc-go's."""
    script = ROOT / "Tests/Interop/peers/go/build"
    done = subprocess.run(["sh", script, MADE], capture_output=True, text=True)
    assert done.returncode == 0, f"the peer on grpc-go was not built:\n{done.stdout}{done.stderr}"


def names(client="lonja"):
    return subprocess.run(LISTS[client], capture_output=True, text=True, check=True).stdout.split()


def run(client, server, wanted=()):
    """The lines of all cases of a pair, by their names: "ok NAME" or "FAILED NAME: why"."""
    possible = [name for name in wanted or names(client) if (client, server, name) not in IMPOSSIBLE]
    running = Running(SERVERS[server])
    try:
        address = f"127.0.0.1:{running.first_port()}"
        done = subprocess.run([*CLIENTS[client], address, *possible], capture_output=True, text=True, timeout=180)
        running.check_alive()
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        running.close()
    return {line.split()[1].rstrip(":"): line for line in done.stdout.splitlines()}


def run_negative(case):
    """Our client against the server of a negative case: the line."""
    behave, check = negative.CASES[case]
    with negative.Server(behave) as server:
        command = [*CLIENTS["lonja"], f"127.0.0.1:{server.port}", case]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        try:
            assert not server.problems, server.problems
            if check:
                check(server)
        except AssertionError as problem:
            return f"FAILED {case}: {problem}"
    return done.stdout.strip() or f"FAILED {case}: {done.stderr.strip()}"


def row(name, cells):
    print(f"{name:<30}" + "".join(f"{cell:<19}" for cell in cells))


def main():
    make_peers()
    results, times = {}, []
    for client, server in PAIRS:
        begun = time.monotonic()
        results[client, server] = run(client, server)
        times.append(f"{time.monotonic() - begun:.1f} s")
    failures, foot = [], []

    def cell(client, server, case):
        key = (client, server, case)
        line = results[client, server].get(case)
        about = IMPOSSIBLE.get(key) or NOTES.get(key)
        if about and about not in foot:
            foot.append(about)
        mark = f" ({foot.index(about) + 1})" if about else ""
        if key in IMPOSSIBLE:
            return f"-{mark}"
        if line == f"ok {case}":
            return f"ok{mark}"
        failures.append(f"{client} calls {server}: {line or f'no line for {case}'}")
        return "FAILED"

    row("client calls server", [f"{client}>{server}" for client, server in PAIRS])
    for case in names():
        row(case, [cell(client, server, case) for client, server in PAIRS])
    row("seconds", times)
    print("\nour client against a server of frames")
    for case in negative.CASES:
        line = run_negative(case)
        row(case, ["ok" if line == f"ok {case}" else "FAILED"])
        if line != f"ok {case}":
            failures.append(line)
    print()
    for number, text in enumerate(foot, 1):
        print(f"({number}) {text}")
    for case, why in LEFT_OUT.items():
        print(f"left out: {case}: {why}")
    print(f"\n{len(failures)} of them fail" if failures else "\nall hold")
    for failure in failures:
        print(f"  {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
