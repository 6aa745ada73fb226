"""A private PostgreSQL that can be killed, and a private Valkey (or Redis), on unix sockets in a folder. Both end with this
process, however that ends."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path


class Postgres:
    """Flushes what it commits, as in production: a kill must not lose it."""

    def __init__(self, folder, services):
        programs = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres"), key=lambda path: int(path.parts[4]))
        if not programs:
            raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
        self.binaries = programs[-1].parent
        self.folder = folder / "postgres"
        self.folder.mkdir()
        # The server refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.log = (folder / "postgres.log").open("ab")
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "chaos", "-E", "UTF8", "--locale=C")
        self.process = None
        self.start()
        for service in services:
            self.run("createuser", "-h", self.folder, "-U", "chaos", service)
            self.run("createdb", "-h", self.folder, "-U", "chaos", "-O", service, service)

    @property
    def data(self):
        return self.folder / "data"

    def command(self, program, *arguments):
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if self.user else []
        return ["setpriv", "--pdeathsig", "KILL", *drop, str(self.binaries / program), *map(str, arguments)]

    def run(self, program, *arguments):
        subprocess.run(self.command(program, *arguments), check=True, stdout=subprocess.DEVNULL, stderr=self.log, cwd="/")

    def start(self):
        """Begins to start: a server that was killed replays its log first. Again while processes of the one before are left."""
        until = time.monotonic() + 60
        while True:
            self.process = subprocess.Popen(
                self.command(
                    "postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=", "-c", "max_connections=200",
                ),
                cwd="/", stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            )
            while self.process.poll() is None:
                ready = subprocess.run([str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder)])
                if ready.returncode == 0:
                    return
                time.sleep(0.05)
            if time.monotonic() > until:
                raise SystemExit(f"PostgreSQL does not start; see {self.log.name}")
            time.sleep(0.1)

    def kill(self):
        """The server and every process of it, at once, as a power cut would."""
        os.kill(self.process.pid, signal.SIGSTOP)
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for child in map(int, children):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.kill()
        self.process.wait()

    def query(self, service, statement):
        """Rows as lists of texts; None while the server does not answer."""
        done = subprocess.run(
            [str(self.binaries / "psql"), "-XqAt", "-F", "\t", "-h", str(self.folder), "-U", service, "-c", statement],
            capture_output=True, text=True, timeout=30, env={**os.environ, "PGCONNECT_TIMEOUT": "5"},
        )
        return None if done.returncode else [line.split("\t") for line in done.stdout.splitlines()]

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


class Valkey:
    def __init__(self, folder):
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        if not program:
            raise SystemExit("neither valkey-server nor redis-server is there: apt-get install redis-server")
        self.socket = folder / "valkey.sock"
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, "--port", "0", "--unixsocket", str(self.socket), "--save", "",
             "--appendonly", "no", "--dir", str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 20
        while not self.socket.exists():
            if time.monotonic() > until:
                raise SystemExit(f"{program} does not start")
            time.sleep(0.02)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
