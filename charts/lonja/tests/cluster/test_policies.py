"""What the values declare, and nothing else, is let through by the rendered policies while they are enforced."""

import json
import subprocess
import sys

from cluster import BESIDE
from rendering import effective

# Run in somebody's network: which of the addresses can be connected to.
TRY = """
import concurrent.futures, json, socket, sys

def reached(to):
    try:
        socket.create_connection(tuple(to), 1).close()
        return True
    except OSError:
        return False

targets = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(32) as pool:
    print(json.dumps([to for to, good in zip(targets, pool.map(reached, targets)) if good]))
"""
RPC, HTTP, ADMIN = 50051, 8080, 9090


def reached(sandbox, targets):
    """The names of what can be reached from there."""
    done = subprocess.run(
        ["ip", "netns", "exec", sandbox, sys.executable, "-c", TRY, json.dumps(list(targets.values()))],
        capture_output=True, text=True, check=True,
    )
    names = {tuple(address): name for name, address in targets.items()}
    return {names[tuple(each)] for each in json.loads(done.stdout)}


def test_only_declared_edges_are_open(cluster):
    _, plugins = effective("dev")
    pods = {plugin: cluster.deployment(plugin).pods[0] for plugin in plugins}
    targets = {(plugin, port): (pod.address, port) for plugin, pod in pods.items() for port in sorted(pod.ports.values())}
    # Nobody listens at the address of the mail server now.
    targets |= {(name.removeprefix("lonja-"), number): (address, number) for name, (address, _, number) in BESIDE.items() if number != 587}
    edges = 0
    for plugin, pod in pods.items():
        elsewhere = {name: address for name, address in targets.items() if name[0] != plugin}
        declared = {(each, RPC) for each in plugins[plugin]["calls"]}
        declared |= {name for name in targets if name[0] in plugins[plugin]["external"]}
        found = reached(pod.name, elsewhere)
        assert found == declared, f"{plugin}: too much {found - declared}, too little {declared - found}"
        edges += len(declared)
    exposed = {name for name in targets if name[1] == HTTP}
    assert reached("traefik", targets) == exposed == {("gateway", HTTP), ("web", HTTP)}
    assert reached("stranger", targets) == set()
    print(f"\n{edges} declared edges are open; {len(pods) * len(targets) - edges} others, and all to a stranger, are refused", end="")
    # The control: without the policies a stranger gets everywhere.
    cluster.policies.suspend()
    try:
        assert reached("stranger", targets) == set(targets)
    finally:
        cluster.policies.enforce([*cluster.members, *map(cluster.member, cluster.pods)])
    assert reached("stranger", targets) == set()
