"""Measures Lonja and its peers in one run and prints a table. Started by `run`; needs only the standard library.

Throughput: h2load sends a gRPC-framed unary echo (32 bytes of text). In the pinned rows every server has core 0 to itself
with one worker (one loop, GOMAXPROCS=1, gRPC C++ confined to the core) and h2load has core 1; in the free rows servers
use as many workers as they like and share all cores with h2load. Servers take turns within a round; figures are
medians over the rounds and a ratio is the median of the rounds' ratios.
"""

import argparse
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

METHOD = "/lonja.test.v1.Echo/Unary"
TEXT = b"thirty-two bytes of plain text.."
MESSAGE = b"\x0a" + bytes([len(TEXT)]) + TEXT
FRAMED = b"\x00" + struct.pack(">I", len(MESSAGE)) + MESSAGE
HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


def fail(text):
    sys.exit(f"Tests/Benchmarks: {text}")


class Server:
    """One server process and how to start it pinned or free. The first line it prints is its port."""

    def __init__(self, name, command, pinned, environment=None):
        self.name = name
        prefix = ["taskset", "-c", "0"] if pinned else []
        self.process = subprocess.Popen(
            prefix + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
        )
        line = self.process.stdout.readline().decode()
        found = re.search(r"(\d+)\s*$", line)
        if not found:
            self.stop()
            fail(f"{name} printed {line!r} instead of its port")
        self.port = int(found.group(1))

    def check(self, body):
        """One call through curl: the answer must be the echo, with grpc-status 0."""
        answer = subprocess.run(
            ["curl", "-sS", "--max-time", "5", "--http2-prior-knowledge", "-D", "-", *HEADERS, "--data-binary", f"@{body}",
             f"http://127.0.0.1:{self.port}{METHOD}"],
            capture_output=True,
        )
        if TEXT not in answer.stdout or b"grpc-status: 0" not in answer.stdout:
            fail(f"{self.name} does not echo: {answer.stdout!r} {answer.stderr!r}")

    def stop(self):
        self.process.kill()
        self.process.wait()


def h2load(server, body, streams, seconds, pinned, warm_up="300ms", connections=8):
    """Requests a second of one run, and those of its slowest connection as a share of the fastest one's; any error ends
    the benchmark."""
    prefix = ["taskset", "-c", "1"] if pinned else []
    result = subprocess.run(
        prefix + ["h2load", "-c", str(connections), "-m", str(streams), "-t", "1", "-D", str(seconds), f"--warm-up-time={warm_up}", "-d", body,
                  *HEADERS, f"http://127.0.0.1:{server.port}{METHOD}"],
        capture_output=True, text=True,
    )
    rate = re.search(r"finished in [^,]*, ([\d.]+) req/s", result.stdout)
    counts = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", result.stdout)
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", result.stdout)
    if not rate or not counts or not codes or any(int(n) for n in counts.groups()) or any(int(n) for n in codes.groups()[1:]):
        fail(f"h2load against {server.name}:\n{result.stdout}\n{result.stderr}")
    each = re.search(r"^req/s\s*:\s*([\d.]+)\s+([\d.]+)", result.stdout, re.M)
    return float(rate.group(1)), float(each.group(1)) / float(each.group(2))


def throughput(commands, pinned, options, body):
    rates = {(name, streams): [] for name in commands for streams in (1, 100)}
    for _ in range(options.rounds):
        for name, (command, environment) in commands.items():
            server = Server(name, command, pinned, environment)
            try:
                server.check(body)
                for streams in (1, 100):
                    rates[name, streams].append(h2load(server, body, streams, options.seconds, pinned)[0])
            finally:
                server.stop()
    return rates


def print_throughput(title, rates, names, ours):
    print(f"\n{title}")
    print(f"  {'requests/s (median)':34}{'8 x 1':>12}{'8 x 100':>12}")
    for name in names:
        print(f"  {name:34}" + "".join(f"{statistics.median(rates[name, s]):12,.0f}" for s in (1, 100)))
    if ours in names:
        for name in names:
            if name != ours:
                ratios = [statistics.median(a / b for a, b in zip(rates[ours, s], rates[name, s])) for s in (1, 100)]
                print(f"  {'ratio to ' + name:34}" + "".join(f"{r:11.2f}x" for r in ratios))


def spread(binaries, options, body):
    """One acceptor that hands out connections in turn beside a listening socket for each loop (SO_REUSEPORT)."""
    servers = {"one acceptor": {}, "SO_REUSEPORT": {"ECHO_SPREAD": "perLoop"}}
    runs = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, environment in servers.items():
            server = Server(name, [f"{binaries}/EchoServer"], False, environment)
            try:
                runs[name].append(h2load(server, body, 100, options.seconds, False))
            finally:
                server.stop()
    print("\nHow connections come to loops (8 x 100, one loop per core, cores shared with h2load)")
    print(f"  {'':34}{'requests/s':>12}{'slowest connection of fastest: median, worst':>48}")
    for name, pairs in runs.items():
        evenness = [pair[1] for pair in pairs]
        print(f"  {name:34}{statistics.median(pair[0] for pair in pairs):12,.0f}"
              f"{f'{statistics.median(evenness):.0%}, {min(evenness):.0%}':>48}")


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def health_request(stream):
    """Health.Check of the whole server, as the frames a client sends."""
    fields = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/grpc.health.v1.Health/Check"),
              (b":authority", b"localhost"), (b"content-type", b"application/grpc"), (b"te", b"trailers")]
    block = b"".join(literal(name, value) for name, value in fields)
    return frame(1, 4, stream, block) + frame(0, 1, stream, b"\x00\x00\x00\x00\x00")


