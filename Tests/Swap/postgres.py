"""A private PostgreSQL in a folder of its own, on a unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path


class Postgres:
    def __init__(self):
        versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres"), key=lambda path: int(path.parts[4]))
        if not versions:
            raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
        self.binaries = versions[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="lonja-swap-pg-"))
        # The server refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-A", "trust", "-U", "notification", "--no-sync", "-E", "UTF8", "--locale=C")
        self.process = subprocess.Popen(
            self.command("postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c", "max_connections=60"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("wb"),
        )
        until = time.monotonic() + 30
        while subprocess.run([self.binaries / "pg_isready", "-q", "-h", self.folder]).returncode:
            if time.monotonic() > until:
                raise SystemExit("PostgreSQL does not start:\n" + (self.folder / "log").read_text())
            time.sleep(0.05)
        self.run("createdb", "-h", self.folder, "-U", "notification", "notification")

    def command(self, program, *arguments):
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if self.user else []
        return ["setpriv", "--pdeathsig", "KILL", *drop, self.binaries / program, *map(str, arguments)]

    def run(self, program, *arguments):
        subprocess.run(self.command(program, *arguments), check=True, stdout=subprocess.DEVNULL, cwd="/")

    @property
    def environment(self):
        return {"LONJA_NOTIFICATION_POSTGRES_HOST": str(self.folder)}

    def close(self):
        self.process.send_signal(3)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
