"""Our server of lonja.test.v1.Echo as tests attack it, and somebody else who is served meanwhile: both fixtures are for whoever
imports them."""

from pathlib import Path

import pytest

from floods import call
from harness import BINARIES, Running, fetch, wait_until
from wire import Frames

MEGABYTE = 1 << 20


class Server(Running):
    """Our server on one loop, so that whoever comes shares it, and its metrics."""

    def __init__(self, descriptors=None):
        command = [BINARIES / "EchoServer"]
        if descriptors:
            command = ["sh", "-c", f'ulimit -n {descriptors}; exec "$0"', *command]
        super().__init__(command, {"LONJA_HOST_LOOPS": "1", "ECHO_METRICS": "1"})
        self.rpc = self.first_port()
        self.http = int(wait_until(lambda: self.output.splitlines()[1:2], "a second line")[0].rpartition(":")[2])

    def count(self, reason):
        lines = fetch(self.http, "/").body.decode().splitlines()
        name = f'mesh_http2_abuse_total{{reason="{reason}"}}'
        return next((int(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0)

    def resident(self):
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096

    def peak(self, work):
        """The most memory during the work above what there was before, in bytes."""
        before = self.resident()
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        work()
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 - before


@pytest.fixture(scope="module")
def server():
    running = Server()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def served(server):
    """Somebody else's connection, before and after."""
    with Frames(server.rpc) as client:
        client.send(call(client, 1))
        assert client.outcome(1, 5) == ("answer", 200)
        yield
        server.check_alive()
        client.send(call(client, 3))
        assert client.outcome(3, 5) == ("answer", 200)
