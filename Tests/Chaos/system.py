"""The services, in one process or in one for each and a second wallet, with stores of their own. Each can be killed."""

import subprocess
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

from accounts import Outbox
from harness import BINARIES, Lonja, free_ports, open_folder
from stores import Postgres, Valkey

SERVICES = ["notification", "profile", "auth", "market", "wallet", "gateway"]
# Services that keep something in PostgreSQL.
STORED = ["notification", "profile", "wallet"]

# On the fourth day Microsoft's shares are split, the day before its first dividend.
START = "2003-02-12"


class System:
    def __init__(self, folder, apart):
        self.folder = open_folder(Path(folder))
        self.apart = apart
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.outbox_folder = self.folder / "outbox"
        self.running, self.lock = {}, threading.RLock()
        self.postgres = Postgres(self.folder, STORED)
        self.valkey = Valkey(self.folder)
        # The second wallet is called by nobody: it recovers, matches and ends orders beside the first.
        self.plugins = {name: name for name in SERVICES} | {"second": "wallet"} if apart else {"all": ",".join(SERVICES)}
        self.ports = {name: free_ports(3) for name in self.plugins}
        self.environment = {
            "LONJA_AUTH_VALKEY_ADDRESS": f"unix:{self.valkey.socket}", "LONJA_PROFILE_IMAGES": str(self.folder / "images"),
            "LONJA_NOTIFICATION_MAIL_DRIVER": "outbox", "LONJA_NOTIFICATION_MAIL_OUTBOX_FOLDER": str(self.outbox_folder),
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8", "LONJA_GATEWAY_LIMITS_ENABLED": "false",
            # A day of the market lasts five seconds, so that orders for the day expire.
            "LONJA_MARKET_REPLAY_PACE": "4680",
            "LONJA_MARKET_REPLAY_START": START,
            "LONJA_MARKET_REPLAY_EPOCH": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "LONJA_WALLET_PAPER_FEE": "0.35", "LONJA_HOST_DRAIN_DEADLINE": "2s",
            **{f"LONJA_{name.upper()}_POSTGRES_HOST": str(self.postgres.folder) for name in STORED},
        }
        self.http = self.ports["gateway" if apart else "all"][1]
        self.origin = self.environment["LONJA_PUBLIC_URL"] = f"http://localhost:{self.http}"
        if apart:
            for name in SERVICES:
                self.environment[f"LONJA_ADDRESS_{name.upper()}"] = f"127.0.0.1:{self.ports[name][0]}"
        self.outbox = Outbox(self.outbox_folder)
        for name in self.plugins:
            self.start(name)

    @property
    def wallets(self):
        return ["wallet", "second"] if self.apart else ["all"]

    def place(self, service):
        """The process that has a service."""
        return service if self.apart else "all"

    def start(self, name, fault=None):
        """Starts a process and waits until it is ready; false if it met its fault before."""
        environment = {**self.environment, **({"LONJA_WALLET_FAULT": fault} if fault else {})}
        try:
            process = Lonja(self.plugins[name], environment, self.ports[name])
        except AssertionError as error:
            if fault and "ended with -9" in str(error):
                return False
            raise
        with self.lock:
            self.running[name] = process
        return True

    def alive(self, name):
        with self.lock:
            return self.running[name].process.poll() is None

    def bury(self, name):
        """Ends a process, if it has not ended, as kill -9 does, and keeps what it said; false if there was none."""
        with self.lock:
            process = self.running.pop(name, None)
        if process:
            process.kill()
            with (self.logs / f"{name}.log").open("a") as log:
                log.write(process.output)
            process.close()
        return process is not None

    def swap(self):
        """Swaps the brokerage for a new instance of its driver; the outcome, in a word."""
        with self.lock:
            process = self.running.get("wallet" if self.apart else "all")
        if not process:
            return "nobody there"
        done = subprocess.run(
            [str(BINARIES / "lonja"), "swap", "wallet.brokerage", "paper"], capture_output=True, text=True, timeout=30,
            env={"LONJA_ADMIN_SOCKET": f"{process.folder_of_socket.name}/admin.sock"},
        )
        return "swapped" if done.returncode == 0 else "refused"

    def audit(self):
        """Exit code and output of `lonja audit`."""
        with self.lock:
            wallet, profile = (self.running[self.place(name)].rpc for name in ("wallet", "profile"))
        done = subprocess.run(
            [str(BINARIES / "lonja"), "audit", "--wallet", f"127.0.0.1:{wallet}", "--profile", f"127.0.0.1:{profile}"],
            capture_output=True, text=True, timeout=120, env={},
        )
        return done.returncode, done.stdout + done.stderr

    def oldest_unfinished(self):
        """When the oldest order was placed that is neither ended nor waiting for its price, in seconds since 1970: infinity
        for none, nothing while PostgreSQL does not answer."""
        rows = self.postgres.query("wallet", """
            SELECT COALESCE(extract(epoch FROM min(created_at)), 'Infinity') FROM orders
            WHERE state IN ('accepted', 'executing') OR settlement = 'owed' OR (state = 'held' AND type = 'market')""")
        return float(rows[0][0]) if rows else None

    def wait_until_finished(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.oldest_unfinished() == float("inf"):
                return True
            time.sleep(0.1)
        return False

    def close(self):
        for name in list(self.running):
            self.bury(name)
        self.valkey.close()
        self.postgres.close()
