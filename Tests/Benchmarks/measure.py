"""Measures Lonja and its peers in one run and prints tables. Started by `run`; needs only the standard library.

Throughput: h2load sends gRPC-framed calls. In the pinned rows every server has core 0 to itself with one worker (one loop,
GOMAXPROCS=1, one event loop of NIO, gRPC C++ confined to the core) and h2load has core 1; in the free rows servers use as
many workers as they like and share all cores with h2load. Servers take turns within a round; figures are medians over the
rounds and a ratio is the median of the rounds' ratios. Processor time is what the kernel counts for the server while h2load
runs, warm-up included, for each request (or message, where those are counted).
"""

import argparse
import os
import re
import resource
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Counts"))
import count as counts  # noqa: E402  the allocations of calls within the process

ECHO = "/lonja.test.v1.Echo/"
TEXT = b"thirty-two bytes of plain text.."
HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]
WARM_UP = 0.3
MESSAGES = 100
IDLE = 10_000
# Seconds that h2load may take to connect and to end beside those it measures.
PATIENCE = 30


def fail(text):
    sys.exit(f"Tests/Benchmarks: {text}")


def varint(number):
    done = b""
    while number > 0x7F:
        done += bytes([number & 0x7F | 0x80])
        number >>= 7
    return done + bytes([number])


def framed(text, count=0):
    """A request of Echo with gRPC's prefix."""
    message = b"\x0a" + varint(len(text)) + text + (b"\x10" + varint(count) if count else b"")
    return b"\x00" + struct.pack(">I", len(message)) + message


class Case:
    """What h2load is asked to do."""

    def __init__(self, title, connections, streams, method="Unary", text=TEXT, messages=0, tls=False):
        self.title, self.connections, self.streams, self.tls = title, connections, streams, tls
        self.path, self.messages = ECHO + method, messages
        self.body = framed(text, messages)

    def __str__(self):
        return f"{self.connections} x {self.streams}"


CASES = [
    Case("1 x 1", 1, 1), Case("1 x 100", 1, 100), Case("8 x 1", 8, 1), Case("8 x 100", 8, 100),
    Case("64 KiB 8x10", 8, 10, text=b"x" * 65536),
    Case("messages", 8, 10, method="Expand", messages=MESSAGES),
    *(Case(f"TLS {connections} x {streams}", connections, streams, tls=True) for connections in (1, 8) for streams in (1, 100)),
]
FREE = [Case("8 x 1", 8, 1), Case("8 x 100", 8, 100)]


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

    def check(self, case, folder):
        """One call through curl: the answer must be the echo, as often as asked, with grpc-status 0."""
        body = f"{folder}/checked"
        Path(body).write_bytes(case.body)
        scheme = ["-k", "--http2"] if case.tls else ["--http2-prior-knowledge"]
        answer = subprocess.run(
            ["curl", "-sS", "--max-time", "20", *scheme, "-D", "-", *HEADERS, "--data-binary", f"@{body}",
             f"{'https' if case.tls else 'http'}://127.0.0.1:{self.port}{case.path}"],
            capture_output=True,
        )
        said = case.body[5:].split(b"\x10")[0][-32:]
        if answer.stdout.count(said) < max(case.messages, 1) or b"grpc-status: 0" not in answer.stdout:
            fail(f"{self.name} does not echo ({case.title}): {answer.stdout[-300:]!r} {answer.stderr!r}")

    def speaks_tls(self):
        """Whether it answers a handshake, and takes HTTP/2."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as plain:
                with context.wrap_socket(plain) as connection:
                    return connection.selected_alpn_protocol() == "h2"
        except OSError:
            return False

    def processor_time(self):
        """Seconds so far, of the threads that there are."""
        files = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(file.read_text().split()[0]) for file in files) / 1e9

    def status(self, name):
        """A size of /proc/PID/status in bytes."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M).group(1)) * 1024

    def stop(self):
        self.process.kill()
        self.process.wait()


class Unfinished(Exception):
    """h2load has not ended long after its time."""


