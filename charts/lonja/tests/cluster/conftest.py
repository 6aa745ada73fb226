import os
import pathlib
import tempfile

import pytest

from accounts import Outbox
from cluster import HOST, TLS, Cluster
from front import Front
from ingress import PORT
from node import OUTSIDE

ARCHIVE = pathlib.Path(os.environ["LONJA_IMAGE"])


@pytest.fixture(scope="session")
def cluster():
    with tempfile.TemporaryDirectory(prefix="lonja-node-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        more = [TLS] if os.environ.get("LONJA_TLS") else []
        running = Cluster(folder, ARCHIVE, "plugins.market.hpa.max=3", *more)
        yield running
        running.close()


class Shop:
    """What tests of accounts need to know of the cluster."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.http = self.front = Front(HOST, cluster.ingress.address, PORT, OUTSIDE)
        self.origin = f"https://{HOST}"

    @property
    def outbox(self):
        """Of the pod that sends mails now."""
        (pod,) = self.cluster.deployment("notification").pods
        return Outbox(pod.volumes.paths["tmp"] / "outbox")


@pytest.fixture(scope="session")
def shop(cluster):
    return Shop(cluster)
