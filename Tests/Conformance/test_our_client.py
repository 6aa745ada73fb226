"""Our client against grpcio's server, and against our own: each check of EchoCaller is a test."""

import subprocess

import pytest

import echo as echoes
from harness import BINARIES

CALLER = BINARIES / "EchoCaller"
NAMES = subprocess.run([CALLER, "--list"], capture_output=True, text=True, check=True).stdout.split()


def lines(target):
    done = subprocess.run([CALLER, target], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return {line.split()[1].rstrip(":"): line for line in done.stdout.splitlines()}


@pytest.fixture(scope="module", params=["grpcio", "grpcio by name", "ours"])
def answers(request, stubs, echo_server):
    if request.param == "ours":
        yield lines(f"127.0.0.1:{echo_server.rpc}")
        return
    server, port = echoes.serve(stubs)
    yield lines(f"dns:///localhost:{port}" if request.param == "grpcio by name" else f"127.0.0.1:{port}")
    server.stop(None)


@pytest.mark.parametrize("name", NAMES)
def test_our_client(answers, name):
    assert answers.get(name) == f"ok {name}"
