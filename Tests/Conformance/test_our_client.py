"""Our client against grpcio's server. `EchoClient HOST:PORT SCENARIO` exits with 0 when it saw what it should."""

import subprocess

import pytest

import echo as echoes
from harness import BINARIES

SCENARIOS = [
    "unary", "client-streaming", "server-streaming", "bidirectional", "metadata", "large-message", "deadline",
    "cancellation", "status-details", "status-after-answers", "unimplemented", "health", "parallel",
]


@pytest.fixture(scope="module")
def peer(stubs):
    server, port = echoes.serve(stubs)
    yield port
    server.stop(None)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(peer, scenario):
    done = subprocess.run(
        [BINARIES / "EchoClient", f"127.0.0.1:{peer}", scenario], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_a_scenario_nobody_knows_is_refused(peer):
    """Else a scenario that the client forgot would pass."""
    done = subprocess.run([BINARIES / "EchoClient", f"127.0.0.1:{peer}", "no-such"], capture_output=True, timeout=30)
    assert done.returncode == 64


def test_nobody_listening_is_an_error_soon():
    done = subprocess.run([BINARIES / "EchoClient", "127.0.0.1:1", "unary"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1, done.stdout
    assert "unavailable" in (done.stdout + done.stderr).lower()
