"""The README's plugin is code that is compiled and runs; what the README says of it is true."""

import re
import shutil

import pytest

from harness import BINARIES, ROOT, Lonja, fetch

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