class Run:
    """Figures of one run of h2load: requests (or messages) a second, those of the slowest connection as a share of the
    fastest one's, and microseconds of the server's processor time each. Any error ends the benchmark."""

    def __init__(self, server, case, seconds, pinned, folder, warm_up=WARM_UP):
        body = f"{folder}/{case.title.replace(' ', '')}"
        Path(body).write_bytes(case.body)
        prefix = ["taskset", "-c", "1"] if pinned else []
        before = server.processor_time()
        command = prefix + [
            "h2load", "-c", str(case.connections), "-m", str(case.streams), "-t", "1", "-D", str(seconds),
            f"--warm-up-time={int(warm_up * 1000)}ms", "-d", body, *HEADERS,
            f"{'https' if case.tls else 'http'}://127.0.0.1:{server.port}{case.path}",
        ]
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + warm_up + PATIENCE)
        except subprocess.TimeoutExpired:
            raise Unfinished(f"h2load against {server.name} ({case.title}) has not ended after {PATIENCE} s more") from None
        spent = server.processor_time() - before
        rate = re.search(r"finished in [^,]*, ([\d.]+) req/s", result.stdout)
        numbers = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", result.stdout)
        codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", result.stdout)
        if not rate or not numbers or not codes or float(rate.group(1)) == 0 or any(int(n) for n in numbers.groups()) or any(
                int(n) for n in codes.groups()[1:]):
            fail(f"h2load against {server.name} ({case.title}):\n{result.stdout}\n{result.stderr}")
        each = re.search(r"^req/s\s*:\s*([\d.]+)\s+([\d.]+)", result.stdout, re.M)
        times = max(case.messages, 1)
        self.rate = float(rate.group(1)) * times
        self.evenness = float(each.group(1)) / float(each.group(2))
        self.microseconds = spent * 1e6 / (self.rate * (seconds + warm_up))


def certificate(folder):
    """A certificate of its own for the servers, for a day."""
    files = {"ECHO_TLS_CERTIFICATE": f"{folder}/certificate.pem", "ECHO_TLS_KEY": f"{folder}/key.pem"}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", files["ECHO_TLS_CERTIFICATE"],
         "-keyout", files["ECHO_TLS_KEY"]],
        check=True, capture_output=True,
    )
    return files


def throughput(commands, cases, pinned, options, folder, tls_files):
    """{(server, case): [Run]}, {server: peak memory in bytes}, and those that speak no TLS."""
    runs, peak, without = {}, {}, set()
    for _ in range(options.rounds):
        for name, (command, environment) in commands.items():
            for is_tls in sorted({case.tls for case in cases}):
                server = Server(name, command, pinned, {**environment, **(tls_files if is_tls else {})})
                try:
                    if is_tls and not server.speaks_tls():
                        without.add(name)
                        continue
                    for case in cases:
                        if case.tls == is_tls:
                            server.check(case, folder)
                            runs.setdefault((name, case.title), []).append(Run(server, case, options.seconds, pinned, folder))
                    if not is_tls:
                        peak[name] = max(peak.get(name, 0), server.status("VmHWM"))
                finally:
                    server.stop()
    return runs, peak, without


def row(title, texts):
    print(f"  {title:34}" + "".join(f"{text:>13}" for text in texts))


def print_throughput(title, cases, results, names, ours="Lonja"):
    runs, peak, without = results
    print(f"\n{title}")
    row("a second (median)", [case.title for case in cases] + ["peak memory"])

    def medians(name, kind, text):
        return [text(statistics.median(getattr(run, kind) for run in runs[name, case.title]))
                if (name, case.title) in runs else "-" for case in cases]

    for name in names:
        row(name, medians(name, "rate", "{:,.0f}".format) + [f"{peak[name] / 1e6:.1f} MB"])
    for name in names:
        row(f"processor time, {name}", medians(name, "microseconds", "{:.2f} µs".format))
    for name in names:
        if name != ours and ours in names:
            pairs = [list(zip(runs.get((ours, case.title), []), runs.get((name, case.title), []))) for case in cases]
            row(f"ratio to {name}", [f"{statistics.median(a.rate / b.rate for a, b in pair):.2f}x" if pair else "-" for pair in pairs])
    for name in sorted(without):
        print(f"  {name} is left out of TLS: it does not answer a handshake (ECHO_TLS_CERTIFICATE, ECHO_TLS_KEY)")
    sys.stdout.flush()


