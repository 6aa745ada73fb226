"""The README's plugin is code that is compiled and runs; what the README says of it is true."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import BINARIES, ROOT, Lonja, Running, Up, fetch, free_ports, open_folder

SOURCES = ["Tests/Fixtures/Hello/HelloService/HelloPlugin.swift", "Tests/Fixtures/Hello/HelloPlugin/Entry.swift"]


@pytest.mark.parametrize("name", SOURCES)
def test_the_readme_shows_what_is_compiled(name):
    readme = (ROOT / "README.md").read_text()
    found = re.search(rf"`{re.escape(name)}`[^\n]*\n+```swift\n(.*?)```", readme, re.S)
    assert found, f"the README has no block below `{name}`"
    assert found.group(1) == (ROOT / name).read_text()


@pytest.fixture(scope="module")
def plugins(tmp_path_factory):
    """A folder with the fixture under the name that a plugin has."""
    folder = tmp_path_factory.mktemp("plugins")
    shutil.copy(BINARIES / "libHelloFixture.so", folder / "libHelloPlugin.so")
    return f"{folder}:{BINARIES}"


def test_it_runs_beside_the_market(plugins):
    server = Lonja("hello,market", {"LONJA_PLUGIN_PATH": plugins, "LONJA_HELLO_WORD": "Buenas"})
    try:
        answer = fetch(server.http, "/hello/AAPL")
        assert answer.status == 200
        assert re.fullmatch(r"Buenas, Apple.* is at \d+\.\d+ USD\.\n", answer.body.decode()), answer.body
        refusal = fetch(server.http, "/hello/NOPE")
        assert refusal.status == 404 and refusal.headers["content-type"] == "application/problem+json"
    finally:
        server.close()


def test_it_runs_away_from_the_market(plugins):
    market = Lonja("market")
    try:
        server = Lonja("hello", {"LONJA_PLUGIN_PATH": plugins, "LONJA_ADDRESS_MARKET": f"127.0.0.1:{market.rpc}"})
        try:
            assert fetch(server.http, "/hello/AAPL").body.startswith(b"Hello, Apple")
        finally:
            server.close()
    finally:
        market.close()


def commands(section):
    """The shell blocks of a section of the README, each as one text."""
    readme = (ROOT / "README.md").read_text()
    found = re.search(rf"^## {re.escape(section)}\n(.*?)^## ", readme, re.S | re.M)
    assert found, f"the README has no section {section}"
    return re.findall(r"^```sh\n(.*?)^```", found.group(1), re.S | re.M)


def test_accounts_by_curl(tmp_path_factory):
    """The lines as they stand, but for the ports, which others may have."""
    (accounts,) = commands("Accounts by curl")
    (trades,) = commands("Trade by curl")
    server, google = commands("Log in with Google by curl")
    (issuer,) = free_ports(1)
    mock, up = server.splitlines()
    assert "Host/up" in up
    folder = open_folder(tmp_path_factory.mktemp("readme"))
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    provider = Running(["sh", "-c", "exec " + mock.replace("9400", str(issuer)).removesuffix("&")], environment)
    variables = dict(part.split("=", 1) for part in up.split() if part.startswith("LONJA_"))
    lonja = Up(folder / ".lonja", {name: value.replace("9400", str(issuer)) for name, value in variables.items()})

    def run(lines):
        # -e -u: as a script, any line that fails ends it. The first `post` has no token yet.
        text = "csrf=\n" + lines.replace("localhost:8080", f"localhost:{lonja.http}")
        done = subprocess.run(["bash", "-euc", text], cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        output = run(accounts + trades)
        assert "Subject:" in output and '"givenName":"Ana"' in output and "100000.00" in output, output
        assert '"etag"' in output and "image/jpeg" in output and (folder / "photo.jpg").read_bytes()[:2] == b"\xff\xd8"
        assert output.count('"userAgent"') == 2 and '"status":401' in output, output
        assert '"exportedAt"' in output
        refused = '"status":422' in output
        if '"session":"open"' in output:
            assert not refused and output.count('"state":"filled"') == 2 and '"state":"open"' in output, output
            assert "date,executedAt,id" in output and '"method":"mwr"' in output, output
        else:
            assert '"code":"market-closed"' in output, output
        assert '"status":403' not in output and '"status":5' not in output, output
        output = run(google)
        assert f"302 http://localhost:{lonja.http}/wallet" in output and '"givenName":"Eva"' in output, output
    finally:
        lonja.close()
        provider.close()


def test_swap_a_driver(state):
    (lines,) = commands("Swap a driver")
    export, drivers, swap, _ = (line.partition("#")[0].strip() for line in lines.splitlines())
    lonja = Up(state)

    def run(command):
        text = f"{export}; {command}".replace(".lonja/", f"{state}/").replace(".build/release/", f"{BINARIES}/")
        return subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=60)

    try:
        listed = run(drivers)
        assert listed.returncode == 0 and "notification.mail" in listed.stdout and "outbox" in listed.stdout, listed
        refused = run(swap)
        assert refused.returncode != 0 and "the old driver still serves" in refused.stderr, refused
        assert "notification.mail.smtp" in refused.stderr, refused
        assert "outbox" in run(drivers).stdout
    finally:
        lonja.close()
