"""Logins with Google, whose place oidc-provider-mock takes, by clicks alone."""

import secrets

from accounts import PASSWORD, new_account, new_email
from browsing import button, heading, link
from playwright.sync_api import expect


def consent(page, subject):
    """What somebody does at the issuer."""
    page.locator("input[name=sub]").fill(subject)
    page.locator("form button, form input[type=submit]").first.click()


def arrive(visit, exchange, address, language="en", path="/login"):
    subject = f"sub-{secrets.token_hex(6)}"
    exchange.issuer.add(subject, address)
    visitor = visit(language=language)
    visitor.friends.add(exchange.issuer.url)
    # The page of the issuer is not ours, whatever it complains about.
    visitor.forgive(f"at {exchange.issuer.url}|net::ERR_NAME_NOT_RESOLVED|pico.min.css")
    page = visitor.open(path)
    link(page, visitor.say.auth.login.google).click()
    page.wait_for_url(f"{exchange.issuer.url}/**")
    consent(page, subject)
    return visitor, page


def test_who_is_new_is_in_at_once(visit, exchange, language):
    visitor, page = arrive(visit, exchange, new_email("eva"), language, "/login?next=%2Fprofile")
    page.wait_for_url("**/profile")
    heading(page, visitor.say.profile.title)
    expect(page.get_by_text(visitor.say.profile.security.set)).to_be_visible()


def test_who_has_an_account_proves_it_once(visit, exchange):
    address, _ = new_account(exchange)
    visitor, page = arrive(visit, exchange, address)
    heading(page, visitor.say.auth.link.title)
    button(page, visitor.say.auth.link.submit).click()
    expect(page.get_by_role("alert")).to_contain_text(visitor.say.auth.link.either)
    page.get_by_label(visitor.say.auth.password, exact=True).fill(PASSWORD)
    button(page, visitor.say.auth.link.submit).click()
    page.wait_for_url("**/wallet")
    heading(page, visitor.say.wallet.title)


def test_who_turns_back_is_told_why(visit):
    visitor = visit()
    page = visitor.open("/login?error=google-email-unverified")
    notice = page.get_by_text(visitor.say.auth.login.googleFailed).locator("..")
    # With the reason that the API's own catalogue gives.
    expect(notice.get_by_role("paragraph")).to_have_count(2)
