"""What each page is for, and what it shows when there is nothing, when it waits and when it is refused."""

import contextlib
import re

import pytest
from browsing import button, heading, link
from playwright.sync_api import TimeoutError, expect
from trading import filled, place

REFUSALS = {
    "status": 503,
    "content_type": "application/problem+json",
    "body": '{"type":"/docs#problem-unavailable","title":"x","status":503,"code":"unavailable","requestId":"ref-4711"}',
}


def refuse(page, pattern):
    page.route(re.compile(pattern), lambda route: route.fulfill(**REFUSALS))


def main(page):
    return page.get_by_role("main")


def test_home_shows_live_prices_and_one_way_in(visit, language):
    visitor = visit(language=language)
    say, page = visitor.say, visitor.open("/")
    heading(page, say.home.heading)
    prices = page.get_by_role("region", name=say.home.quotes).get_by_role("listitem")
    expect(prices).to_have_count(5)
    for each in prices.all():
        expect(each).to_contain_text(re.compile(r"\d+[.,]\d\d"))
    prices.first.get_by_role("link").click()
    page.wait_for_url("**/stocks/*")
    page.go_back()
    heading(page, say.home.heading)


def test_home_is_read_without_scripts(visit, language):
    visitor = visit(language=language, java_script_enabled=False)
    say = visitor.say
    for path, title in (
        ("/", say.home.heading),
        ("/login", say.auth.login.title),
        ("/register", say.auth.register.title),
    ):
        heading(visitor.open(path), title)


def test_stocks_are_found_filtered_and_sorted(visit, language):
    visitor = visit(language=language)
    say, page = visitor.say, visitor.open("/stocks")
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    count = rows.count()
    assert count > 20
    names = page.locator("tbody th b, tbody th .font-bold")

    button(page, say.stocks.columns.price).click()
    expect(page.get_by_role("columnheader", name=say.stocks.columns.price)).to_have_attribute("aria-sort", "descending")
    prices = [
        float(re.sub(r"[^\d,.]", "", text).replace(".", "").replace(",", ""))
        for text in page.locator("tbody td:nth-child(4) .font-bold").all_inner_texts()
    ]
    assert len(prices) == count and prices[:10] == sorted(prices[:10], reverse=True), prices[:10]
    expect(page).to_have_url(re.compile("sort=price"))

    page.get_by_role("searchbox", name=say.stocks.filter).fill("app")
    expect(page.get_by_text(re.compile(rf"^\d+ (of|de) {count} "))).to_be_visible()
    assert all("app" in text.lower() for text in rows.all_inner_texts())
    page.reload()
    expect(page.get_by_role("searchbox", name=say.stocks.filter)).to_have_value("app")

    page.get_by_role("searchbox", name=say.stocks.filter).fill("no company is called so")
    expect(page.get_by_text(say.stocks.none)).to_be_visible()
    button(page, say.stocks.clear).click()
    expect(rows).to_have_count(count)
    assert names.count() >= count

    page.get_by_role("combobox", name=say.common.search.label).fill("micro")
    expect(page.get_by_role("option").first).to_contain_text("Microsoft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stocks/MSFT")


def test_who_watches_companies_finds_them_again(visit):
    visitor = visit()
    say, page = visitor.say, visitor.open("/stocks")
    page.get_by_role("button", name=say.stocks.watch.format("AAPL")).click()
    page.wait_for_url("**/login?next=*")
    visitor.enter()
    page.goto("/stocks?watched=yes")
    expect(page.get_by_text(say.stocks.nothingWatched)).to_be_visible()
    page.goto("/stocks")
    star = page.get_by_role("button", name=say.stocks.watch.format("AAPL"))
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    button(page, say.stocks.watchedOnly).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    star.click()
    expect(page.get_by_text(say.stocks.nothingWatched)).to_be_visible()


def test_the_table_holds_the_numbers_of_the_chart(visit, language):
    visitor = visit(language=language)
    say, page = visitor.say, visitor.open("/stocks/AAPL?range=1w")
    chart = page.get_by_role("region", name=say.stock.chart.title, exact=True)
    picture = chart.get_by_role("slider", name=re.compile("Apple"))
    expect(picture).to_be_visible()
    picture.focus()
    told = []
    for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        told.append(picture.get_attribute("aria-valuetext"))
    assert len(set(told)) >= 3 and all(re.search(r"\d", text) for text in told), told
    chart.get_by_role("radio", name=say.stock.chart.views.table).click()
    expect(page).to_have_url(re.compile("view=table"))
    expect(chart.get_by_role("row")).not_to_have_count(0)
    # What the chart has said of its first day is in the table.
    price = re.search(r"[\d.,]*\d[.,]\d\d", told[0].split(":")[-1]).group()
    assert price in chart.inner_text(), (told[0], chart.inner_text())
    for span in ("1y", "max"):
        chart.get_by_role("radio", name=say.stock.chart.ranges[span], exact=True).click()
        expect(page).to_have_url(re.compile(f"range={span}"))
        expect(chart.get_by_role("row").nth(30)).to_be_attached()


def test_addresses_of_nothing(visit, language):
    visitor = visit(language=language)
    say = visitor.say
    answer = visitor.context.request.get("/nowhere/at/all", headers={"accept-language": language})
    assert answer.status == 404 and say.errors.notFound.title in answer.text()
    page = visitor.open("/nowhere/at/all")
    heading(page, say.errors.notFound.title)
    link(page, say.errors.stocks).click()
    heading(page, say.stocks.title)
    page.goto("/stocks/NOPE")
    heading(page, say.stock.unknown)
    link(page, say.stock.all).click()
    heading(page, say.stocks.title)


