"""Starts and stops real processes on free loopback ports; used by Conformance and EndToEnd."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("LONJA_TEST_BINARIES", ROOT / ".build/debug"))
PATIENCE = 20  # seconds that anything may take to come up or to go


def free_ports(count):
    """Ports nobody listens on now. All are held until all are known, so that they differ."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_until(condition, what, seconds=PATIENCE):
    """Polls until the condition is true and returns what it returned; fails saying what was waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class Running:
    """A process whose output goes to a file, so that no pipe ever fills."""

    def __init__(self, command, environment=None):
        self.folder = tempfile.TemporaryDirectory(prefix="lonja-test-")
        self.log = Path(self.folder.name) / "output.log"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LONJA_")}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command], env={**clean, **(environment or {})}, cwd=self.folder.name,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )

    @property
    def output(self):
        return self.log.read_text(errors="replace")

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.process.args} ended with {self.process.returncode}:\n{self.output[-4000:]}")

    def first_port(self):
        """The port in the first line of the output."""

        def port():
            self.check_alive()
            line, newline, _ = self.output.partition("\n")
            return newline and re.search(r"(\d+)\s*$", line)

        return int(wait_until(port, "a first line that ends with a port").group(1))

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=PATIENCE):
        return self.process.wait(seconds)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        self.folder.cleanup()


class Host(Running):
    """A process of `lonja` whose admin address is loopback at port `admin`."""

    def ready(self):
        self.check_alive()
        try:
            return fetch(self.admin, "/readyz").status == 200
        except OSError:
            return False


class Lonja(Host):
    """`lonja serve` with these plugins; ready once /readyz says so."""

    def __init__(self, plugins, environment=None, ports=None):
        self.rpc, self.http, self.admin = ports or free_ports(3)
        self.folder_of_socket = tempfile.TemporaryDirectory(prefix="lonja-")
        super().__init__(
            [BINARIES / "lonja", "serve"],
            {
                "LONJA_PLUGIN": plugins,
                "LONJA_RPC_LISTEN": f"127.0.0.1:{self.rpc}",
                "LONJA_HTTP_LISTEN": f"127.0.0.1:{self.http}",
                "LONJA_ADMIN_LISTEN": f"127.0.0.1:{self.admin}",
                "LONJA_ADMIN_SOCKET": f"{self.folder_of_socket.name}/admin.sock",
                **(environment or {}),
            },
        )
        try:
            wait_until(self.ready, f"readiness of lonja serve ({plugins})")
        except AssertionError as error:
            text = self.output[-4000:]
            self.close()
            raise AssertionError(f"{error}\n{text}") from None

    def close(self):
        super().close()
        self.folder_of_socket.cleanup()


class Up(Host):
    """`lonja up` on free ports; ready once /readyz says so."""

    def __init__(self, state, environment=None, ports=None):
        self.state = Path(state)
        self.rpc, self.http, self.admin = ports or free_ports(3)
        super().__init__([BINARIES / "lonja", "up"], {
            "LONJA_STATE": str(state), "LONJA_RPC_LISTEN": f"127.0.0.1:{self.rpc}",
            "LONJA_HTTP_LISTEN": f"127.0.0.1:{self.http}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{self.admin}",
            "LONJA_HOST_DRAIN_DEADLINE": "2s", **(environment or {}),
        })
        try:
            wait_until(self.ready, "readiness of lonja up", 90)
        except AssertionError as error:
            text = self.output[-4000:]
            self.close()
            raise AssertionError(f"{error}\n{text}") from None

    def close(self):
        """In order, so that nothing is left."""
        if self.process.poll() is None:
            self.terminate()
            self.wait(60)
        super().close()


def open_folder(folder):
    """The folder, which the user whom servers run as can pass to."""
    for parent in [folder, *folder.parents]:
        if os.stat(parent).st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return folder


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


def fetch(port, path, method="GET", headers=None, body=None, seconds=10):
    """One HTTP/1.1 request; a status of 400 and above is an answer, not an error. `port` may be the way into a cluster."""
    if not isinstance(port, int):
        return port.fetch(path, method, headers, body, seconds)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def curl(*arguments):
    """Runs curl and gives (status and HTTP version from -w, body and whatever else it printed)."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "-w", "\n%{http_version} %{http_code}", *map(str, arguments)],
        capture_output=True, timeout=20,
    )
    if done.returncode:
        raise AssertionError(f"curl ended with {done.returncode}: {done.stderr.decode()}")
    body, _, last = done.stdout.rpartition(b"\n")
    version, status = last.decode().split()
    return version, int(status), body


def channel(port, **options):
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=list({"grpc.enable_http_proxy": 0, **options}.items()))


def health(port, service="", seconds=5):
    with channel(port) as connection:
        stub = health_pb2_grpc.HealthStub(connection)
        return stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=seconds, wait_for_ready=True).status
