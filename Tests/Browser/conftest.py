"""A real browser before the real system: all services in one process with their stores, and the built client."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
LONGEST_TEST = 45  # seconds
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

from accounts import Issuer, new_account  # noqa: E402
from browsing import Visitor, launch  # noqa: E402
from exchange import Exchange  # noqa: E402
from harness import ROOT, fetch, open_folder, wait_until  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from trading import filled, place  # noqa: E402


def pytest_addoption(parser):
    parser.addoption(
        "--whole", action="store_true", help="every page, language, theme and width, where it is else a sample"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "whole: too long for the sample")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--whole"):
        items[:] = [each for each in items if each.get_closest_marker("whole") is None]


def pytest_generate_tests(metafunc):
    """Both languages for each test; in the sample each test has one of them, and the journey both."""
    if "language" not in metafunc.fixturenames:
        return
    languages = ["en", "es"]
    if not metafunc.config.getoption("--whole") and metafunc.module.__name__ != "test_journey":
        languages = [languages[sum(map(ord, metafunc.function.__name__)) % 2]]
    metafunc.parametrize("language", languages)


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """The client's build; nothing to do where it is there already."""
    folder = ROOT / ".build/web"
    subprocess.run(["sh", str(ROOT / "Plugins/Web/client/build"), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def issuer():
    running = Issuer()
    yield running
    running.close()


@pytest.fixture(scope="session")
def exchange(tmp_path_factory, issuer, client):
    # The market has been open for an hour of its own: the sample is over before its first day is, and need not wait.
    epoch = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
    running = Exchange(
        open_folder(tmp_path_factory.mktemp("browser")) / "state", issuer, False,
        {"LONJA_WEB_FOLDER": str(client), "LONJA_MARKET_REPLAY_EPOCH": epoch.strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, exchange):
    """Makes visitors; pages that complained fail the test when it ends."""
    visitors = []

    def make(**options):
        visitors.append(Visitor(chromium, exchange, **options))
        return visitors[-1]

    yield make
    for each in visitors:
        each.close()


@pytest.fixture(scope="session")
def holder_of_little(exchange):
    """Somebody with shares of two companies and an order that waits, whom no test changes."""
    _, browser = new_account(exchange)
    filled(browser, place(browser, symbol="AAPL", side="buy", amount="5000").json)
    filled(browser, place(browser, symbol="MSFT", side="buy", quantity="10").json)
    filled(browser, place(browser, symbol="AAPL", side="sell", quantity="1").json)
    place(browser, symbol="IBM", side="buy", type="limit", quantity="2", limitPrice="1", timeInForce="gtc")
    return browser


@pytest.fixture(autouse=True)
def open_market(exchange):
    """The replay has nights, in which prices stand still and market orders are refused: no test runs into one."""

    def lasts():
        clock = fetch(exchange.http, "/api/v1/market/clock").json
        closes = datetime.datetime.fromisoformat(clock["nextChange"]) - datetime.datetime.fromisoformat(clock["time"])
        return clock["session"] == "open" and closes.total_seconds() > LONGEST_TEST

    wait_until(lasts, "a market that is open for a while", 180)
