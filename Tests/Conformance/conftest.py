import importlib
import sys
from pathlib import Path

import pytest
from grpc_tools import protoc

from harness import BINARIES, ROOT, Lonja, Running, Up, open_folder


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    """Makes grpcio's stubs of our .proto files in a folder of this run; gives the function that imports one by its path."""
    folder = tmp_path_factory.mktemp("stubs")
    protos = ROOT / "Protos"
    well_known = Path(protoc.__file__).parent / "_proto"
    files = sorted(str(file.relative_to(protos)) for file in (protos / "lonja").rglob("*.proto"))
    assert files, "no .proto files under Protos/lonja"
    status = protoc.main(
        ["protoc", f"-I{protos}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
    )
    assert status == 0, "protoc refused our .proto files"
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(name)
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def market():
    running = Lonja("market")
    yield running
    running.close()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    running = Up(open_folder(tmp_path_factory.mktemp("everything")) / "state")
    yield running
    running.close()


@pytest.fixture(scope="module")
def echo_server():
    """Our server of lonja.test.v1.Echo; the fixture's value has the port as `rpc`."""
    running = Running([BINARIES / "EchoServer"])
    running.rpc = running.first_port()
    yield running
    running.close()