def serving(port, until):
    """True when the server on this port answers SERVING; tries each 0.2 ms until then."""
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b""))
                stream, received = 1, b""
                connection.sendall(health_request(stream))
                while time.monotonic() < until:
                    chunk = connection.recv(65536)
                    if not chunk:
                        break
                    received += chunk
                    while len(received) >= 9:
                        length = int.from_bytes(received[:3], "big")
                        if len(received) < 9 + length:
                            break
                        kind, payload, received = received[3], received[9:9 + length], received[9 + length:]
                        if kind == 0 and payload == b"\x00\x00\x00\x00\x02\x08\x01":
                            return True
                        if kind == 0 and payload:
                            stream += 2
                            connection.sendall(health_request(stream))
        except OSError:
            time.sleep(0.0002)
    return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def memory(pid):
    """Anonymous (its own for certain), private and resident memory in MB."""
    fields = dict(re.findall(r"^(\w+):\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M))
    private = int(fields["Private_Clean"]) + int(fields["Private_Dirty"])
    return int(fields["Anonymous"]) / 1024, private / 1024, int(fields["Rss"]) / 1024


def serve(binaries, plugin, folder, port):
    environment = {**os.environ, "LONJA_PLUGIN": plugin, "LONJA_RPC_LISTEN": f"127.0.0.1:{port}",
                   "LONJA_HTTP_LISTEN": f"127.0.0.1:{free_port()}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{free_port()}"}
    return subprocess.Popen([f"{binaries}/lonja", "serve"], env=environment, cwd=folder,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def start_up(binaries, runs):
    """Milliseconds from exec of `lonja serve` with market to SERVING, and its memory after two idle seconds, beside
    another service: pages of libraries that both have count as shared, as on a node of a cluster."""
    times, figures = [], []
    with tempfile.TemporaryDirectory() as folder:
        other_port = free_port()
        other = serve(binaries, "wallet", folder, other_port)
        try:
            if not serving(other_port, time.monotonic() + 20):
                fail("lonja serve (wallet) is not SERVING after 20 s")
            for run in range(runs):
                port = free_port()
                begin = time.monotonic()
                process = serve(binaries, "market", folder, port)
                try:
                    if not serving(port, begin + 20):
                        process.kill()
                        fail(f"lonja serve is not SERVING after 20 s:\n{process.stderr.read().decode()}")
                    times.append((time.monotonic() - begin) * 1000)
                    if run < 3:
                        time.sleep(2)
                        figures.append(memory(process.pid))
                finally:
                    process.kill()
                    process.wait()
        finally:
            other.kill()
            other.wait()
    return times, [statistics.median(column) for column in zip(*figures)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--own", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--peers-only", action="store_true")
    options = parser.parse_args()

    cores = len(os.sched_getaffinity(0))
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    print(f"{cores} cores, {model.group(1) if model else 'unknown processor'}; load {os.getloadavg()[0]:.2f} before the run")
    if cores < 2:
        fail("two cores are needed: one for the server, one for h2load")

    lonja = {} if options.peers_only else {"Lonja": ([f"{options.bin}/EchoServer"], {"LONJA_HOST_LOOPS": "1"})}
    lonja_free = {} if options.peers_only else {"Lonja": ([f"{options.bin}/EchoServer"], {})}
    peers = {"grpc-go 1.33": ([f"{options.peers}/peer-go", "1"], {}), "gRPC C++ 1.51": ([f"{options.peers}/peer-cpp"], {})}
    peers_free = {**peers, "grpc-go 1.33": ([f"{options.peers}/peer-go"], {})}
    with tempfile.TemporaryDirectory() as folder:
        body = f"{folder}/body"
        Path(body).write_bytes(FRAMED)
        for title, commands, pinned in (
            ("Unary echo, one core and one worker each (server on core 0, h2load on core 1)", {**lonja, **peers}, True),
            ("Unary echo, default workers, cores shared with h2load", {**lonja_free, **peers_free}, False),
        ):
            rates = throughput(commands, pinned, options, body)
            print_throughput(title, rates, list(commands), "Lonja")
            sys.stdout.flush()
        if options.peers_only:
            return
        spread(options.bin, options, body)

    print("\nIn-process call (typed, nothing serialised)")
    local = subprocess.run([f"{options.own}/LocalCallBenchmark"], capture_output=True, text=True)
    if local.returncode:
        fail(f"LocalCallBenchmark: {local.stderr}")
    print("\n".join("  " + line for line in local.stdout.splitlines()))

    times, (anonymous, private, resident) = start_up(options.bin, options.starts)
    print("\nlonja serve, LONJA_PLUGIN=market, beside another lonja serve")
    print(f"  start to SERVING     median {statistics.median(times):8.1f} ms   worst {max(times):.1f} ms of {len(times)}")
    print(f"  idle memory          private {private:7.1f} MB (anonymous {anonymous:.1f})   resident {resident:.1f} MB")


if __name__ == "__main__":
    main()
