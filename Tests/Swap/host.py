"""A host with notification alone, whose drivers are files that can be replaced, configured as a mounted ConfigMap is."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Conformance"))
from harness import BINARIES, Lonja, fetch, free_ports  # noqa: E402

LIBRARIES = ["libNotificationPlugin.so", "libSendGridDriver.so", "libSMTPDriver.so", "libOutboxDriver.so"]


class ConfigMap:
    """The layout that the kubelet makes: config.yaml → ..data/config.yaml, ..data → a folder that is replaced as a whole."""

    def __init__(self, folder):
        self.folder, self.count = Path(folder), 0
        self.folder.mkdir()

    def write(self, text):
        self.count += 1
        new = self.folder / f"..2026_11_24_{self.count:04}"
        new.mkdir()
        (new / "config.yaml").write_text(text)
        link = self.folder / "..data_tmp"
        link.symlink_to(new.name)
        old = (self.folder / "..data").resolve() if (self.folder / "..data").exists() else None
        os.rename(link, self.folder / "..data")
        if not (self.folder / "config.yaml").is_symlink():
            (self.folder / "config.yaml").symlink_to("..data/config.yaml")
        if old:
            shutil.rmtree(old)

    @property
    def path(self):
        return self.folder / "config.yaml"


class MailHost:
    def __init__(self, ends, postgres, key, driver="sendgrid", settings=None):
        self.ends, self.postgres = ends, postgres
        self.folder = tempfile.TemporaryDirectory(prefix="lonja-swap-host-")
        path = Path(self.folder.name)
        self.plugins, self.secrets = path / "plugins", path / "secrets"
        self.plugins.mkdir()
        self.secrets.mkdir()
        for name in LIBRARIES:
            self.install(name)
        (self.secrets / "notification.mail.sendgrid.key").write_text(key)
        (self.secrets / "notification.mail.smtp.password").write_text("pass word")
        self.map = ConfigMap(path / "map")
        self.configure(ends.settings(driver), settings)
        self.ports = free_ports(3)
        self.process = None
        self.start()

    def configure(self, mail, more=None):
        """A new configuration; JSON is YAML."""
        self.map.write(json.dumps({"notification": {"mail": mail, **(more or {})}}))

    def install(self, name, tail=b""):
        """Puts a library into the plugins' folder, or replaces it as a deployment does; a tail makes it another build."""
        draft = self.plugins / f".{name}"
        draft.write_bytes((BINARIES / name).read_bytes() + tail)
        draft.chmod(0o755)
        os.rename(draft, self.plugins / name)

    def start(self):
        self.process = Lonja(
            "notification",
            {
                "LONJA_PLUGIN_PATH": str(self.plugins), "LONJA_CONFIG": str(self.map.path),
                "LONJA_SECRETS": str(self.secrets), "LONJA_STATE": self.folder.name, "LONJA_HOST_LOG_FORMAT": "json",
                **self.postgres.environment,
            },
            self.ports,
        )

    def kill(self):
        self.process.kill()

    @property
    def rpc(self):
        return self.process.rpc

    def socket(self):
        return f"{self.process.folder_of_socket.name}/admin.sock"

    def command(self, *words):
        """Runs `lonja`, and gives its exit code, what it printed and what it complained of."""
        done = subprocess.run(
            [BINARIES / "lonja", *words], capture_output=True, text=True, timeout=120,
            env={**os.environ, "LONJA_ADMIN_SOCKET": self.socket()},
        )
        return done.returncode, done.stdout.strip(), done.stderr.strip()

    def swap(self, driver):
        return self.command("swap", "notification.mail", driver)

    def slot(self):
        """What /drivers says of notification.mail."""
        slots = fetch(self.process.admin, "/drivers").json["slots"]
        return next(slot for slot in slots if slot["slot"] == "notification.mail")

    def metrics(self):
        return fetch(self.process.admin, "/metrics").body.decode()

    @property
    def output(self):
        return self.process.output

    def wait_for(self, condition, what, seconds=20):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.output[-3000:]}")

    def close(self):
        self.process.close()
        self.folder.cleanup()
