"""Tabs of one browser: they share a stream, and know of each other who is logged in."""

import time

import pytest
from browsing import button
from harness import wait_until
from playwright.sync_api import expect

STREAMS = ("/api/v1/quotes/stream", "/api/v1/wallet/events")


def streams(visitor):
    """The streams that are open, each with the page that holds it."""
    return [
        each for each in visitor.requests if any(name in each.url for name in STREAMS) and each not in visitor.ended
    ]


@pytest.fixture
def watcher(visit):
    visitor = visit()
    visitor.ended = []
    for how in ("requestfinished", "requestfailed"):
        visitor.context.on(how, lambda request: visitor.ended.append(request))
    return visitor


def price(page):
    """The price of the company's page, as it is shown."""
    return page.get_by_role("main").locator(".text-3xl.font-bold.tabular").inner_text()


def moves(page, seconds=15):
    before, until = price(page), time.monotonic() + seconds
    while time.monotonic() < until:
        page.wait_for_timeout(200)
        if price(page) != before:
            return True
    return False


def test_all_tabs_share_one_stream_and_another_takes_over(watcher):
    say = watcher.say
    first = watcher.open("/stocks/AAPL")
    expect(first.get_by_text(say.common.live.live, exact=True)).to_be_visible()
    begun = time.monotonic()
    others = [watcher.open("/stocks/GOOG") for _ in range(6)]
    # More than six connections of HTTP/1.1 would be too many, and the seventh tab would load for ever.
    for each in others:
        expect(each.get_by_text(say.common.live.live, exact=True)).to_be_visible()
    assert time.monotonic() - begun < 6 * 3
    wait_until(lambda: others[-1].wait_for_timeout(100) or len(streams(watcher)) == 1, "one stream", 10)
    assert "GOOG" in streams(watcher)[0].url and "AAPL" in streams(watcher)[0].url
    assert streams(watcher)[0].frame.page == first
    assert moves(others[0]), "who does not lead is told the prices"
    first.close()
    gone = time.monotonic()
    others[0].wait_for_timeout(50)
    wait_until(
        lambda: others[0].wait_for_timeout(50) or any(each.frame.page in others for each in streams(watcher)),
        "another leads",
        5,
    )
    assert time.monotonic() - gone < 2, "another takes over within two seconds"
    assert moves(others[-1])


def test_a_pause_stops_every_price_of_every_tab(watcher):
    say = watcher.say
    page = watcher.open("/stocks/AAPL")
    assert moves(page)
    page.get_by_role("switch", name=say.common.live.label).click()
    expect(page.get_by_text(say.common.live.paused, exact=True)).to_be_visible()
    assert not moves(page, 4)
    page.get_by_role("switch", name=say.common.live.label).click()
    assert moves(page)


def test_a_session_that_is_ended_elsewhere_ends_here(visit, exchange, language):
    """By another browser, whose list of sessions has this one."""
    here = visit(language=language)
    account = here.enter()
    page = here.open("/wallet?range=3m")
    expect(page.get_by_role("heading", level=1)).to_have_text(here.say.wallet.title)
    there = visit(language=language)
    other = there.open("/login?next=%2Fprofile")
    there.log_in(other, here.address)
    others = other.get_by_role("region", name=there.say.profile.sessions.title).get_by_role("listitem")
    expect(others).to_have_count(2)
    button(other, there.say.profile.sessions.endOthers).click()
    expect(others).to_have_count(1)
    assert account.status == 401
    page.get_by_role("radio", name=here.say.wallet.over.ranges["1y"]).click()
    page.wait_for_url("**/login?next=*")
    expect(page.get_by_text(here.say.auth.login.ended)).to_be_visible()
    here.log_in(page, here.address)
    # Back at the step where the session ended.
    page.wait_for_url("**/wallet?range=1y")


def test_logging_out_in_one_tab_is_logging_out_in_all(visit):
    visitor = visit()
    visitor.enter()
    first, second = visitor.open("/wallet"), visitor.open("/profile")
    button(second, visitor.say.profile.logout).click()
    first.wait_for_url("**/login?next=%2Fwallet")
    second.wait_for_url(f"{visitor.origin}/")
    visitor.log_in(first, visitor.address)
    first.wait_for_url("**/wallet")
    expect(second.get_by_role("banner").get_by_role("link", name=visitor.say.common.nav.profile)).to_be_visible()