@pytest.fixture
def holder(visit, language):
    """Somebody who has bought and sold, and has an order that waits."""
    visitor = visit(language=language)
    browser = visitor.enter()
    filled(browser, place(browser, symbol="AAPL", side="buy", amount="5000").json)
    filled(browser, place(browser, symbol="MSFT", side="buy", quantity="10").json)
    filled(browser, place(browser, symbol="AAPL", side="sell", quantity="1").json)
    place(browser, symbol="IBM", side="buy", type="limit", quantity="2", limitPrice="1", timeInForce="gtc")
    return visitor, browser


def test_the_wallet_shows_what_the_ledger_has(holder, language):
    visitor, browser = holder
    say, page = visitor.say, visitor.open("/wallet")
    wallet = browser.get("/wallet").json
    digits = f"{float(wallet['cash']['amount']):,.2f}"
    if language == "es":
        digits = digits.translate(str.maketrans(",.", ".,"))
    expect(main(page).get_by_text(re.compile(re.escape(digits)))).not_to_have_count(0)
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    orders = page.get_by_role("region", name=say.wallet.orders.title)
    expect(orders.get_by_role("listitem")).to_have_count(1)
    history = page.get_by_role("region", name=say.wallet.history.title)
    expect(history.get_by_role("listitem")).to_have_count(3)
    history.get_by_role("radio", name=say.wallet.history.sides.sell).click()
    expect(history.get_by_role("listitem")).to_have_count(1)
    history.get_by_role("combobox").select_option("MSFT")
    expect(history.get_by_text(say.wallet.history.noneLike)).to_be_visible()
    with page.expect_download() as download:
        button(history, say.wallet.history.csv).click()
    with open(download.value.path()) as file:
        assert len(file.read().strip().splitlines()) == 4
    main(page).get_by_role("button", name=say.common.settings.hideAmounts).click()
    expect(main(page).get_by_text(digits)).to_have_count(0)
    main(page).get_by_role("button", name=say.common.settings.showAmounts).click()
    button(orders, say.wallet.orders.cancel.format("IBM")).click()
    button(page.get_by_role("dialog"), say.ticket.cancel).click()
    expect(orders.get_by_text(say.wallet.orders.none)).to_be_visible()


def test_an_empty_wallet_says_what_to_do(visit, language):
    visitor = visit(language=language)
    visitor.enter()
    say, page = visitor.say, visitor.open("/wallet")
    expect(page.get_by_text(say.wallet.holdings.none)).to_be_visible()
    expect(page.get_by_text(say.wallet.orders.none)).to_be_visible()
    expect(page.get_by_text(say.wallet.history.none)).to_be_visible()
    link(page, say.wallet.holdings.toStocks).click()
    heading(page, say.stocks.title)


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("/stocks", r"/api/v1/companies\?"),
        ("/stocks/AAPL", "/api/v1/companies/AAPL$"),
        ("/stocks/AAPL", "/api/v1/companies/AAPL/history"),
        ("/wallet", "/api/v1/wallet"),
        ("/profile", "/api/v1/profile$"),
        ("/profile", "/api/v1/auth/sessions"),
    ],
)
def test_what_is_refused_is_told_and_tried_again(visit, path, calls):
    visitor = visit(language="es")
    visitor.enter()
    say, page = visitor.say, visitor.context.new_page()
    refuse(page, calls)
    page.goto(path)
    alert = main(page).get_by_role("alert").first
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("ref-4711")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.unroute(re.compile(calls))
    # Each part has its own way back; some come back together.
    for _ in range(10):
        again = button(main(page).get_by_role("alert"), say.common.words.retry)
        if again.count() == 0:
            break
        with contextlib.suppress(TimeoutError):
            again.first.click(timeout=2_000)
        page.wait_for_timeout(300)
    expect(main(page).get_by_role("alert")).to_have_count(0)


def test_a_page_that_cannot_be_fetched_is_loaded_once_more_and_then_explained(visit, language):
    visitor = visit(language=language)
    visitor.forgive("net::ERR_FAILED|dynamically imported module")
    say, page = visitor.say, visitor.open("/")
    heading(page, say.home.heading)
    page.route(re.compile("/assets/stocks-"), lambda route: route.abort())
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    page.get_by_role("banner").get_by_role("link", name=say.common.nav.stocks).click()
    heading(page, say.errors.failed.title)
    assert len(loads) == 1, loads
    page.unroute(re.compile("/assets/stocks-"))
    button(page, say.errors.failed.reload).click()
    heading(page, say.stocks.title)


def test_other_languages_and_themes_by_a_press(visit):
    visitor = visit()
    page = visitor.open("/login?next=%2Fwallet")
    page.get_by_label(visitor.say.auth.email).fill("typed@example.com")
    button(page, "Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    heading(page, "Entrar")
    # What was typed is kept.
    expect(page.locator("#email")).to_have_value("typed@example.com")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    theme = page.get_by_role("banner").get_by_role("button")
    for expected in ("light", "dark", "auto"):
        theme.last.click()
        expect(page.locator("html")).to_have_attribute("data-theme", expected)
