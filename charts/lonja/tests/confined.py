"""Containers of rendered pods as processes of this machine: the same commands, variables, files at the same paths, users and
capabilities, in namespaces of their own. The root of each is this machine's, read-only, in place of the image's.
"""

import base64
import contextlib
import ctypes
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import threading

from rendering import containers

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def possible():
    """Whether namespaces and overlays can be made here: as root, and not in a container that forbids them."""
    script = 'mount -t tmpfs tmpfs "$0" && cd "$0" && mkdir upper work root && ip link set lo up && ' \
        'mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root'
    if os.getuid() != 0 or not shutil.which("ip"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ["unshare", "--mount", "--net", "--pid", "--fork", "sh", "-ec", script, folder]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Network:
    """A network namespace, alive as long as its holder."""

    def __init__(self):
        self.holder = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"],
            stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"up\n"
        self.path = f"/proc/{self.holder.pid}/ns/net"

    def run(self, *command, **options):
        return subprocess.run(self.command(*command), check=True, **options)

    def command(self, *command):
        return ["nsenter", f"--net={self.path}", "--", *map(str, command)]

    def joined_to(self, other, mine, its):
        """A cable to another, with addresses on both ends; all that is elsewhere is reached through it."""
        self.run("ip", "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", other.holder.pid)
        for network, addresses in ((self, mine), (other, its)):
            for address in addresses:
                network.run("ip", "address", "add", address, "dev", "cable")
            network.run("ip", "link", "set", "cable", "up")
        self.run("ip", "route", "add", "default", "via", its[0].split("/")[0])

    @contextlib.contextmanager
    def inside(self):
        """Sockets that this thread makes meanwhile are of this network."""
        with open("/proc/thread-self/ns/net", "rb") as before, open(self.path, "rb") as mine:
            assert LIBC.setns(mine.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert LIBC.setns(before.fileno(), CLONE_NEWNET) == 0

    def close(self):
        self.holder.kill()
        self.holder.wait()


class Volumes:
    """What a pod's volumes have, in folders below one. Claims stay as they are when a pod is made anew."""

    def __init__(self, folder, every, secrets, token=b""):
        self.folder, self.secrets, self.token = folder, secrets, token
        self.maps = {each["metadata"]["name"]: each["data"] for each in every if each["kind"] == "ConfigMap"}

    def make(self, template, claims=()):
        """Folder of each volume by name, with the modes that a kubelet gives them."""
        group = template["spec"].get("securityContext", {}).get("fsGroup", 0)
        made = {}
        for name in claims:
            # As local-path makes them, where fsGroup has no effect.
            made[name] = self.empty(f"claim-{name}", 0, 0o777, keep=True)
        for volume in template["spec"].get("volumes", []):
            name = volume["name"]
            if "emptyDir" in volume:
                made[name] = self.empty(name, group, 0o2777)
                continue
            files, mode = self.files(volume)
            made[name] = self.empty(name, group, 0o3777)
            (made[name] / "..2026_11_27").mkdir()
            (made[name] / "..data").symlink_to("..2026_11_27")
            for path, content in files.items():
                file = made[name] / "..2026_11_27" / path
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(content)
                # The group of the volumes may read what its owner may.
                file.chmod(mode | (mode & 0o400) >> 3)
                os.chown(file, 0, group)
                first = pathlib.Path(path).parts[0]
                if not (made[name] / first).is_symlink():
                    (made[name] / first).symlink_to(f"..data/{first}")
        return made

    def empty(self, name, group, mode, keep=False):
        path = self.folder / name
        if path.exists() and not keep:
            subprocess.run(["rm", "-rf", path], check=True)
        if not path.exists():
            path.mkdir(parents=True)
            os.chown(path, 0, group)
            path.chmod(mode)
        return path

    def files(self, volume):
        if "configMap" in volume:
            data = self.maps[volume["configMap"]["name"]]
            items = volume["configMap"].get("items") or [{"key": key, "path": key} for key in data]
            return {item["path"]: data[item["key"]].encode() for item in items}, 0o644
        own = volume.get("secret")
        sources = [own] if own else volume["projected"]["sources"]
        files = {}
        for source in sources:
            if "serviceAccountToken" in source:
                files[source["serviceAccountToken"]["path"]] = self.token
                continue
            if "configMap" in source:
                files |= {item["path"]: self.maps[source["configMap"]["name"]][item["key"]].encode()
                          for item in source["configMap"]["items"]}
                continue
            source = source.get("secret", source)
            secret = self.secrets.get(source.get("secretName", source.get("name")))
            if secret is None:
                assert source.get("optional"), f"no Secret {source}"
                continue
            for item in source.get("items") or [{"key": key, "path": key} for key in secret]:
                if item["key"] in secret or not source.get("optional"):
                    files[item["path"]] = secret[item["key"]]
        mode = own.get("defaultMode", 0o644) if own else volume["projected"].get("defaultMode", 0o644)
        return files, mode


class Container:
    """One container of a pod, as a process."""

    def __init__(self, template, container, volumes, network, folder, *, programs=(), etc=(), env=(), more=()):
        self.name, self.output = container["name"], []
        pod = template["spec"].get("securityContext", {})
        own = {**pod, **container["securityContext"]}
        assert own["readOnlyRootFilesystem"] and own["capabilities"]["drop"] == ["ALL"] and not own["allowPrivilegeEscalation"]
        added = [f"+{each.lower()}" for each in own["capabilities"].get("add", [])]
        self.confine = ["setpriv", f"--reuid={own['runAsUser']}", f"--regid={own['runAsGroup']}", f"--groups={pod['fsGroup']}",
                        f"--bounding-set={','.join(['-all', *added])}", "--inh-caps=-all", "--no-new-privs", "--"]
        self.env = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    *(f"{each['name']}={each['value']}" for each in container["env"]), *env]
        root = folder / f"root-{self.name}"
        root.mkdir(exist_ok=True)
        lines = ["set -eu", "mount --make-rprivate /", f"mount -t tmpfs tmpfs {root}",
                 f"mkdir {root}/upper {root}/work {root}/merged",
                 f"mount -t overlay overlay -o lowerdir=/,upperdir={root}/upper,workdir={root}/work {root}/merged"]
        mounts = [(volumes[each["name"]], each["mountPath"], each.get("readOnly", False)) for each in container["volumeMounts"]]
        mounts += [(path, path, True) for path in programs]
        for path, to, read_only in [*mounts, *((path, path, False) for path in more)]:
            lines += [f"mkdir -p {root}/merged{to}", f"mount --bind {path} {root}/merged{to}"]
            lines += [f"mount -o remount,bind,ro {root}/merged{to}"] if read_only else []
        for path, to in etc:
            lines.append(f"mount --bind {path} {root}/merged{to}")
        command = shlex.join([*self.confine, *self.env, *container.get("command", []), *container.get("args", [])])
        lines += [f"mount -t proc proc {root}/merged/proc", f"mount --rbind /dev {root}/merged/dev",
                  f"mount -o remount,ro {root}/merged", f"cd {root}/merged", f"exec chroot . {command}"]
        self.process = subprocess.Popen(
            network.command("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                            "\n".join(lines)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.output.append(line)

    @property
    def log(self):
        return "".join(self.output)

    @property
    def first(self):
        """The process that is number 1 inside."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def exec(self, *command, **options):
        """As kubectl exec does."""
        enter = ["nsenter", "-t", self.first, "-m", "-p", "-n", "-r", "-w"]
        return subprocess.run([*map(str, enter), *self.confine, *self.env, *map(str, command)], capture_output=True, text=True,
                              check=False, timeout=20, **options)

    def processes(self):
        """(name, status) of each process inside, as the kernel describes it."""
        inside = os.readlink(f"/proc/{self.first}/ns/pid")
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(path / "ns/pid") == inside:
                    lines = (path / "status").read_text().splitlines()
                    status = {line.split(":")[0]: line.split(":")[1].split() for line in lines}
                    yield status["Name"][0], status

    def probe(self, kind, container):
        return self.exec(*container[kind]["exec"]["command"]).returncode == 0

    def signal(self, number):
        if self.process.poll() is None and self.first:
            os.kill(self.first, number)

    def end(self, signal=9):
        """Ends number 1, and with it all others inside."""
        self.signal(signal)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.reader.join(5)


def named(template, name):
    return next(each for each in containers(template) if each["name"] == name)


def decoded(secret):
    """The files of a Secret as YAML has it."""
    return {**{key: base64.b64decode(text) for key, text in (secret.get("data") or {}).items()},
            **{key: text.encode() for key, text in (secret.get("stringData") or {}).items()}}
