"""One pod as a kubelet runs it: volumes, one container after the other, probes, preStop, grace."""

import http.client
import os
import select
import signal
import socket
import threading
import time

from node import DNS, run
from volumes import Volumes

MEBI = {"Mi": 1 << 20, "Gi": 1 << 30}


def octets(quantity):
    return int(quantity[:-2]) * MEBI[quantity[-2:]]


def millicores(quantity):
    return int(quantity[:-1]) if quantity.endswith("m") else int(quantity) * 1000


class Probe:
    """When to ask, and what the answers so far mean."""

    def __init__(self, probe):
        self.path, self.port = probe["httpGet"]["path"], probe["httpGet"]["port"]
        self.period, self.limit = probe["periodSeconds"], probe["failureThreshold"]
        self.patience = probe.get("timeoutSeconds", 1)
        self.due, self.failures, self.passes = time.monotonic(), 0, 0

    def ask(self, address, ports):
        port = ports[self.port] if isinstance(self.port, str) else self.port
        self.due = time.monotonic() + self.period
        connection = http.client.HTTPConnection(address, port, timeout=self.patience)
        try:
            connection.request("GET", self.path)
            good = 200 <= connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            good = False
        finally:
            connection.close()
        self.passes, self.failures = (self.passes + 1, 0) if good else (0, self.failures + 1)
        return good


