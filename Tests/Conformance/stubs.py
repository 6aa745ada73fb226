"""grpcio's stubs of our .proto files, made for a run of tests."""

import contextlib
import importlib
import sys
from pathlib import Path

from grpc_tools import protoc

from harness import ROOT


@contextlib.contextmanager
def made_in(folder):
    """Makes them in a folder; gives the function that imports one by its path."""
    protos = ROOT / "Protos"
    well_known = Path(protoc.__file__).parent / "_proto"
    files = sorted(str(file.relative_to(protos)) for file in (protos / "lonja").rglob("*.proto"))
    assert files, "no .proto files under Protos/lonja"
    status = protoc.main(
        ["protoc", f"-I{protos}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
    )
    assert status == 0, "protoc refused our .proto files"
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(folder))
