"""A PostgreSQL and a Valkey (or Redis) beside the pods, made as charts/lonja-stores makes them, with the same passwords."""

import pathlib
import pwd
import shutil
import subprocess
import time

from node import run
from rendering import STORES

POSTGRES, VALKEY = "10.43.0.20", "10.43.0.21"
BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Stores:
    def __init__(self, node, secrets):
        self.folder = node.folder / "stores"
        self.folder.mkdir()
        self.passwords, self.valkey_password = secrets["lonja-postgres"], secrets["lonja-valkey"]["password"].decode()
        self.processes = []
        for address in (POSTGRES, VALKEY):
            node.serve_at(address)
        self.start_postgres()
        self.start_valkey()

    def as_postgres(self, *command):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *map(str, command)]

    def start_postgres(self):
        words = self.folder / "passwords"
        words.mkdir()
        for role, word in self.passwords.items():
            (words / role).write_bytes(word)
        user = pwd.getpwnam("postgres")
        shutil.chown(self.folder, user.pw_uid, user.pw_gid)
        for path in [words, *words.iterdir()]:
            shutil.chown(path, user.pw_uid, user.pw_gid)
        data = self.folder / "data"
        run(*self.as_postgres(BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"))
        (data / "pg_hba.conf").write_text("local all postgres trust\nhost all all 10.42.0.0/16 scram-sha-256\n")
        log = (self.folder / "postgres.log").open("wb")
        self.processes.append(subprocess.Popen(
            self.as_postgres(BIN / "postgres", "-D", data, "-k", self.folder, "-c", f"listen_addresses={POSTGRES}",
                             "-c", "max_connections=300"),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        ))
        until = time.monotonic() + 60
        while run(BIN / "pg_isready", "-q", "-h", self.folder, check=False).returncode:
            assert time.monotonic() < until, (self.folder / "postgres.log").read_text()
            time.sleep(0.1)
        script = (STORES / "files/roles.sh").read_text().replace("/etc/postgres/passwords", str(words))
        roles = " ".join(role for role in self.passwords if role != "postgres")
        run(*self.as_postgres("env", f"LONJA_ROLES={roles}", f"PGHOST={self.folder}", "sh", "-c", script))

    def start_valkey(self):
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        data = self.folder / "valkey"
        data.mkdir()
        lines = [line for line in (STORES / "files/valkey.conf").read_text().splitlines()
                 if not line.startswith(("bind", "dir", "port"))]
        lines += [f"bind {VALKEY}", "port 6379", f"dir {data}", f"requirepass {self.valkey_password}"]
        self.processes.append(subprocess.Popen([program, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True))
        self.processes[-1].stdin.write("\n".join(lines) + "\n")
        self.processes[-1].stdin.close()

    def close(self):
        for each in self.processes:
            each.kill()
            each.wait()
