"""Five thousand calls a second, of a method that is never repeated, while processes are restarted and certificates are
renewed: no call may fail."""

import contextlib
import re
import subprocess
import time

import pytest

from certificates import Authority
from harness import BINARIES, Running, fetch, free_ports, wait_until

RATE, LEAST = 5000, 1500  # calls a second: what is asked for, and what a busy machine must still reach
LONGEST = 60  # seconds


def serve(port, environment=None):
    server = Running([BINARIES / "EchoServer"], {"ECHO_LISTEN": f"127.0.0.1:{port}", **(environment or {})})
    assert server.first_port() == port
    return server


class Load:
    """Calls by our client, until `check`, which looks at how it went and says how many calls there were."""

    def __init__(self, target, environment=None):
        command = [BINARIES / "EchoCaller", "--load", str(LONGEST), str(RATE), target]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def check(self, capsys, what):
        assert self.process.poll() is None, f"it has ended before: {self.process.stdout.read()}"
        self.process.terminate()
        text, _ = self.process.communicate(timeout=60)
        found = re.search(r"^(\d+) calls, (\d+) a second, (\d+) failed.*$", text, re.MULTILINE)
        assert found, text
        with capsys.disabled():
            print(f"\n{what}: {found.group()}", end="")
        assert int(found.group(3)) == 0, text
        assert int(found.group(2)) >= LEAST, f"fewer than {LEAST} a second: {text}"


def test_a_rolling_restart_fails_no_call(capsys):
    ports = free_ports(3)
    with contextlib.ExitStack() as stack:
        servers = [serve(port) for port in ports]
        stack.callback(lambda: [server.close() for server in servers])
        load = stack.enter_context(Load(",".join(f"127.0.0.1:{port}" for port in ports)))
        for number, port in enumerate(ports):
            time.sleep(1)
            servers[number].terminate()
            assert servers[number].wait() == 0, "it drains"
            servers[number].close()
            servers[number] = serve(port)
        # The last one is found again, and called.
        time.sleep(2)
        load.check(capsys, "three processes restarted")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def test_renewed_certificates_fail_no_call(authority, capsys):
    """Of both sides, in mutual TLS. Connections become two seconds old, so that new ones are made all the time."""

    def issue(name):
        paths = authority.issue(name, name)
        return {variable.replace("LONJA_HOST_RPC", "ECHO"): path for variable, path in paths.items()}

    server = Running([BINARIES / "EchoServer"], {**issue("echo"), "ECHO_METRICS": "1", "ECHO_AGE": "2000"})
    try:
        port = server.first_port()
        admin = int(wait_until(lambda: server.output.splitlines()[1:2], "a second line")[0].rpartition(":")[2])

        def count(line):
            found = re.search(rf"^{re.escape(line)} (\d+)", fetch(admin, "/").body.decode(), re.MULTILINE)
            return int(found.group(1)) if found else 0

        replaced = 'lonja_tls_reloads_total{slot="rpc",outcome="replaced"}'
        hands = 'lonja_tls_handshakes_total{slot="rpc",side="server",outcome="ok"}'
        with Load(f"127.0.0.1:{port}", issue("caller")) as load:
            wait_until(lambda: count(hands) > 0, "the first connection")
            for turn in range(1, 4):
                time.sleep(1)
                issue("echo")
                wait_until(lambda: count(replaced) == turn, "that the server's certificate is taken up")
                before = count(hands)
                # It renews its connections when its certificate is another.
                issue("caller")
                wait_until(lambda: count(hands) > before, "new connections")
            load.check(capsys, "six certificates renewed")
    finally:
        server.close()