def spread(binaries, options, folder):
    """One acceptor that hands out connections in turn beside a listening socket for each loop (SO_REUSEPORT)."""
    servers = {"one acceptor": {}, "SO_REUSEPORT": {"ECHO_SPREAD": "perLoop"}}
    runs = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, environment in servers.items():
            server = Server(name, [f"{binaries}/EchoServer"], False, environment)
            try:
                runs[name].append(Run(server, FREE[1], options.seconds, False, folder))
            finally:
                server.stop()
    print("\nHow connections come to loops (8 x 100, one loop per core, cores shared with h2load)")
    print(f"  {'':34}{'requests/s':>13}{'slowest connection of fastest: median, worst':>48}")
    for name, found in runs.items():
        evenness = [run.evenness for run in found]
        print(f"  {name:34}{statistics.median(run.rate for run in found):13,.0f}"
              f"{f'{statistics.median(evenness):.0%}, {min(evenness):.0%}':>48}")


def open_idle(port, number):
    """Connections whose server has sent its SETTINGS and got ours, from several addresses of this machine; a hundred at a
    time, so that no queue of the kernel's overflows."""
    opened = []
    while len(opened) < number:
        batch = []
        for index in range(min(100, number - len(opened))):
            connection = socket.socket()
            connection.settimeout(30)
            connection.bind((f"127.0.0.{2 + index}", 0))
            connection.connect(("127.0.0.1", port))
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(4, 1, 0, b""))
            batch.append(connection)
        for connection in batch:
            if len(connection.recv(65536)) < 9:
                fail(f"a server has closed one of {len(opened) + len(batch)} idle connections")
        opened += batch
    return opened


def idle(commands):
    """What an idle connection costs in a server's memory; the kernel's buffers are not in it."""
    print(f"\nIdle connections ({IDLE:,}), memory of the process")
    row("", ["each", "before", "with them"])
    for name, (command, environment) in commands.items():
        server = Server(name, command, False, environment)
        try:
            # What the first ones make is kept for all.
            for connection in open_idle(server.port, 200):
                connection.close()
            time.sleep(1)
            before = server.status("VmRSS")
            opened = open_idle(server.port, IDLE)
            time.sleep(1)
            after = server.status("VmRSS")
            for connection in opened:
                connection.close()
        finally:
            server.stop()
        row(name, [f"{(after - before) / IDLE:,.0f} B", f"{before / 1e6:.1f} MB", f"{after / 1e6:.1f} MB"])
    sys.stdout.flush()


def scale(commands, options, folder):
    """Processor time of a request over the number of connections, one request in flight on each."""
    cases = [Case(f"{number:,}", number, 1) for number in (10, 100, 1000, 10_000)]
    print("\nCost of a request by the number of connections, one in flight on each (server on core 0, h2load on core 1)")
    row("processor time of a request", [case.title for case in cases] + ["last / first"])
    for name, (command, environment) in commands.items():
        server = Server(name, command, True, environment)
        runs, left_out = [], None
        try:
            for case in cases:
                runs.append(Run(server, case, options.seconds, True, folder, warm_up=2 if case.connections > 1000 else 1))
        except Unfinished as reason:
            left_out = reason
        finally:
            server.stop()
        growth = [f"{runs[-1].microseconds / runs[0].microseconds:.2f}x"] if runs else []
        missing = ["-"] * (len(cases) - len(runs))
        row(name, [f"{run.microseconds:.2f} µs" for run in runs] + missing + growth)
        row("  requests a second", [f"{run.rate:,.0f}" for run in runs])
        if left_out:
            print(f"  left out: {left_out}")
    sys.stdout.flush()


