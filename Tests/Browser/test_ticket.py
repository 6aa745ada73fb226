"""One click, one order: whatever is pressed twice, loaded again, lost on the way or done in two tabs at once."""

import re

import pytest
from browsing import api, button, heading, link
from playwright.sync_api import expect


@pytest.fixture
def trader(visit):
    visitor = visit()
    visitor.enter()
    return visitor


def review(visitor, symbol="AAPL", amount="250", page=None):
    page = visitor.open(f"/stocks/{symbol}", page)
    page.get_by_label(visitor.say.ticket.amount.format("USD")).fill(amount)
    button(page, visitor.say.ticket.review).click()
    page.wait_for_url("**/review")
    return page


def limit(visitor, quantity="2.5", price="1"):
    """A review of an order that waits."""
    say, page = visitor.say, visitor.open("/stocks/AAPL")
    page.get_by_role("radio", name=say.ticket.types.limit).click()
    page.get_by_role("radio", name=say.ticket.bys.quantity).click()
    page.get_by_label(say.ticket.quantity).fill(quantity)
    page.get_by_label(say.ticket.limitPrice.format("USD")).fill(price)
    button(page, say.ticket.review).click()
    return page


def test_double_click_reload_back_and_forward_are_one_order(trader):
    say, page = trader.say, review(trader)
    page.reload()
    button(page, say.ticket.place.buy).dblclick()
    heading(page, say.ticket.doneTitle.filled)
    page.reload()
    heading(page, say.ticket.doneTitle.filled)
    page.go_back()
    page.wait_for_url(re.compile(r"/stocks/AAPL(/review)?$"))
    expect(button(page, say.ticket.place.buy)).to_have_count(0)
    page.go_forward()
    heading(page, say.ticket.doneTitle.filled)
    page.goto("/stocks/AAPL/review")
    heading(page, say.ticket.doneTitle.filled)
    page.goto("/stocks/MSFT/review")
    heading(page, say.ticket.gone)
    assert trader.orders(page) == 1


def test_a_tab_that_was_duplicated_places_nothing_more(trader):
    page = review(trader)
    kept = page.evaluate("Object.entries(sessionStorage)")
    other = trader.context.new_page()
    # As browsers do with a tab that is duplicated.
    other.add_init_script(f"for (const [name, value] of {kept!r}) sessionStorage.setItem(name, value);")
    other.goto("/stocks/AAPL/review")
    for each in (page, other):
        button(each, trader.say.ticket.place.buy).click()
    for each in (page, other):
        heading(each, trader.say.ticket.doneTitle.filled)
    assert trader.orders(page) == 1


def test_an_order_whose_answer_was_lost_is_sent_again_and_placed_once(trader):
    trader.forgive(r"net::ERR_")
    page = review(trader)
    arrived = []

    def lose(route):
        """It arrives, and the answer does not."""
        if not arrived:
            arrived.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/wallet/orders", lose)
    button(page, trader.say.ticket.place.buy).click()
    expect(page.get_by_text(trader.say.ticket.unsure)).to_be_visible()
    assert arrived == [201]
    button(page, trader.say.ticket.place.buy).click()
    heading(page, trader.say.ticket.doneTitle.filled)
    assert trader.orders(page) == 1


def test_what_is_lost_offline_is_not(trader):
    trader.forgive(r"net::ERR_")
    page = review(trader)
    trader.context.set_offline(True)
    button(page, trader.say.ticket.place.buy).click()
    expect(page.get_by_text(trader.say.ticket.unsure)).to_be_visible()
    trader.context.set_offline(False)
    button(page, trader.say.ticket.place.buy).click()
    heading(page, trader.say.ticket.doneTitle.filled)
    assert trader.orders(page) == 1


def test_what_was_shown_is_what_is_booked(trader):
    page = review(trader, amount="1234.56")
    shown = page.locator("dl").inner_text()
    button(page, trader.say.ticket.place.buy).click()
    heading(page, trader.say.ticket.doneTitle.filled)
    (trade,) = api(trader).get("/wallet/history").json["items"]
    total = trade.get("total") or trade["amount"]
    assert f"${float(total['amount']):,.2f}".replace("-", "") in shown, (trade, shown)


def test_what_cannot_be_is_said_before_anything_is_sent(visit, language):
    visitor = visit(language=language)
    say = visitor.say
    visitor.enter()
    page = visitor.open("/stocks/AAPL")
    button(page, say.ticket.review).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(say.ticket.faults.empty.amount)
    expect(alert).to_be_focused()
    amount = page.get_by_label(say.ticket.amount.format("USD"))
    for typed, told in {"0": say.ticket.faults.zero.amount, "1,2345,6": None, "abc": None}.items():
        amount.fill(typed)
        button(page, say.ticket.review).click()
        expect(alert).to_be_visible()
        if told:
            expect(alert).to_contain_text(told)
        expect(amount).to_have_value(typed)
    page.reload()
    # "1,500" is one thing in one language and another in the other, so it is asked about and never guessed.
    page.get_by_role("radio", name=say.ticket.bys.quantity).click()
    page.get_by_label(say.ticket.quantity).fill("1,500" if language == "en" else "1.500")
    button(page, say.ticket.review).click()
    expect(alert).to_be_visible()
    assert re.search(r"1[.,]?500|1[.,]5", alert.inner_text())
    # More than there is.
    page.get_by_label(say.ticket.quantity).fill("999999")
    button(page, say.ticket.review).click()
    cash = "100.000,00" if language == "es" else "100,000.00"
    expect(alert).to_contain_text(re.compile(say.ticket.faults.cash.format(f".*{cash}.*")))
    expect(page.get_by_label(say.ticket.quantity)).to_have_value("999999")
    assert visitor.orders(page) == 0


def test_what_the_server_refuses_is_told_and_nothing_typed_is_lost(visit, language):
    visitor = visit(language=language)
    say = visitor.say
    visitor.enter()
    page = visitor.open("/stocks/AAPL")
    # What is known of the cash is kept from the page, so that the order goes on to the server.
    page.route("**/api/v1/wallet", lambda route: route.abort())
    visitor.forgive("net::ERR_FAILED")
    page.reload()
    page.get_by_role("radio", name=say.ticket.bys.quantity).click()
    page.get_by_label(say.ticket.quantity).fill("9999")
    button(page, say.ticket.review).click()
    page.wait_for_url("**/review")
    button(page, say.ticket.place.buy).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(say.ticket.refused)
    assert ("too little cash" in alert.inner_text()) == (language == "en"), alert.inner_text()
    link(page, say.ticket.change).click()
    expect(page.get_by_label(say.ticket.quantity)).to_have_value("9999")
    assert api(visitor).get("/wallet/history").json["items"] == []


def test_an_open_order_is_seen_in_another_tab_and_cancelled_there(trader):
    say, page = trader.say, limit(trader)
    wallet = trader.open("/wallet")
    expect(wallet.get_by_text(say.wallet.orders.none)).to_be_visible()
    button(page, say.ticket.place.buy).click()
    heading(page, say.ticket.doneTitle.open)
    wallet.get_by_role("button", name=say.wallet.orders.cancel.format("AAPL")).click()
    dialog = wallet.get_by_role("dialog")
    button(dialog, say.ticket.keep).click()
    expect(dialog).to_have_count(0)
    wallet.get_by_role("button", name=say.wallet.orders.cancel.format("AAPL")).click()
    button(dialog, say.ticket.cancel).click()
    expect(wallet.get_by_text(say.wallet.orders.none)).to_be_visible()
    # The tab in which it was placed learns of it by the stream.
    heading(page, say.ticket.doneTitle.cancelled)
