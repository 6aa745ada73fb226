"""A PostgreSQL, a Redis and a folder of photos with the shape and the content of a small shop, for the backups to copy."""

import base64
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile

import yaml

from settings import ROOT

# Servers refuse to be root; whoever runs the tests as root has this user of the Debian package.
USER = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
SERVICES = ["notification", "wallet", "profile"]


def run(*command, env=None, check=True, **options):
    done = subprocess.run([*map(str, command)], env=env or os.environ, capture_output=True, text=True, check=False,
                          user=USER if os.getuid() == 0 else None, **options)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def migrations(service):
    """The SQL of the service's migrations, as its sources have it, in order."""
    folder = next((ROOT / "Plugins").glob(f"{service.capitalize()}/*/Migrations"))
    for path in sorted(folder.glob("*.swift")):
        text = re.search(r'sql: #?"""\n(.*?)"""', path.read_text(), re.S)
        yield path.stem, text[1]


SHOP = {
    "profile": """
        INSERT INTO accounts (id, given_name, family_name, email, email_key, language, wallet_id, photo)
        SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Ana', 'Ruiz ' || n, n || '@example.com',
            n || '@example.com', 'es', ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n <= 20
        FROM generate_series(1, 300) AS n;
        INSERT INTO balances SELECT id, 'USD', 99900, 40 FROM accounts;
        INSERT INTO holds (hold_id, client, currency, amount, state, captured, ended_at)
            SELECT 'open ' || id, id, 'USD', 40, 'held', 0, NULL FROM accounts
            UNION ALL SELECT 'done ' || id, id, 'USD', 75, 'captured', 60, now() FROM accounts;
        INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
            SELECT 'deposit', 'start ' || id, id, 'USD', 100000, 'funding', 'available' FROM accounts
            UNION ALL SELECT 'hold', 'open ' || id, id, 'USD', 40, 'available', 'held' FROM accounts
            UNION ALL SELECT 'hold', 'done ' || id, id, 'USD', 75, 'available', 'held' FROM accounts
            UNION ALL SELECT 'capture', 'done ' || id, id, 'USD', 60, 'held', 'market' FROM accounts
            UNION ALL SELECT 'release', 'done ' || id, id, 'USD', 15, 'held', 'available' FROM accounts;
    """,
    "wallet": """
        INSERT INTO wallets (client, id) SELECT n, 'w' || n FROM generate_series(1, 300) AS n;
        INSERT INTO watched (client, symbol) SELECT n, 'AAPL' FROM generate_series(1, 300) AS n;
    """,
    "notification": "",
}