def within_the_process(options, folder):
    print("\nIn-process call (typed, nothing serialised)")
    local = subprocess.run([f"{options.own}/LocalCallBenchmark"], capture_output=True, text=True)
    if local.returncode:
        fail(f"LocalCallBenchmark: {local.stderr}")
    print("\n".join("  " + line for line in local.stdout.splitlines()))
    counts.build_counter(folder)
    found = counts.count(f"{options.bin}/CountedWork", folder, ["direct", "local"], ["allocations"])
    handler, call = (found[case]["allocations"] for case in ("direct", "local"))
    print(f"  allocations: {call - handler:.2f} a call beyond its handler's {handler:.2f}")
    sys.stdout.flush()


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
        other = serve(binaries, "gateway", folder, other_port)
        try:
            if not serving(other_port, time.monotonic() + 20):
                fail("lonja serve (gateway) is not SERVING after 20 s")
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
    parts = ["throughput", "free", "spread", "idle", "scale", "local", "start"]
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--own", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--starts", type=int, default=15)
    parser.add_argument("--peers-only", action="store_true")
    parser.add_argument("--only", help="some of " + ", ".join(parts))
    options = parser.parse_args()
    only = options.only.split(",") if options.only else parts
    if unknown := set(only) - set(parts):
        fail(f"there is no part {', '.join(sorted(unknown))}: {', '.join(parts)}")

    cores = len(os.sched_getaffinity(0))
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    print(f"{cores} cores, {model.group(1) if model else 'unknown processor'}; load {os.getloadavg()[0]:.2f} before the run")
    if cores < 2:
        fail("two cores are needed: one for the server, one for h2load")
    # Ten thousand connections, on both sides.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < IDLE + 100:
        fail(f"{IDLE + 100} descriptors are needed, {hard} are allowed (ulimit -Hn)")

    echo, one = [f"{options.bin}/EchoServer"], {"LONJA_HOST_LOOPS": "1"}
    lonja = {} if options.peers_only else {"Lonja": (echo, one)}
    asleep = {} if options.peers_only else {"Lonja, busyPoll=0s": (echo, {**one, "ECHO_BUSY_POLL": "0"})}
    lonja_free = {} if options.peers_only else {"Lonja": ([f"{options.bin}/EchoServer"], {})}
    peers = {"grpc-go 1.33": ([f"{options.peers}/peer-go", "1"], {}), "gRPC C++ 1.51": ([f"{options.peers}/peer-cpp"], {}),
             "grpc-swift 2.4": ([f"{options.peers}/grpc-swift/release/GRPCSwiftPeer", "1"], {})}
    # The script has said why one is missing.
    peers = {name: entry for name, entry in peers.items() if Path(entry[0][0]).exists()}
    peers_free = {name: (command[:1], environment) for name, (command, environment) in peers.items()}
    print(f"messages: answers of {MESSAGES} messages, 8 x 10 calls at once; 64 KiB: text of 65,536 bytes each way")
    with tempfile.TemporaryDirectory() as folder:
        tls_files = certificate(folder)
        if "throughput" in only:
            title = "Unary echo of 32 bytes, one core and one worker each (server on core 0, h2load on core 1)"
            results = throughput({**lonja, **asleep, **peers}, CASES, True, options, folder, tls_files)
            print_throughput(title, CASES, results, list({**lonja, **asleep, **peers}))
        if "free" in only:
            results = throughput({**lonja_free, **peers_free}, FREE, False, options, folder, tls_files)
            title = "Unary echo of 32 bytes, default workers, cores shared with h2load"
            print_throughput(title, FREE, results, list({**lonja_free, **peers_free}))
        if "idle" in only:
            idle({**lonja, **peers})
        if "scale" in only:
            # What the kernel and the caches take, whatever is done with a request.
            bare = {"epoll and frames alone": ([f"{options.peers}/bare"], {})}
            scale({**lonja, **peers, **bare}, options, folder)
        if options.peers_only:
            return
        if "spread" in only:
            spread(options.bin, options, folder)
        if "local" in only:
            within_the_process(options, folder)
    if "start" in only:
        times, (anonymous, private, resident) = start_up(options.bin, options.starts)
        print("\nlonja serve, LONJA_PLUGIN=market, beside another lonja serve")
        print(f"  start to SERVING     median {statistics.median(times):8.1f} ms   worst {max(times):.1f} ms of {len(times)}")
        print(f"  idle memory          private {private:7.1f} MB (anonymous {anonymous:.1f})   resident {resident:.1f} MB")


if __name__ == "__main__":
    try:
        main()
    except Unfinished as reason:
        fail(reason)
