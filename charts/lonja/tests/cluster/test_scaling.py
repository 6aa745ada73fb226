"""More pods get their share of what is asked, and fewer lose nothing."""

import re
import time

from load import Load
from test_rollouts import wait_gone

SHARE, SECONDS = 0.2, 90


def calls(pod):
    """How many calls a pod has answered."""
    return sum(float(value) for value in re.findall(r"^mesh_server_calls_total\{[^}]*\} (\S+)$", pod.admin("/metrics"), re.M))


def shares(pods, seconds):
    """Which part of the calls each answers, over so many seconds."""
    before = {pod.name: calls(pod) for pod in pods}
    time.sleep(seconds)
    after = {pod.name: calls(pod) - before[pod.name] for pod in pods}
    total = sum(after.values())
    assert total > 0, "nobody asks"
    return {name: count / total for name, count in after.items()}


def test_market_from_one_to_three_and_back(cluster, shop):
    market = cluster.deployment("market")
    most = cluster.find("HorizontalPodAutoscaler", market.name)["spec"]["maxReplicas"]
    assert len(market.pods) == 1 and most == 3
    load = Load(shop)
    with load:
        began = time.monotonic()
        for pod in market.scale(most):
            pod.wait_ready()
        ready = time.monotonic() - began
        while True:
            found = shares(market.pods, 5)
            took = time.monotonic() - began
            if min(found.values()) >= SHARE or took > SECONDS:
                break
        print(f"\nmarket, 1 to 3: ready in {ready:.1f} s, fair within {took:.1f} s: "
              + ", ".join(f"{name} {share:.0%}" for name, share in sorted(found.items())), end="")
        assert min(found.values()) >= SHARE, found
        market.scale(1)
        wait_gone(cluster)
        time.sleep(2)
        (left,) = market.pods
        assert shares([left], 3) == {left.name: 1}
    load.report("market, 1 to 3 to 1")
    assert not load.failed
