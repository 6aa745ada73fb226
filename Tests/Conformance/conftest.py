import pytest

from harness import BINARIES, Lonja, Running, Up, open_folder
from stubs import made_in


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    """The function that imports one of grpcio's stubs of our .proto files by its path."""
    with made_in(tmp_path_factory.mktemp("stubs")) as load:
        yield load


@pytest.fixture(scope="module")
def market():
    running = Lonja("market")
    yield running
    running.close()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """All services, for tests that attack it again and again from one address."""
    running = Up(open_folder(tmp_path_factory.mktemp("everything")) / "state", {"LONJA_HOST_PENALTIES": "false"})
    yield running
    running.close()


@pytest.fixture(scope="module")
def echo_server():
    """Our server of lonja.test.v1.Echo; the fixture's value has the port as `rpc`."""
    running = Running([BINARIES / "EchoServer"])
    running.rpc = running.first_port()
    yield running
    running.close()
