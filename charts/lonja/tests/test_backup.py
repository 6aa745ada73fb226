"""Backups of real servers, and the proof that they can be restored: the scripts of the jobs, run as the jobs run them."""

import http.server
import shutil
import threading

import pytest

from rendering import containers, objects, of_kind, pod_template
from shops import SERVICES, USER, Shop, run


@pytest.fixture(scope="module")
def shop():
    made = Shop()
    try:
        yield made.start()
    finally:
        made.close()


@pytest.fixture
def copied(shop):
    """A shop with exactly one copy, made once and put there anew for each test."""
    target, pristine = shop.folder / "offsite/lonja", shop.folder / "pristine"
    shutil.rmtree(target, ignore_errors=True)
    if not pristine.exists():
        done = shop.script("backup.sh")
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copytree(target, pristine)
    else:
        shutil.copytree(pristine, target)
    for path in [target, *target.rglob("*")]:
        shutil.chown(path, USER)
    return shop


def newest(shop):
    return shop.folder / "offsite/lonja/daily" / shop.runs("daily")[-1]


def test_what_is_copied_comes_back(copied):
    kept = copied.folder / "kept"
    run("mkdir", kept)
    try:
        done = copied.script("restore.sh", KEEP_RESTORED=str(kept))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ledgers in order, 21 photos" in done.stdout
        tables = sum(len(copied.sql(s, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'").splitlines()) for s in SERVICES)
        assert f"{tables} tables equal" in done.stdout and tables > 20
        # Photos byte by byte, and Valkey in a fresh server.
        run("tar", "xf", kept / "photos.tar", "-C", kept)
        for photo in (copied.folder / "photos").glob("*.jpg"):
            assert (kept / photo.name).read_bytes() == photo.read_bytes()
        assert not (kept / ".half-written").exists()
        assert (kept / "valkey.rdb").read_bytes()[:5] == b"REDIS"
    finally:
        shutil.rmtree(kept)


def test_valkey_over_tls_is_copied_too(copied):
    """And not from a server of another authority."""
    shutil.rmtree(copied.folder / "offsite/lonja")
    places = {"VALKEY": f"127.0.0.1:{copied.redis_tls}", "VALKEY_CA": str(copied.folder / "valkey-ca.crt")}
    done = copied.script("backup.sh", **places)
    assert done.returncode == 0, done.stderr
    assert (newest(copied) / "valkey.rdb.age").stat().st_size > 0 and copied.script("restore.sh").returncode == 0
    assert copied.script("backup.sh", VALKEY=places["VALKEY"]).returncode != 0
    done = copied.script("backup.sh", **{**places, "VALKEY_CA": "/etc/ssl/certs/ca-certificates.crt"})
    assert done.returncode != 0 and "Valkey gave no copy" in done.stderr
    assert len(copied.runs("daily")) == 1


def test_nothing_leaves_in_plain_text(copied):
    for path in newest(copied).iterdir():
        if path.name not in ("complete", "sha256"):
            assert path.read_bytes().startswith(b"age-encryption.org/v1"), path.name
    assert b"Ruiz" not in b"".join(path.read_bytes() for path in newest(copied).iterdir())
    assert not list((copied.folder / "scratch").iterdir())


@pytest.mark.parametrize("damage", ["byte", "cut", "file", "sums"])
def test_a_damaged_copy_makes_the_job_fail(copied, damage):
    dump = newest(copied) / "wallet.dump.age"
    content = dump.read_bytes()
    if damage == "byte":
        dump.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    if damage == "cut":
        dump.write_bytes(content[:-100])
    if damage == "file":
        dump.unlink()
    if damage == "sums":
        # Whoever can write there but not decrypt: the list of hashes fits, the contents do not.
        dump.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        run("sh", "-c", f"cd '{newest(copied)}' && sha256sum -- *.age >sha256")
    done = copied.script("restore.sh")
    assert done.returncode != 0, done.stdout
    assert "tables equal" not in done.stdout


def test_another_key_cannot_read_it(copied):
    other = copied.folder / "target" / "other"
    if not other.exists():
        run("age-keygen", "-o", other)
    done = copied.script("restore.sh", IDENTITY=str(other))
    assert done.returncode != 0 and "cannot be decrypted" in done.stderr


def test_a_ledger_that_is_not_in_order_is_found(shop):
    """The copy is good, but what was copied is not."""
    shop.sql("profile", "UPDATE balances SET available = available + 0.01 WHERE client = '00000000-0000-4000-8000-000000000007'")
    try:
        assert shop.script("backup.sh").returncode == 0
        done = shop.script("restore.sh")
        assert done.returncode != 0
        assert "the ledger of profile is not in order: balance 00000000-0000-4000-8000-000000000007 USD" in done.stderr
    finally:
        shop.sql("profile", "UPDATE balances SET available = 99900 WHERE available <> 99900")


def test_a_dump_that_is_not_what_was_there_is_found(copied):
    """A copy whose dump and sums are of different moments, put together by hand with the right key."""
    folder = newest(copied)
    run("sh", "-c", f"cd '{folder}' && age -d -i '{copied.folder}/target/identity' wallet.sums.age | sed 's/watched|300/watched|301/' "
        f"| age -R '{copied.folder}/target/recipient' -o new && mv new wallet.sums.age && sha256sum -- *.age >sha256")
    done = copied.script("restore.sh")
    assert done.returncode != 0 and "wallet differs from what was dumped" in done.stderr


def test_all_databases_are_of_one_moment(shop):
    """While accounts and wallets are written together, no copy knows an account's wallet but not the account."""
    shutil.rmtree(shop.folder / "offsite/lonja", ignore_errors=True)
    stop = threading.Event()

    def trade():
        number = 1000
        while not stop.is_set():
            number += 1
            shop.sql("wallet", f"INSERT INTO wallets (client, id) VALUES ('{number}', 'w')")
            shop.sql("profile", f"INSERT INTO cash_resets (entry_id, client) VALUES ('{number}', gen_random_uuid())")

    trader = threading.Thread(target=trade)
    trader.start()
    kept = shop.folder / "moment"
    run("mkdir", kept)
    try:
        done = shop.script("backup.sh")
        assert done.returncode == 0, done.stderr
        stop.set()
        trader.join()
        folder = newest(shop)
        counts = {}
        for service, table in (("wallet", "public.wallets"), ("profile", "public.cash_resets")):
            text = run("age", "-d", "-i", shop.folder / "target/identity", folder / f"{service}.sums.age").stdout
            counts[table] = next(int(line.split("|")[1]) for line in text.splitlines() if line.startswith(table + "|"))
        # Wallet is written first: it is one ahead, or none.
        assert counts["public.wallets"] - 300 - counts["public.cash_resets"] in (0, 1), counts
    finally:
        stop.set()
        trader.join()
        shutil.rmtree(kept)
        shop.sql("profile", "DELETE FROM cash_resets")
        shop.sql("wallet", "DELETE FROM wallets WHERE id = 'w'")


def test_seven_days_and_four_weeks_are_kept(copied):
    target = copied.folder / "offsite/lonja"
    good = newest(copied)
    for day in range(1, 10):
        shutil.copytree(good, target / f"daily/2020-01-{day:02}T021700Z")
    for week in range(1, 7):
        shutil.copytree(good, target / f"weekly/2020-W{week:02}")
    (target / "daily/2020-01-01T999999Z").mkdir()
    for path in target.rglob("*"):
        shutil.chown(path, USER)
    done = copied.script("backup.sh")
    assert done.returncode == 0, done.stderr
    daily, weekly = copied.runs("daily"), copied.runs("weekly")
    assert len(daily) == 7 and len(weekly) == 4
    assert daily[:5] == [f"2020-01-{day:02}T021700Z" for day in range(5, 10)]
    assert weekly[0] == "2020-W04" and not weekly[-1].startswith("2020")
    assert not (target / "daily/2020-01-01T999999Z").exists()
    assert copied.script("restore.sh", "weekly").returncode == 0


@pytest.mark.parametrize("broken", ["password", "database", "valkey", "photos", "target"])
def test_a_backup_that_is_not_whole_is_none(copied, broken):
    before = copied.runs("daily")
    folder = copied.folder
    changes = {
        "password": {"PASSWORDS": str(folder / "photos")},
        "database": {"DATABASES": "notification wallet nobody"},
        "valkey": {"VALKEY": "127.0.0.1:1"},
        "photos": {"PHOTOS": str(folder / "nowhere")},
        "target": {"TARGET": "elsewhere:lonja"},
    }[broken]
    done = copied.script("backup.sh", **changes)
    assert done.returncode != 0, done.stdout
    assert copied.runs("daily") == before
    assert not list((folder / "scratch").iterdir())


def test_success_is_reported(copied):
    seen = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.path, self.rfile.read(int(self.headers["content-length"])).decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    assert copied.script("backup.sh", PUSHGATEWAY=url).returncode == 0
    assert copied.script("restore.sh", PUSHGATEWAY=url).returncode == 0
    assert copied.script("backup.sh", PUSHGATEWAY=url, VALKEY="127.0.0.1:1").returncode != 0
    server.shutdown()
    assert [path for path, _ in seen] == ["/metrics/job/lonja-backup", "/metrics/job/lonja-restore"]
    assert "lonja_backup_last_success_timestamp_seconds 1" in seen[0][1]
    assert "lonja_restore_last_success_timestamp_seconds 1" in seen[1][1]


def test_the_jobs_set_what_the_scripts_read(shop):
    for each in of_kind(objects("prod"), "CronJob"):
        # test_certificates.py runs that of certificates with its own variables.
        if each["metadata"]["name"] == "lonja-certificates":
            continue
        container = containers(pod_template(each))[0]
        given = {variable["name"] for variable in container["env"]}
        script = container["command"][1].rsplit("/", 1)[1]
        ours = {"backup.sh": {"IDENTITY"}, "restore.sh": {"DATABASES", "PASSWORDS", "VALKEY", "VALKEY_PASSWORD", "VALKEY_CA", "PHOTOS",
                                                         "RECIPIENT", "KEEP_DAILY", "KEEP_WEEKLY"}}[script]
        wanted = (set(shop.variables()) | {"VALKEY_CA"}) - {"PATH", "LC_ALL"} - ours - ({"PGHOST"} if script == "restore.sh" else set())
        assert wanted <= given, f"{each['metadata']['name']}: {wanted - given}"
        assert each["spec"]["concurrencyPolicy"] == "Forbid"
        assert each["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] > 0
    config = next(each for each in of_kind(objects("prod"), "ConfigMap") if each["metadata"]["name"] == "lonja-backup")
    assert {"backup.sh", "dump.sh", "lib.sh", "restore.sh", "sums.sql", "ledger-profile.sql", "ledger-wallet.sql"} == set(config["data"])
