"""What runs is what is rendered, and no more than that."""

import json
import pathlib

from pod import octets


def status(pod):
    lines = pathlib.Path(f"/proc/{pod.process}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_each_plugin_has_a_container_of_its_own(cluster):
    assert sorted(cluster.plugins) == ["auth", "gateway", "market", "notification", "profile", "wallet", "web"]
    for plugin in cluster.plugins:
        for pod in cluster.deployment(plugin).pods:
            assert [each["name"] for each in json.loads(pod.admin("/plugins"))["plugins"]] == [plugin]


def test_containers_may_do_nothing(cluster):
    for pod in cluster.pods:
        found = status(pod)
        assert set(found["Uid"].split()) == {"65532"} and set(found["Gid"].split()) == {"65532"}, pod.name
        assert int(found["CapEff"], 16) == int(found["CapBnd"], 16) == 0, pod.name
        assert found["NoNewPrivs"] == "1" and found["Seccomp"] == "2", pod.name
        mounts = [line.split() for line in pathlib.Path(f"/proc/{pod.process}/mountinfo").read_text().splitlines()]
        assert next("ro" in each[5].split(",") for each in mounts if each[4] == "/"), pod.name


def test_environment_is_the_manifests(cluster):
    for pod in cluster.pods:
        raw = pathlib.Path(f"/proc/{pod.process}/environ").read_bytes().decode().split("\0")
        found = dict(each.split("=", 1) for each in raw if each.startswith("LONJA_"))
        assert found == {each["name"]: each["value"] for each in pod.container["env"]}, pod.name


def test_memory_is_limited(cluster):
    """By the manifests: 128 MiB, and more for whom Argon2 needs it. Prints what is used."""
    for pod in cluster.pods:
        limit = octets(pod.container["resources"]["limits"]["memory"])
        lines = pathlib.Path(f"/proc/{pod.process}/cgroup").read_text().splitlines()
        path = next(line.split(":")[2] for line in lines if ":memory:" in line or line.startswith("0::"))
        old, new = pathlib.Path("/sys/fs/cgroup/memory" + path), pathlib.Path("/sys/fs/cgroup" + path)
        folder, names = new, ("memory.max", "memory.peak")
        if old.exists():
            folder, names = old, ("memory.limit_in_bytes", "memory.max_usage_in_bytes")
        assert int((folder / names[0]).read_text()) == limit, pod.name
        print(f"{pod.name}: {int((folder / names[1]).read_text()) >> 20} of {limit >> 20} MiB at the most")
        assert limit == (512 << 20 if "profile" in pod.name else 128 << 20)