class Pod:
    def __init__(self, node, namespace, name, template, find, changed):
        self.node, self.namespace, self.name, self.changed = node, namespace, name, changed
        self.labels, self.spec = template["metadata"]["labels"], template["spec"]
        (self.container,) = self.spec["containers"]
        self.ports = {each["name"]: each["containerPort"] for each in self.container.get("ports", [])}
        self.folder = node.folder / "pods" / name
        self.address = node.add_sandbox(name)
        self.volumes = Volumes(self.folder / "volumes", self.spec, find, node.folder / "claims")
        self.log = node.folder / "logs" / f"{name}.log"
        self.log.parent.mkdir(exist_ok=True)
        self.ready, self.restarts, self.exit_code = False, 0, None
        self.process = self.container_name = self.started_at = None
        self.deleting, self.gone = threading.Event(), threading.Event()
        self.events = []
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.error = None

    def start(self):
        self.thread.start()
        return self

    def note(self, what):
        self.events.append((time.monotonic(), what))

    def command(self):
        """podman's arguments: each from the pod's spec, and none that it does not ask for."""
        spec, container, security = self.spec, self.container, self.container["securityContext"]
        pod_security = spec["securityContext"]
        unknown = set(container) - {
            "args", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports", "readinessProbe",
            "resources", "securityContext", "startupProbe", "volumeMounts",
        }
        assert not unknown, f"nobody here knows {unknown} of a container"
        resolver = self.folder / "resolv.conf"
        options = " ".join(
            f"{each['name']}:{each['value']}" if "value" in each else each["name"]
            for each in spec.get("dnsConfig", {}).get("options", [])
        )
        zone = f"{self.namespace}.svc.cluster.local svc.cluster.local cluster.local"
        resolver.write_text(f"nameserver {DNS}\nsearch {zone}\noptions {options}\n")
        memory = octets(container["resources"]["limits"]["memory"])
        command = [
            "run", "--detach", "--name", self.container_name, "--pull", "never", "--hostname", self.name,
            "--pidfile", self.folder / "pid", "--log-driver", "k8s-file", "--log-opt", f"path={self.log}",
            "--network", f"ns:/run/netns/{self.name}", "--no-hosts", "--volume", f"{resolver}:/etc/resolv.conf:ro",
            "--user", f"{pod_security['runAsUser']}:{pod_security['runAsGroup']}",
            "--memory", memory, "--memory-swap", memory,
            "--cpu-shares", max(2, millicores(container["resources"]["requests"]["cpu"]) * 1024 // 1000),
            *self.node.limits(),
        ]
        if security["readOnlyRootFilesystem"]:
            command += ["--read-only", "--read-only-tmpfs=false"]
        for capability in security["capabilities"]["drop"]:
            command += ["--cap-drop", capability]
        if not security["allowPrivilegeEscalation"]:
            command += ["--security-opt", "no-new-privileges"]
        # podman's own profile of system calls is what RuntimeDefault means.
        assert pod_security["seccompProfile"] == {"type": "RuntimeDefault"}
        for mount in container.get("volumeMounts", []):
            source = self.volumes.paths[mount["name"]]
            command += ["--volume", f"{source}:{mount['mountPath']}:{'ro' if mount.get('readOnly') else 'rw'}"]
        for variable in container["env"]:
            command += ["--env", f"{variable['name']}={variable['value']}"]
        return [*command, container["image"], *container.get("args", [])]

    def live(self):
        try:
            backoff = 0
            while not self.deleting.is_set():
                self.begin()
                self.watch()
                if self.deleting.is_set() or self.spec.get("restartPolicy") == "Never":
                    break
                # At once for the first time, then ever later.
                if self.deleting.wait(backoff):
                    break
                backoff = min(300, backoff * 2 or 10)
                self.restarts += 1
        except BaseException as error:
            self.error = error
        finally:
            self.set_ready(False)
            self.remove_container()
            self.gone.set()
            self.changed(self)

    def begin(self):
        self.remove_container()
        self.container_name = f"{self.name}-{self.restarts}"
        run(*self.node.podman(*self.command()))
        self.process = int((self.folder / "pid").read_text())
        self.started_at = time.monotonic()
        self.note("started")

    def remove_container(self):
        if self.container_name:
            done = run(*self.node.podman("wait", self.container_name), check=False)
            self.exit_code = int(done.stdout) if done.stdout.strip().isdigit() else None
            run(*self.node.podman("rm", "--force", "--time", "0", self.container_name), check=False)
            self.container_name = None

    def watch(self):
        """Until the container has ended, however that comes."""
        try:
            descriptor = os.pidfd_open(self.process)
        except ProcessLookupError:
            return
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        probes = {
            key: Probe(self.container[f"{key}Probe"]) for key in ("startup", "readiness", "liveness")
            if f"{key}Probe" in self.container
        }
        started = "startup" not in probes
        stop = None
        try:
            while not poll.poll(50):
                if self.deleting.is_set():
                    stop = stop or self.stopping()
                    if next(stop, None) is None:
                        continue
                now = time.monotonic()
                if not started:
                    probe = probes["startup"]
                    if now >= probe.due and not self.deleting.is_set():
                        started = probe.ask(self.address, self.ports)
                        if probe.failures >= probe.limit:
                            self.signal(signal.SIGKILL)
                    continue
                for key, probe in probes.items():
                    if key == "startup" or now < probe.due:
                        continue
                    probe.ask(self.address, self.ports)
                    if key == "readiness" and (probe.passes or probe.failures >= probe.limit):
                        self.set_ready(bool(probe.passes))
                    if key == "liveness" and probe.failures >= probe.limit and not self.deleting.is_set():
                        self.note("not alive")
                        self.signal(signal.SIGKILL)
        finally:
            os.close(descriptor)
            self.note("ended")
            self.set_ready(False)

    def stopping(self):
        """The end in steps: yields until the next one is due."""
        grace = time.monotonic() + self.spec.get("terminationGracePeriodSeconds", 30)
        sleep = self.container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        until = time.monotonic() + sleep
        while time.monotonic() < until:
            yield True
        self.signal(signal.SIGTERM)
        while time.monotonic() < grace:
            yield True
        self.note("killed after its grace")
        self.signal(signal.SIGKILL)
        while True:
            yield True

    def signal(self, number):
        try:
            os.kill(self.process, number)
        except ProcessLookupError:
            pass

    def set_ready(self, ready):
        if ready != self.ready:
            self.ready = ready
            self.note("ready" if ready else "not ready")
            self.changed(self)

    @property
    def serves(self):
        """Whether services lead here."""
        return self.ready and not self.deleting.is_set()

    def wait_ready(self, seconds=120):
        until = time.monotonic() + seconds
        while not self.ready:
            if self.error:
                raise self.error
            if time.monotonic() > until or self.gone.is_set():
                raise AssertionError(f"{self.name} is not ready:\n{self.output[-3000:]}")
            time.sleep(0.05)

    def delete(self):
        self.deleting.set()
        self.note("deleted")
        self.changed(self)

    def execute(self, *command):
        """As `kubectl exec` does."""
        return run(*self.node.podman("exec", self.container_name, *command), check=False)

    @property
    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def admin(self, path):
        connection = http.client.HTTPConnection(self.address, self.ports["admin"], timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except socket.timeout:
            return ""
        finally:
            connection.close()

    def close(self):
        self.deleting.set()
        self.signal(signal.SIGKILL) if self.process else None
        self.thread.join(20)
        self.volumes.close()
        self.node.remove_sandbox(self.name)
