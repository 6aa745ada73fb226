"""The machine that pods run on: a network of its own, and podman with a store of its own."""

import itertools
import resource
import subprocess
import threading

BRIDGE = "cni0"
GATEWAY = "10.42.0.1"
DNS = "10.43.0.10"
# Where clients come from: each may take an address of its own.
OUTSIDE = "10.99"


def run(*command, check=True):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


class Node:
    """Must be made in a network and mount namespace of its own, which charts/lonja/tests/cluster/run sees to."""

    def __init__(self, folder, archive):
        self.folder = folder
        self.addresses = itertools.count(10)
        self.lock = threading.Lock()
        # As K3s has it: pods have 10.42.0.0/16, services 10.43.0.0/16.
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "addr", "add", f"{GATEWAY}/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
        self.serve_at(DNS)
        run("ip", "route", "add", "local", f"{OUTSIDE}.0.0/16", "dev", "lo")
        run("mkdir", "-p", "/run/netns")
        run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
        run(*self.podman("load", "--quiet", "--input", archive))

    def serve_at(self, address):
        """An address of a service, which this machine answers itself."""
        run("ip", "addr", "add", f"{address}/32", "dev", BRIDGE)

    def podman(self, *arguments):
        return [
            "podman", "--root", self.folder / "storage", "--runroot", self.folder / "run", "--storage-driver", "overlay",
            "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", "runc", *arguments,
        ]

    def add_sandbox(self, name):
        """A network namespace with an address of its own, as all containers of a pod share; gives the address."""
        with self.lock:
            number = next(self.addresses)
        address, outside = f"10.42.0.{number}", f"veth{number}"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", outside, "master", BRIDGE, "up")
        run("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            run("ip", "-n", name, "link", "set", link, "up")
        run("ip", "-n", name, "route", "add", "default", "via", GATEWAY)
        return address

    def remove_sandbox(self, name):
        run("ip", "netns", "del", name, check=False)

    def limits(self):
        """podman asks for more open files than it may give where this process has fewer."""
        files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20)
        return ["--ulimit", f"nofile={files}:{files}", "--ulimit", "nproc=4096:4096"]

    def close(self):
        run(*self.podman("rm", "--all", "--force", "--time", "0"), check=False)
