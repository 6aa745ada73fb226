"""The server goes, for a moment or for longer, and comes back."""

import re
import signal

import pytest
from browsing import Visitor, button, heading
from exchange import Exchange
from harness import Up, free_ports, open_folder
from playwright.sync_api import expect


class Fragile(Exchange):
    """An exchange of one test's own, which may be stopped and started again at the same address."""

    def start(self, kind, state, environment):
        self.environment, self.ports = environment, free_ports(3)
        return self.run(state)

    def run(self, state):
        running = Up(state, self.environment, self.ports)
        self.processes[:] = [running]
        return running


@pytest.fixture(scope="module")
def fragile(tmp_path_factory, issuer, client):
    running = Fragile(
        open_folder(tmp_path_factory.mktemp("fragile")) / "state", issuer, False, {"LONJA_WEB_FOLDER": str(client)}
    )
    yield running
    running.close()


@pytest.fixture
def call(chromium, fragile):
    """A visitor of the fragile one."""
    visitors = []

    def make(**options):
        visitors.append(Visitor(chromium, fragile, **options))
        visitors[-1].forgive("net::ERR_|ERR_INCOMPLETE_CHUNKED_ENCODING")
        return visitors[-1]

    yield make
    for each in visitors:
        each.close()


def test_old_prices_are_called_old_within_ten_seconds(call, fragile):
    visitor = call()
    say, page = visitor.say, visitor.open("/stocks/AAPL")
    expect(page.get_by_text(say.common.live.live, exact=True)).to_be_visible()
    fragile.processes[0].process.send_signal(signal.SIGSTOP)
    try:
        expect(page.get_by_text(say.common.live.stale)).to_be_visible(timeout=12_000)
    finally:
        fragile.processes[0].process.send_signal(signal.SIGCONT)
    expect(page.get_by_text(say.common.live.live, exact=True)).to_be_visible(timeout=20_000)


def test_who_comes_while_the_server_is_away_goes_on_when_it_is_back(call, fragile):
    visitor = call(language="es")
    visitor.enter()
    say, page = visitor.say, visitor.open("/wallet")
    heading(page, say.wallet.title)
    stock = visitor.open("/stocks/AAPL")
    stock.get_by_label(say.ticket.amount.format("USD")).fill("75")
    button(stock, say.ticket.review).click()
    stock.wait_for_url("**/review")
    fragile.processes[0].close()
    button(stock, say.ticket.place.buy).click()
    expect(stock.get_by_text(say.ticket.unsure)).to_be_visible()
    page.get_by_role("radio", name=say.wallet.over.ranges["1y"]).click()
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text(say.common.problem.unreachable)
    fragile.run(fragile.state)
    # It goes on by itself, with the stream.
    expect(page.get_by_text(say.common.problem.unreachable)).to_have_count(0, timeout=30_000)
    button(stock, say.ticket.place.buy).click()
    heading(stock, say.ticket.doneTitle.filled)
    assert visitor.orders(stock) == 1
    expect(page.get_by_role("table").get_by_role("link", name=re.compile("AAPL"))).to_be_visible(timeout=20_000)


def test_without_a_connection_there_is_a_page_that_says_so(call, language):
    visitor = call(language=language, worker=True)
    page = visitor.open("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    visitor.context.set_offline(True)
    page.goto("/stocks")
    heading(page, visitor.say.errors.offline.title)
    kept = page.evaluate("""async () => {
        const addresses = [];
        for (const name of await caches.keys()) {
            for (const each of await (await caches.open(name)).keys()) addresses.push(new URL(each.url).pathname);
        }
        return addresses;
    }""")
    assert kept and all(path == "/offline" or path.startswith("/assets/") for path in kept), kept
    visitor.context.set_offline(False)
    page.goto("/stocks")
    heading(page, visitor.say.stocks.title)
