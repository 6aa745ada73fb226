"""Mutual TLS between the pods: all certificates are renewed under load, by another authority too; plain peers get nowhere.

With LONJA_TLS=1.
"""

import base64
import copy
import os
import re
import subprocess
import sys
import time

import pytest

from cluster import certificates
from load import Load

pytestmark = pytest.mark.skipif(not os.environ.get("LONJA_TLS"), reason="plain: LONJA_TLS=1 for mutual TLS")

# Run in somebody's network: what a server says to HTTP/2 without TLS.
PLAIN = """
import socket, sys

with socket.create_connection((sys.argv[1], 50051), 5) as peer:
    peer.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    try:
        print(len(peer.recv(100)))
    except ConnectionError:
        print(0)
"""


def metric(pod, name):
    """The sum over what has this name and these labels."""
    found = re.findall(rf"^{re.escape(name)} ([0-9.e+]+)$", pod.admin("/metrics"), re.M)
    return sum(map(float, found))


def replaced(pod):
    return metric(pod, 'lonja_tls_reloads_total{slot="rpc",outcome="replaced"}')


def apply(cluster, secrets):
    """Waits until each pod has taken up what is new."""
    before = {pod.name: replaced(pod) for pod in cluster.pods}
    cluster.apply_certificates(secrets)
    until = time.monotonic() + 60
    while not all(replaced(pod) > before[pod.name] for pod in cluster.pods):
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_renewal_under_load_fails_nothing(cluster, shop):
    names = [f"lonja-{plugin}-tls" for plugin in cluster.plugins]
    former = [cluster.kept["Secret", name] for name in names]
    made = {each["metadata"]["name"]: each for each in certificates()}
    new = [made[name] for name in names]
    both = b"".join(base64.b64decode(each[0]["data"]["ca.crt"]) for each in (former, new))

    def trusting_both(secrets):
        changed = copy.deepcopy(secrets)
        for each in changed:
            each["data"]["ca.crt"] = base64.b64encode(both).decode()
        return changed

    load = Load(shop)
    with load:
        # The steps of the job, a day each.
        for step in (trusting_both(former), trusting_both(new), new):
            before = load.requests
            apply(cluster, step)
            until = time.monotonic() + 60
            while load.requests < before + 500 and time.monotonic() < until:
                time.sleep(0.2)
    load.report("renewal of every certificate")
    assert not load.failed and load.requests >= 1500


def test_a_plain_peer_is_refused(cluster):
    """From the pod of a plugin that policies let through."""
    caller, called = (cluster.deployment(plugin).pods[0] for plugin in ("gateway", "auth"))
    outcome = 'lonja_tls_handshakes_total{slot="rpc",side="server",outcome="plain"}'
    before = metric(called, outcome)
    done = subprocess.run(["ip", "netns", "exec", caller.name, sys.executable, "-c", PLAIN, called.address],
                          capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
    assert metric(called, outcome) == before + 1


def test_commands_in_a_pod_speak_tls(cluster):
    """`lonja audit` asks wallet and profile as the wallet that it is beside."""
    said = cluster.deployment("wallet").pods[0].execute("lonja", "audit")
    assert said.returncode == 0 and "0 findings" in said.stdout, said.stdout + said.stderr