class Shop:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lonja-shop-"))
        self.processes = []
        for name in ("scratch", "offsite", "photos", "passwords", "target", "redis"):
            (self.folder / name).mkdir()
        if os.getuid() == 0:
            for path in [self.folder, *self.folder.iterdir()]:
                shutil.chown(path, USER)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PGHOST": str(self.folder), "LC_ALL": "C.UTF-8"}

    def start(self):
        data = self.folder / "pg"
        run(BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        # As on a server: a password for each role.
        (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        run(BIN / "pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "-o",
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off", "start")
        stores = ROOT / "charts/lonja-stores/files/roles.sh"
        for service in SERVICES:
            (self.folder / "passwords" / service).write_text(f"'{service}\" $word\n".strip())
        # The script of lonja-stores makes roles and databases, with its folder of passwords put here.
        script = stores.read_text().replace("/etc/postgres/passwords", str(self.folder / "passwords"))
        run("sh", "-c", script, env={**self.env, "LONJA_ROLES": " ".join(SERVICES)})
        for service in SERVICES:
            for name, sql in migrations(service):
                self.sql(service, sql)
            self.sql(service, SHOP[service])
        for number in range(1, 22):
            photo = self.folder / "photos" / f"00000000-0000-4000-8000-{number:012}.jpg"
            photo.write_bytes(b"\xff\xd8\xff" + bytes(range(256)) * number)
        (self.folder / "photos" / ".half-written").write_bytes(b"x")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.redis = free.getsockname()[1]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.redis_tls = free.getsockname()[1]
        (self.folder / "valkey").write_text("word of valkey")
        self.processes.append(subprocess.Popen(
            ["redis-server", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=self.folder / "redis",
            user=USER if os.getuid() == 0 else None))
        self.processes[-1].stdin.write(f'bind 127.0.0.1\nport {self.redis}\nsave ""\nrequirepass "word of valkey"\n{self.encrypted()}')
        self.processes[-1].stdin.close()
        for _ in range(200):
            if self.cli("ping", check=False).stdout.strip() == "PONG":
                break
        self.cli("set", "session:1", "x")
        keys = self.folder / "target"
        run("age-keygen", "-o", keys / "identity")
        (keys / "recipient").write_text(run("age-keygen", "-y", keys / "identity").stdout)
        (keys / "rclone.conf").write_text(f"[offsite]\ntype = alias\nremote = {self.folder / 'offsite'}\n")
        return self

    def encrypted(self):
        """The same server at a port with TLS, and a certificate of bootstrap/certificates."""
        made = subprocess.run(["sh", ROOT / "charts/lonja/bootstrap/certificates", "prod"], capture_output=True, text=True, check=True)
        secrets = {each["metadata"]["name"]: each["data"] for each in yaml.safe_load_all(made.stdout) if each}
        files = {f"valkey-{key}": secrets["lonja-valkey-tls"][key] for key in ("ca.crt", "tls.crt", "tls.key")}
        for name, content in files.items():
            (self.folder / name).write_bytes(base64.b64decode(content))
            (self.folder / name).chmod(0o644)
        certificate, key = self.folder / "valkey-tls.crt", self.folder / "valkey-tls.key"
        return f"tls-port {self.redis_tls}\ntls-cert-file {certificate}\ntls-key-file {key}\ntls-auth-clients no\n"

    def cli(self, *arguments, check=True):
        env = {**self.env, "REDISCLI_AUTH": "word of valkey"}
        return run("redis-cli", "-h", "127.0.0.1", "-p", self.redis, *arguments, env=env, check=check)

    def sql(self, database, text):
        role = database if database in SERVICES else "postgres"
        word = {"PGPASSWORD": (self.folder / "passwords" / role).read_text()} if role in SERVICES else {}
        return run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", database,
                   env={**self.env, **word}, input=text).stdout

    def variables(self):
        """What the CronJobs set, with the places of this shop."""
        keys = self.folder / "target"
        return {**self.env, "DATABASES": " ".join(SERVICES), "PASSWORDS": str(self.folder / "passwords"),
                "VALKEY": f"127.0.0.1:{self.redis}", "VALKEY_PASSWORD": str(self.folder / "valkey"),
                "PHOTOS": str(self.folder / "photos"), "RECIPIENT": str(keys / "recipient"), "TARGET": "offsite:lonja",
                "RCLONE_CONFIG": str(keys / "rclone.conf"), "KEEP_DAILY": "7", "KEEP_WEEKLY": "4",
                "SCRATCH": str(self.folder / "scratch"), "PUSHGATEWAY": "", "IDENTITY": str(keys / "identity")}

    def script(self, name, *arguments, **more):
        return run("sh", ROOT / "charts/lonja/files/backup" / name, *arguments, env={**self.variables(), **more}, check=False)

    def runs(self, which):
        return sorted(path.parent.name for path in (self.folder / "offsite/lonja" / which).glob("*/complete"))

    def close(self):
        if (self.folder / "pg/postmaster.pid").exists():
            run(BIN / "pg_ctl", "-D", self.folder / "pg", "-m", "immediate", "stop", check=False)
        for each in self.processes:
            each.kill()
            each.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
