"""WAL archiving with the configuration of files/wal, on a real server: back to a moment before somebody deleted it all."""

import os
import shutil
import time

import pytest

from rendering import CHART
from shops import BIN, SERVICES, Shop, run

WAL = CHART / "files/wal"


class ArchivedShop(Shop):
    """A shop whose server archives, with a full copy made before the last of its rows came."""

    def start(self):
        super().start()
        data, kept = self.folder / "pg", self.folder / "kept"
        run("mkdir", kept, self.folder / "lock")
        self.env |= {"PGBACKREST_CONFIG": str(WAL / "pgbackrest.conf"), "PGBACKREST_REPO1_PATH": str(kept),
                     "PGBACKREST_REPO1_CIPHER_PASS": "a phrase of this test", "PGBACKREST_LOCK_PATH": str(self.folder / "lock"),
                     "PGBACKREST_PG1_PATH": str(data), "PGBACKREST_PG1_SOCKET_PATH": str(self.folder), "PGBACKREST_PG1_USER": "postgres",
                     "PGBACKREST_STANZA": "lonja"}
        run(BIN / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"include '{WAL / 'postgresql.conf'}'\n")
        self.serve(data, self.folder)
        run("pgbackrest", "stanza-create", env=self.env)
        run("pgbackrest", "check", env=self.env)
        run("pgbackrest", "--type=full", "backup", env=self.env)
        # The end of a copy is known to the second, and a moment has to be after it.
        time.sleep(1.1)
        self.sql("profile", "INSERT INTO cash_resets (entry_id, client) SELECT 'late ' || id, id FROM accounts")
        self.sql("wallet", "INSERT INTO wallets (client, id) SELECT 'late ' || n, 'w' || n FROM generate_series(1, 50) AS n")
        self.sums = {service: self.sums_of(service, self.folder) for service in SERVICES}
        # Of the log, with whatever follows: a slow machine may begin one more by itself.
        self.segment = self.sql("postgres", "SELECT pg_walfile_name(pg_current_wal_lsn())").strip()
        self.moment = self.sql("postgres", "SELECT clock_timestamp()").strip()
        # What must not come back.
        self.sql("profile", "DELETE FROM transfers")
        self.sql("wallet", "DROP TABLE watched")
        last = self.sql("postgres", "SELECT pg_walfile_name(pg_switch_wal())").strip()
        until = time.monotonic() + 20
        while self.sql("postgres", "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver").strip() < last:
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.1)
        return self

    def serve(self, data, sockets, check=True):
        return run(BIN / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", sockets / "log", "-o",
                   f"-c listen_addresses='' -c unix_socket_directories='{sockets}' -c fsync=off", "start", env=self.env, check=check)

    def sums_of(self, service, sockets):
        return run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", service, "-f",
                   CHART / "files/backup/sums.sql", env={**self.env, "PGHOST": str(sockets)}).stdout

    def restored(self, name, moment):
        """A folder with a server of that moment; None if it does not come up."""
        folder = self.folder / name
        run("mkdir", folder)
        run("pgbackrest", f"--pg1-path={folder / 'pg'}", "--type=time", f"--target={moment}", "--target-action=promote",
            "--archive-mode=off", "restore", env=self.env)
        if self.serve(folder / "pg", folder, check=False).returncode:
            return None
        # It answers while it still reads the log, and may find then that some of it is missing.
        env = {**self.env, "PGHOST": str(folder)}
        until = time.monotonic() + 60
        while run(BIN / "pg_ctl", "-D", folder / "pg", "status", check=False).returncode == 0:
            state = run("psql", "-XqAt", "-U", "postgres", "-c", "SELECT pg_is_in_recovery()", env=env, check=False)
            if state.stdout.strip() == "f":
                return folder
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        return None


@pytest.fixture(scope="module")
def shop():
    made = ArchivedShop()
    try:
        yield made.start()
    finally:
        made.close()


def test_a_moment_comes_back(shop):
    folder = shop.restored("then", shop.moment)
    assert folder, (shop.folder / "then/log").read_text()
    try:
        env = {**shop.env, "PGHOST": str(folder)}
        for service in SERVICES:
            assert shop.sums_of(service, folder) == shop.sums[service], service
            ledger = CHART / f"files/backup/ledger-{service}.sql"
            if ledger.exists():
                assert run("psql", "-XqAt", "-U", "postgres", "-d", service, "-f", ledger, env=env).stdout == ""
        assert "public.watched|300|" in shop.sums["wallet"] and "public.wallets|350|" in shop.sums["wallet"]
        # What serves now is another: the comparison could fail.
        assert shop.sums_of("wallet", shop.folder) != shop.sums["wallet"]
    finally:
        run(BIN / "pg_ctl", "-D", folder / "pg", "-m", "immediate", "stop", check=False)


def test_nothing_is_archived_in_plain_text(shop):
    kept = [path for path in (shop.folder / "kept").rglob("*") if path.is_file()]
    assert len([path for path in kept if "archive" in path.parts and path.suffix == ".zst"]) >= 2
    assert not [path for path in kept if b"Ruiz" in path.read_bytes()]
    other = {**shop.env, "PGBACKREST_REPO1_CIPHER_PASS": "another phrase"}
    wrong = run("pgbackrest", f"--pg1-path={shop.folder / 'wrong'}", "restore", env=other, check=False, errors="replace")
    assert wrong.returncode != 0 and not (shop.folder / "wrong/PG_VERSION").exists()


def test_a_lost_piece_is_no_quiet_loss(shop):
    """Without its last segments the server does not come up as if nothing were missing."""
    moved = shop.folder / "moved"
    moved.mkdir()
    lost = [path for path in (shop.folder / "kept/archive").rglob("*.zst") if path.name >= shop.segment]
    assert lost
    for path in lost:
        os.rename(path, moved / path.name)
    try:
        assert shop.restored("short", shop.moment) is None
        assert "recovery ended before configured recovery target was reached" in (shop.folder / "short/log").read_text()
    finally:
        for path in lost:
            os.rename(moved / path.name, path)
        # Its server may still be at ending itself.
        shutil.rmtree(shop.folder / "short", ignore_errors=True)
