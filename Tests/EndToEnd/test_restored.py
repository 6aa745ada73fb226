"""A copy of a busy shop, taken and restored by the scripts of the chart's jobs, is one that wallet can go on with: what the
moment of the copy cut in half is finished or undone, and `lonja audit` finds the books in order."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from accounts import new_account
from harness import BINARIES, ROOT, Lonja, open_folder, wait_until
from trading import place

SCRIPTS = ROOT / "charts/lonja/files/backup"
DATABASES = ["notification", "profile", "wallet"]
# Servers refuse to be root.
AS_SERVER = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []


def run(*command, **environment):
    done = subprocess.run([*map(str, command)], env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def psql(folder, statement, user="postgres", database="wallet"):
    return run("psql", "-XqAt", "-h", folder, "-U", user, "-d", database, "-c", statement).strip()


class Traders:
    """Accounts that buy and sell one after the other until they are told to stop."""

    def __init__(self, exchange, count):
        self.stop, self.orders, self.errors = threading.Event(), 0, []
        browsers = [new_account(exchange)[1] for _ in range(count)]
        self.threads = [threading.Thread(target=self.trade, args=(browser,)) for browser in browsers]
        for thread in self.threads:
            thread.start()

    def trade(self, browser):
        try:
            while not self.stop.is_set():
                for side in ("buy", "buy", "sell"):
                    place(browser, symbol="AAPL", side=side, quantity="1")
                    self.orders += 1
                    # An account may write ten times a second, after the first hundred.
                    self.stop.wait(0.05)
        except Exception as error:
            self.errors.append(error)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.errors, self.errors


@pytest.fixture
def copy(together, tmp_path_factory):
    """The folder of a server that is restored from a copy of the exchange, and the variables to reach it."""
    folder = open_folder(tmp_path_factory.mktemp("restored"))
    keys = folder / "keys"
    for each in ("keys", "offsite", "scratch", "again", "kept"):
        (folder / each).mkdir()
    run("age-keygen", "-o", keys / "identity")
    (keys / "recipient").write_text(run("age-keygen", "-y", keys / "identity"))
    (keys / "rclone.conf").write_text(f"[offsite]\ntype = alias\nremote = {folder / 'offsite'}\n")
    both = {"TARGET": "offsite:lonja", "RCLONE_CONFIG": str(keys / "rclone.conf"), "HOME": str(folder / "again")}
    traders = Traders(together, 4)
    try:
        wait_until(lambda: traders.orders >= 12 or traders.errors, "some trades")
        print(run("sh", SCRIPTS / "backup.sh", **both, DATABASES=" ".join(DATABASES), PASSWORDS="/none", PHOTOS=str(together.state / "images"),
                  PGHOST=str(together.state / "run"), RECIPIENT=str(keys / "recipient"), KEEP_DAILY="7", KEEP_WEEKLY="4",
                  SCRATCH=str(folder / "scratch")))
        after = traders.orders
        wait_until(lambda: traders.orders > after + 4 or traders.errors, "trades after the copy")
    finally:
        traders.end()
    if AS_SERVER:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, "postgres", "postgres")
    said = run(*AS_SERVER, "sh", SCRIPTS / "restore.sh", **both, IDENTITY=str(keys / "identity"), SCRATCH=str(folder / "again"),
               KEEP_RESTORED=str(folder / "kept"))
    assert "ledgers in order" in said, said
    programs = Path(max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)))
    control = [*AS_SERVER, programs / "pg_ctl", "-D", folder / "kept/pg", "-w"]
    run(*control, "-l", folder / "kept/log", "-o", f"-c listen_addresses='' -c unix_socket_directories='{folder}'", "start")
    try:
        yield folder
    finally:
        run(*control, "-m", "immediate", "stop")


def test_the_books_of_a_restored_copy_are_in_order(together, copy):
    orders = int(psql(copy, "SELECT count(*) FROM orders"))
    live = int(psql(together.state / "run", "SELECT count(*) FROM orders", user="wallet"))
    assert 12 <= orders < live, (orders, live)
    environment = {f"LONJA_{name.upper()}_POSTGRES_{key}": value for name in DATABASES
                   for key, value in (("HOST", str(copy)), ("USER", "postgres"))}
    environment |= {"LONJA_SECRETS": f"{together.state}/secrets", "LONJA_PROFILE_IMAGES": f"{together.state}/images"}
    services = Lonja("market,profile,wallet", environment)
    try:

        def audit():
            address = f"127.0.0.1:{services.rpc}"
            return subprocess.run([BINARIES / "lonja", "audit", "--wallet", address, "--profile", address],
                                  env={}, capture_output=True, text=True, timeout=60)

        # Market orders are open for moments: those that the copy has so were cut in half by it.
        half = "SELECT count(*) FROM orders WHERE type = 'market' AND state NOT IN ('filled', 'cancelled', 'rejected', 'expired')"
        print(psql(copy, half), "orders were under way")
        wait_until(lambda: psql(copy, half) == "0", "recovery of what was under way", 60)
        clean = audit()
        assert (clean.returncode, clean.stdout) == (0, "0 findings, 0 stuck orders\n"), clean
        # And it would have said so.
        client = psql(copy, "SELECT client FROM positions WHERE available > 0 LIMIT 1")
        psql(copy, f"UPDATE positions SET available = available + 1 WHERE client = '{client}'")
        found = audit()
        assert found.returncode == 70 and f"wallet\tposition {client} AAPL\t" in found.stdout, found
    finally:
        services.close()
