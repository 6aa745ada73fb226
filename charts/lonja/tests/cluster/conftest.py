import pathlib
import tempfile

import pytest

from cluster import Cluster

ARCHIVE = pathlib.Path(__file__).resolve().parents[4] / ".build/image/lonja.oci.tar"


@pytest.fixture(scope="session")
def cluster():
    with tempfile.TemporaryDirectory(prefix="lonja-node-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        running = Cluster(folder, ARCHIVE)
        yield running
        running.close()
