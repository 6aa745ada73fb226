"""The end-to-end suite of the repository, as far as it needs no processes of its own, through Traefik and its Ingress."""

import json
import os
import re
import subprocess
import sys

from cluster import HOST
from ingress import PORT
from node import OUTSIDE
from settings import ROOT
from volumes import contents

FILES = [
    "test_accounts.py", "test_attacks.py", "test_market_routes.py", "test_stream.py", "test_trading.py", "test_waiting.py",
    "test_zz_logs.py",
]
# One writes bytes of its own to the gateway's port, which Traefik would refuse; Google's place is taken by a server that pods
# cannot reach.
NOT = "not control_characters and not google"


def test_the_end_to_end_suite_passes_through_traefik(cluster):
    state = cluster.folder / "end-to-end"
    (state / "secrets").mkdir(parents=True)
    for (kind, name), each in cluster.kept.items():
        if kind == "Secret":
            for key, value in contents(each).items():
                file = state / "secrets" / f"{name}-{key}"
                file.write_bytes(value)
                file.chmod(0o600)
    restarts = {pod.name: pod.restarts for pod in cluster.pods}
    (notification,) = cluster.deployment("notification").pods
    said = cluster.folder / "ingress.json"
    said.write_text(json.dumps({
        "host": HOST, "address": cluster.ingress.address, "port": PORT, "from": OUTSIDE, "state": str(state),
        "logs": str(cluster.folder / "logs"),
        "outbox": str(notification.volumes.paths["tmp"] / "outbox"),
    }))
    folder = ROOT / "Tests"
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-c", folder / "pytest.ini", "-k", NOT,
         *(folder / "EndToEnd" / each for each in FILES)],
        env={**os.environ, "LONJA_TEST_INGRESS": str(said)}, capture_output=True, text=True, check=False, timeout=900,
    )
    last = done.stdout.strip().splitlines()[-1]
    print(f"\nend to end, through Traefik: {last}")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(re.search(r"(\d+) passed", last)[1]) >= 60
    assert cluster.ingress.process.poll() is None and {pod.name: pod.restarts for pod in cluster.pods} == restarts
