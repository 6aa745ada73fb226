"""Three processes that serve, each restarted in turn under load: no call may fail, of a method that is never repeated."""

import contextlib
import re
import subprocess
import time

from harness import BINARIES, Running, free_ports

CALLER = BINARIES / "EchoCaller"
RATE = 5000  # calls a second; what a busy machine reaches of it is printed
SECONDS = 12


def serve(port):
    server = Running([BINARIES / "EchoServer"], {"ECHO_LISTEN": f"127.0.0.1:{port}"})
    assert server.first_port() == port
    return server


def test_a_rolling_restart_fails_no_call():
    ports = free_ports(3)
    with contextlib.ExitStack() as stack:
        servers = [serve(port) for port in ports]
        stack.callback(lambda: [server.close() for server in servers])
        target = ",".join(f"127.0.0.1:{port}" for port in ports)
        load = subprocess.Popen(
            [CALLER, "--load", str(SECONDS), str(RATE), target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        stack.callback(load.kill)
        restarts = 0
        while load.poll() is None and restarts < 3:
            time.sleep(1)
            servers[restarts].terminate()
            assert servers[restarts].wait() == 0, "it drains"
            servers[restarts].close()
            servers[restarts] = serve(ports[restarts])
            restarts += 1
        line, _ = load.communicate(timeout=60)
        print(line)
        found = re.fullmatch(r"(\d+) calls, (\d+) a second, (\d+) failed(.*)\n", line)
        assert found and restarts == 3, line
        assert int(found.group(3)) == 0, line
        assert int(found.group(1)) > 1000, line
