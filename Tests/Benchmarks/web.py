"""Measures how fast the web plugin serves cached assets beside nginx from Debian, and prints a table. Started by `run`.

Both have core 0 to themselves with one worker, and the client core 1; they take turns within a round. nginx serves files of
the same bytes with the same fields, by sendfile, with its cache of open files and without a log. Figures are medians over
the rounds, and a ratio is the median of the rounds' ratios. As the client may be what is slower, the server's processor
time for each request is printed too, from /proc.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import processor_time

SIZES = {"2 KB": ("small-7KQ2M3XA.js", 2_000), "50 KB": ("main-2B3C4D5E.js", 50_000)}


def fail(text):
    sys.exit(f"Tests/Benchmarks: {text}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_build(folder):
    """A build of a client with two assets that came compressed; what they hold does not matter to a server."""
    for name in ("assets", "root", "pages/en", "pages/es"):
        (folder / name).mkdir(parents=True)
    for name, size in SIZES.values():
        (folder / "assets" / name).write_bytes(os.urandom(3 * size))
        (folder / "assets" / f"{name}.br").write_bytes(os.urandom(size))
    for language in ("en", "es"):
        for page in ("shell", "not-found", "unavailable"):
            text = f'<!doctype html><html lang="{language}" data-theme="auto"><title>{page}</title></html>'
            (folder / "pages" / language / f"{page}.html").write_text(text)
    (folder / "site.json").write_text(json.dumps({"routes": ["/"], "prerendered": {}}))


def nginx_configuration(folder, build, ports, fields):
    """The bytes of the compressed forms under the plain names, and what our answers say."""
    root = folder / "nginx"
    (root / "assets").mkdir(parents=True)
    for name, _ in SIZES.values():
        shutil.copy(build / "assets" / f"{name}.br", root / "assets" / name)
    headers = "\n".join(f'add_header {name} "{value}";' for name, value in fields.items())
    path = folder / "nginx.conf"
    path.write_text(f"""
        daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; server_tokens off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000;
            open_file_cache max=100 inactive=1h; open_file_cache_valid 1h; default_type "text/javascript; charset=utf-8";
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            server {{ listen 127.0.0.1:{ports[0]}; root {root}; {headers} }}
            server {{ listen 127.0.0.1:{ports[1]} http2; root {root}; {headers} }}
        }}
    """)
    return path


class Server:
    """A process on core 0, the ports of its two versions of HTTP, and the process that works."""

    def __init__(self, name, command, ports, environment=None):
        self.name, self.ports = name, ports
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], env={**os.environ, **(environment or {})},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while True:
            try:
                for port in set(ports):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.process.kill()
                    fail(f"{name} does not listen: {self.process.stderr.read().decode()}")
                time.sleep(0.05)

    def worker(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def processor_time(self):
        return processor_time.of_process(self.worker())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def check(server, path, size):
    """One request; gives the fields that a peer is to send too."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.ports[0]}{path}", headers={"accept-encoding": "br"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        body = answer.read()
        if answer.status != 200 or len(body) != size:
            fail(f"{server.name} sends {len(body)} bytes of {path}, not {size}")
        return {name.lower(): value for name, value in answer.headers.items()}


def wrk(port, path, seconds):
    result = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t", "1", "-c", "32", "-d", f"{seconds}s", "-H", "accept-encoding: gzip, deflate, br",
         f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    rate = re.search(r"Requests/sec:\s*([\d.]+)", result.stdout)
    count = re.search(r"(\d+) requests in", result.stdout)
    if not rate or "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        fail(f"wrk:\n{result.stdout}\n{result.stderr}")
    return float(rate.group(1)), int(count.group(1))


def h2load(port, path, seconds):
    result = subprocess.run(
        ["taskset", "-c", "1", "h2load", "-t", "1", "-c", "8", "-m", "8", "-D", str(seconds), "-H",
         "accept-encoding: gzip, deflate, br", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    rate = re.search(r"finished in [^,]*, ([\d.]+) req/s", result.stdout)
    counts = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", result.stdout)
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", result.stdout)
    if not rate or not codes or any(map(int, counts.groups())) or any(map(int, codes.groups()[1:])):
        fail(f"h2load:\n{result.stdout}\n{result.stderr}")
    return float(rate.group(1)), int(codes.group(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        fail("two cores are needed: one for the server, one for the client")
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    print(f"{len(os.sched_getaffinity(0))} cores; load {os.getloadavg()[0]:.2f} before the run")

    with tempfile.TemporaryDirectory(prefix="lonja-web-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build = folder / "build"
        write_build(build)
        for path in [build, *build.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        http, rpc, admin = free_port(), free_port(), free_port()
        servers = []
        try:
            servers.append(Server("Lonja", [f"{options.bin}/lonja", "serve"], (http, http), {
                "LONJA_PLUGIN": "web", "LONJA_WEB_FOLDER": str(build), "LONJA_HOST_LOOPS": "1",
                "LONJA_HTTP_LISTEN": f"127.0.0.1:{http}", "LONJA_RPC_LISTEN": f"127.0.0.1:{rpc}",
                "LONJA_ADMIN_LISTEN": f"127.0.0.1:{admin}", "LONJA_HOST_DRAIN_DEADLINE": "1s"}))
            name, size = SIZES["2 KB"]
            ours = check(servers[0], f"/assets/{name}", size)
            # nginx writes these itself.
            own = {"content-length", "content-type", "date", "connection", "etag", "accept-ranges"}
            fields = {key: value for key, value in ours.items() if key not in own}
            ports = (free_port(), free_port())
            configuration = nginx_configuration(folder, build, ports, fields)
            servers.append(Server("nginx", [nginx, "-c", str(configuration)], ports))
            theirs = check(servers[1], f"/assets/{name}", size)
            missing = [key for key in fields if theirs.get(key) != fields[key]]
            if missing:
                fail(f"nginx does not send {', '.join(missing)}")

            figures = {}
            for _ in range(options.rounds):
                for version, client in (("HTTP/1.1", wrk), ("HTTP/2", h2load)):
                    for label, (name, size) in SIZES.items():
                        for server in servers:
                            port = server.ports[0 if client is wrk else 1]
                            before = server.processor_time()
                            rate, count = client(port, f"/assets/{name}", options.seconds)
                            spent = (server.processor_time() - before) / count * 1e6
                            figures.setdefault((version, label, server.name), []).append((rate, spent))
        finally:
            for server in servers:
                server.stop()

    print("\nA cached asset, one worker on core 0, the client on core 1 (wrk: 32 connections; h2load: 8 x 8)")
    print(f"  {'':22}{'requests/s':>12}{'':>12}{'':>9}    {'processor time each, µs':>24}")
    print(f"  {'':22}{'Lonja':>12}{'nginx':>12}{'ratio':>9}    {'Lonja':>8}{'nginx':>8}{'ratio':>8}")
    for version in ("HTTP/1.1", "HTTP/2"):
        for label in SIZES:
            us, them = figures[version, label, "Lonja"], figures[version, label, "nginx"]
            rates = [statistics.median(pair[0] for pair in each) for each in (us, them)]
            costs = [statistics.median(pair[1] for pair in each) for each in (us, them)]
            ratio = statistics.median(a[0] / b[0] for a, b in zip(us, them))
            saving = statistics.median(b[1] / a[1] for a, b in zip(us, them))
            print(f"  {version + ', ' + label + ' of brotli':22}{rates[0]:12,.0f}{rates[1]:12,.0f}{ratio:8.2f}x    "
                  f"{costs[0]:8.1f}{costs[1]:8.1f}{saving:7.2f}x")


if __name__ == "__main__":
    main()
