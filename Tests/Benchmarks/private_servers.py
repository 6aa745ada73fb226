"""Private PostgreSQL and Valkey (or Redis) servers on unix sockets in a temporary folder, for one run. They end with this
process, however that ends."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path


def fail(text):
    sys.exit(f"Tests/Benchmarks: {text}")


def run(command, **options):
    """Output of a command that must work."""
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode:
        fail(f"{' '.join(command)}\n{result.stdout}{result.stderr}")
    return result.stdout


def unprivileged():
    """What to put before a command so that it does not run as root, which PostgreSQL refuses, and the user's name."""
    if os.geteuid():
        return [], pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"], name


class Postgres:
    """A cluster of its own, filled by `pgbench -i`. Nothing is flushed to disk (fsync is off): the disk is not what is
    measured. No autovacuum, which would come to one contestant and not to the other."""

    SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "on",
                "shared_buffers": "512MB", "max_wal_size": "8GB", "autovacuum": "off", "max_connections": "100",
                "logging_collector": "off"}

    def __init__(self, folder, scale):
        self.scale = scale
        self.socket = folder
        candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
        if not candidates:
            fail("there is no PostgreSQL server: apt-get install postgresql")
        self.binaries = candidates[-1].parent
        self.version = run([str(self.binaries / "postgres"), "--version"]).split()[2]
        prefix, self.user = unprivileged()
        data = f"{folder}/postgres"
        os.mkdir(data)
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)
            shutil.chown(data, self.user)
            socket = f"{folder}/socket"
            os.mkdir(socket)
            shutil.chown(socket, self.user)
            self.socket = socket
        run(prefix + [str(self.binaries / "initdb"), "-D", data, "-A", "trust", "-U", self.user, "--no-sync", "--locale=C",
                      "-E", "UTF8"], cwd="/")
        settings = [word for name, value in self.SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.log = open(f"{folder}/postgres.log", "wb")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "INT", *prefix[1:], str(self.binaries / "postgres"), "-D", data, "-k", self.socket,
             *settings],
            cwd="/", stdout=self.log, stderr=self.log)
        for _ in range(200):
            if subprocess.run([str(self.binaries / "pg_isready"), "-q", "-h", self.socket]).returncode == 0:
                break
            time.sleep(0.05)
        else:
            fail(f"PostgreSQL did not start:\n{Path(self.log.name).read_text()}")
        run([str(self.binaries / "pgbench"), "-i", "-q", "-s", str(scale), *self.target()])

    def target(self):
        """Where it is, for its own programs."""
        return ["-h", self.socket, "-U", self.user, "postgres"]

    def sql(self, *statements):
        words = [word for statement in statements for word in ("-c", statement)]
        return run([str(self.binaries / "psql"), "-X", "-q", "-A", "-t", *words, *self.target()])

    def tidy(self):
        """The same state for each contestant."""
        self.sql("TRUNCATE pgbench_history", "VACUUM pgbench_branches, pgbench_tellers, pgbench_accounts", "CHECKPOINT")

    def check_sums(self):
        """Every transaction, whoever made it, moved the same amount in all tables."""
        rows = self.sql("SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(tbalance) FROM pgbench_tellers), "
                        "(SELECT sum(bbalance) FROM pgbench_branches)").strip()
        if len(set(rows.split("|"))) != 1:
            fail(f"the balances of accounts, tellers and branches differ: {rows}")

    def stop(self):
        self.process.send_signal(2)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Valkey:
    """valkey-server if it is there, else redis-server; nothing is saved."""

    def __init__(self, folder):
        self.socket = f"{folder}/valkey.sock"
        self.program = shutil.which("valkey-server") or shutil.which("redis-server")
        if not self.program:
            fail("there is neither valkey-server nor redis-server: apt-get install redis-server")
        self.benchmark = shutil.which("valkey-benchmark") or shutil.which("redis-benchmark")
        if not self.benchmark:
            fail("there is neither valkey-benchmark nor redis-benchmark: apt-get install redis-tools")
        self.version = Path(self.program).name + " " + run([self.program, "--version"]).split("v=")[1].split()[0]
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "INT", self.program, "--port", "0", "--unixsocket", self.socket, "--save", "",
             "--appendonly", "no", "--dir", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(self.socket):
                return
            time.sleep(0.02)
        fail(f"{self.program} did not start")

    def stop(self):
        self.process.send_signal(2)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
