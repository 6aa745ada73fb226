"""From nobody to the first share and out again, as somebody goes who reads nothing but the pages."""

import re

from accounts import PASSWORD, new_email
from browsing import button, heading, link
from playwright.sync_api import expect

LINK = re.compile(r"https?://\S+/verify-email\?token=\S+")


def test_from_registering_to_logging_out(visit, exchange, language):
    visitor = visit(language=language)
    say, address = visitor.say, new_email("ana")
    page = visitor.open("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_role("main").get_by_role("link", name=say.home.start).click()
    heading(page, say.auth.register.title)

    button(page, say.auth.register.submit).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("link")).to_have_count(4)
    assert page.title().startswith(say.common.form.errorTitle.format(""))
    page.get_by_label(say.auth.givenName).fill("Ana")
    page.get_by_label(say.auth.familyName).fill("Ruiz")
    page.get_by_label(say.auth.email).fill(address)
    page.get_by_label(say.auth.newPassword).fill("demasiado corta")
    page.get_by_label(say.auth.newPassword).fill(PASSWORD)
    button(page, say.auth.register.submit).click()
    heading(page, say.auth.register.sentTitle)
    expect(page.get_by_text(address)).to_be_visible()

    mail = exchange.outbox.to(address)
    page.goto(LINK.search(mail.text).group())
    expect(page).to_have_url(re.compile(r"/verify-email$"))
    button(page, say.auth.verify.submit).click()
    heading(page, say.auth.verify.doneTitle)

    page.goto("/stocks/AAPL")
    amount = page.get_by_label(say.ticket.amount.format("USD"))
    amount.fill("1500,50" if language == "es" else "1500.50")
    button(page, say.ticket.reviewLogin).click()
    page.wait_for_url("**/login?next=*")
    visitor.log_in(page, address)
    page.wait_for_url("**/stocks/AAPL")
    expect(amount).to_have_value("1500,50" if language == "es" else "1500.50")

    button(page, say.ticket.review).click()
    heading(page, say.ticket.reviewTitle.format("", "AAPL"))
    button(page, say.ticket.place.buy).click()
    heading(page, say.ticket.doneTitle.filled)
    assert visitor.orders(page) == 1

    link(page, say.ticket.toWallet).click()
    heading(page, say.wallet.title)
    expect(page.get_by_role("table").get_by_role("link").first).to_contain_text("AAPL")

    page.goto("/stocks/AAPL")
    page.get_by_role("radio", name=say.common.words.sell).click()
    page.get_by_label(say.ticket.quantity).fill("0,5" if language == "es" else "0.5")
    button(page, say.ticket.review).click()
    page.wait_for_url("**/review")
    button(page, say.ticket.place.sell).click()
    heading(page, say.ticket.doneTitle.filled)
    link(page, say.ticket.toWallet).click()

    history = page.locator("section", has=page.get_by_role("heading", name=say.wallet.history.title))
    expect(history.get_by_role("listitem")).to_have_count(2)
    expect(history.get_by_role("listitem").first).to_contain_text(f"{say.wallet.history.sold} AAPL")
    expect(history.get_by_role("listitem").last).to_contain_text(f"{say.wallet.history.bought} AAPL")

    page.goto("/password")
    fresh = "otra contraseña, también larga"
    page.get_by_label(say.profile.password.current).fill(PASSWORD)
    page.get_by_label(say.auth.newPassword).fill(fresh)
    button(page, say.profile.password.submit).click()
    expect(page.get_by_text(say.profile.password.done)).to_be_visible()
    link(page, say.profile.password.back).click()
    heading(page, say.profile.title)
    button(page, say.profile.logout).click()
    expect(page.get_by_role("banner").get_by_role("link", name=say.common.nav.login)).to_be_visible()

    page.goto("/login")
    visitor.log_in(page, address)
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.log_in(page, address, fresh)
    page.wait_for_url("**/wallet")
    heading(page, say.wallet.title)
