"""The commands of the Valkey pod, as rendered, with Debian's Redis in its place (the same program before the fork)."""

import base64
import functools
import glob
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest
import yaml

from rendering import CHART, STORES, containers, objects, of_kind

TLS = ("valkey.tls=lonja-valkey-tls",)
WORD = "word of valkey"


@functools.cache
def certificate(_number):
    """A certificate of Valkey; another each time."""
    done = subprocess.run(["sh", CHART / "bootstrap/certificates", "dev"], capture_output=True, text=True, check=True)
    [made] = [each for each in yaml.safe_load_all(done.stdout) if each and each["metadata"]["name"] == "lonja-valkey-tls"]
    return {key: base64.b64decode(value) for key, value in made["data"].items()}


class Valkey:
    """The pod's containers as processes, with their mounts below a folder."""

    def __init__(self, folder, sets=()):
        every = objects(chart=STORES, sets=sets)
        [pod] = [each for each in of_kind(every, "StatefulSet") if each["metadata"]["name"] == "lonja-valkey"]
        [config] = [each["data"] for each in of_kind(every, "ConfigMap") if each["metadata"]["name"] == "lonja-valkey"]
        self.folder, self.tls, self.processes = folder, bool(sets), []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.containers = {each["name"]: each for each in containers(pod["spec"]["template"])}
        mounts = {each["mountPath"] for one in self.containers.values() for each in one["volumeMounts"]} - {"/tmp"}
        for mount in mounts:
            (folder / mount[1:]).mkdir(parents=True)
        # The longest first, as one is the beginning of another.
        self.mounts = sorted(mounts, key=len, reverse=True)
        (folder / "etc/valkey-password/password").write_text(WORD)
        for name, text in config.items():
            (folder / "etc/valkey" / name).write_text(self.here(text))
        if self.tls:
            self.give(certificate(1))

    def give(self, files):
        for name, content in files.items():
            (self.folder / "etc/valkey-tls" / name).write_bytes(content)

    def here(self, text):
        """With the paths, the ports and the programs of this machine."""
        text = re.sub(r"(?<![\w./-])(%s)(?=[/\s])" % "|".join(self.mounts), lambda m: f"{self.folder}{m[1]}", text)
        for a, b in {"port 6379": f"port {self.port}", "bind * -::*": "bind 127.0.0.1", "valkey-server": "redis-server",
                     "valkey-cli": f"redis-cli -p {self.port}", "sleep 20": "sleep 0.1"}.items():
            text = text.replace(a, b)
        return text

    def start(self, name):
        container = self.containers[name]
        command = [self.here(part) for part in [*container["command"], *container.get("args", [])]]
        log = (self.folder / f"{name}.log").open("w")
        self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
        return self.processes[-1]

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def probe(self, kind):
        """Whether what the kubelet would run says yes."""
        command = [self.here(part) for part in self.containers["valkey"][kind]["exec"]["command"]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def cli(self, *arguments, word=WORD, plain=False):
        tls = ["--tls", "--cacert", self.folder / "etc/valkey-tls/ca.crt"] if self.tls and not plain else []
        done = subprocess.run(["redis-cli", "-p", str(self.port), *map(str, tls), *arguments], env={**os.environ, "REDISCLI_AUTH": word},
                              capture_output=True, text=True, check=False, timeout=20)
        return (done.stdout or done.stderr).strip()

    def shown(self):
        """The certificate that the server shows."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "lonja-valkey"]
        text = subprocess.run(command, input=b"", capture_output=True, check=False, timeout=20).stdout
        found = re.search(rb"-----BEGIN.*?END CERTIFICATE-----\n", text, re.S)
        return found[0] if found else text

    def close(self):
        for each in self.processes:
            # With what runs beside it, as when a container ends.
            os.killpg(each.pid, signal.SIGKILL)
            each.wait()


def shown(process):
    """What everybody sees of a process."""
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def until(condition, patience=20):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(params=[(), TLS], ids=["plain", "TLS"])
def valkey(tmp_path, request):
    made = Valkey(tmp_path, request.param)
    try:
        made.running = made.start("valkey")
        until(lambda: made.probe("readinessProbe"))
        yield made
    finally:
        made.close()


def test_valkey_keeps_and_refuses(valkey):
    cli = valkey.cli
    assert cli("ping") == "PONG"
    assert "NOAUTH" in cli("ping", word="") and "NOAUTH" in cli("ping", word="another")
    settings = {key: cli("config", "get", key).split("\n")[-1] for key in ("appendonly", "appendfsync", "maxmemory-policy",
                                                                          "maxmemory")}
    assert settings == {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction",
                        "maxmemory": str(200 * 1024 * 1024)}
    # No process shows the password.
    with open(f"/proc/{valkey.running.pid}/cmdline", encoding="utf8") as line:
        assert WORD not in line.read()
    # Who speaks plainly to a server with TLS gets nothing.
    assert (cli("ping", plain=True) == "PONG") == (not valkey.tls)


def test_valkey_takes_up_a_renewed_certificate(tmp_path):
    made = Valkey(tmp_path, TLS)
    try:
        running = made.start("valkey")
        until(lambda: made.cli("ping") == "PONG")
        assert made.shown() == certificate(1)["tls.crt"]
        # What does not fit is not taken, and said so.
        made.give({"tls.crt": certificate(2)["tls.crt"]})
        until(lambda: "did not take" in made.log("valkey"))
        assert made.shown() == certificate(1)["tls.crt"]
        # Of another authority, that of the former being forgotten.
        made.give(certificate(2))
        until(lambda: made.shown() == certificate(2)["tls.crt"])
        assert made.cli("ping") == "PONG" and made.probe("readinessProbe") and running.poll() is None
        until(lambda: "has read" in made.log("valkey"))
        # And back, as often as there is something new.
        made.give(certificate(1))
        until(lambda: made.shown() == certificate(1)["tls.crt"])
        [beside] = [path for path in map(pathlib.Path, glob.glob("/proc/[0-9]*"))
                    if str(made.folder / "etc/valkey/renew.sh") in shown(path)]
        assert WORD not in shown(beside)
    finally:
        made.close()


@pytest.mark.parametrize("sets", [(), TLS], ids=["plain", "TLS"])
def test_probes_wait_for_valkey(tmp_path, sets):
    made = Valkey(tmp_path, sets)
    assert not made.probe("readinessProbe")
    assert made.containers["valkey"]["startupProbe"]["tcpSocket"] == made.containers["valkey"]["livenessProbe"]["tcpSocket"]
