"""Every deployment is restarted under load, as the chart has it and without what it does for that."""

import copy
import time

from cluster import manifests
from load import Load

REQUESTS = 5000
NO_DRAIN = [
    "defaults.drain.preStopSeconds=1", "defaults.drain.delaySeconds=0", "defaults.drain.deadlineSeconds=1",
    "defaults.drain.graceSeconds=3",
]


def wait_gone(cluster, seconds=60):
    """Until every former pod has ended; what each ended with."""
    former = [pod for each in cluster.deployments.values() for pod in each.former]
    for pod in former:
        assert pod.gone.wait(seconds), pod.name
    return {pod.name: pod.exit_code for pod in former}


def test_a_rolling_restart_of_everything_fails_nothing(cluster, shop):
    load = Load(shop)
    with load:
        for plugin in cluster.plugins:
            began, before = time.monotonic(), load.requests
            cluster.deployment(plugin).restart()
            took = time.monotonic() - began
            print(f"\n{plugin}: rolled in {took:.1f} s, {load.requests - before} requests, {len(load.failed)} failed so far", end="")
        codes = wait_gone(cluster)
        until = time.monotonic() + 120
        while load.requests < REQUESTS and time.monotonic() < until:
            time.sleep(0.2)
    load.report("rolling restart of every deployment")
    assert not load.failed
    assert load.requests >= REQUESTS
    assert set(codes.values()) == {0}, codes
    assert not any("killed after its grace" in dict(map(reversed, pod.events))
                   for each in cluster.deployments.values() for pod in each.former)


def test_without_the_drain_requests_fail(cluster, shop):
    """The control: the same restart of gateway and market, with pods that go at once."""
    hasty = {each["metadata"]["name"]: each for each in manifests(*cluster.sets, *NO_DRAIN) if each["kind"] == "Deployment"}
    orderly, load = {}, Load(shop)
    for plugin in ("gateway", "market"):
        deployment = cluster.deployment(plugin)
        orderly[plugin] = deployment.template
        template = copy.deepcopy(hasty[deployment.name]["spec"]["template"])
        # The schema asks for a second at the least.
        del template["spec"]["containers"][0]["lifecycle"]
        deployment.restart(template)
    wait_gone(cluster)
    with load:
        for plugin in orderly:
            cluster.deployment(plugin).restart(orderly[plugin])
        wait_gone(cluster)
    load.report("without the drain")
    assert load.failed, "the load does not notice: then it shows nothing of the restart above either"
