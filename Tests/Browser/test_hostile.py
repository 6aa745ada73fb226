"""Whatever others write is text: names, companies, mails."""

import json
import re

import pytest
from accounts import PASSWORD, Browser, new_email
from browsing import heading
from playwright.sync_api import expect

EVIL = [
    "<img src=x onerror=document.title='owned'>",
    "<script>document.title='owned'</script>",
    "\"><svg/onload=document.title='owned'>",
    "{{constructor.constructor('document.title=1')()}}",
    "javascript:document.title='owned'",
]


def shown_as_text(page, text):
    expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()
    page.wait_for_timeout(300)
    assert page.title() not in ("owned", "1")
    assert page.locator("img[src=x], svg[onload], main script").count() == 0


@pytest.fixture
def named(exchange):
    """An account whose names are what they are not."""
    address, browser = new_email("evil"), Browser(exchange)
    browser.register(address, given=EVIL[0], family=EVIL[2])
    mail = exchange.outbox.to(address)
    assert browser.post("/auth/email-verifications/confirm", {"token": mail.token}).status == 204
    browser.login(address, PASSWORD)
    return address, browser, mail


def test_names_are_text(visit, named):
    visitor = visit()
    visitor.enter(named[1])
    page = visitor.open("/profile")
    expect(page.get_by_label(visitor.say.auth.givenName)).to_have_value(EVIL[0])
    page.wait_for_timeout(300)
    assert page.title() != "owned" and page.locator("img[src=x]").count() == 0


def test_mails_are_text(visit, named):
    address, _, mail = named
    visitor = visit()
    page = visitor.open("/mails")
    row = page.get_by_role("listitem").filter(has_text=address)
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.get_by_text(EVIL[0]).first).to_be_visible()
    frame = page.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text(EVIL[0][:20])
    page.wait_for_timeout(300)
    assert page.title() != "owned" and frame.locator("img[src=x], script").count() == 0
    # The link of the mail leads on, beside the viewer.
    with visitor.context.expect_page() as opened:
        page.locator("pre").get_by_role("link").first.click()
    heading(opened.value, visitor.say.auth.verify.title)


@pytest.mark.parametrize("text", [EVIL[0], *(pytest.param(each, marks=pytest.mark.whole) for each in EVIL[1:])])
def test_companies_are_text(visit, text):
    visitor = visit()

    def spoilt(route):
        answer = route.fetch()
        body = answer.json()
        for each in body.get("items", [body]):
            if isinstance(each, dict) and each.get("symbol") == "AAPL":
                each.update(name=text, sector=text, exchange=text)
        route.fulfill(response=answer, body=json.dumps(body))

    page = visitor.context.new_page()
    page.route(re.compile(r"/api/v1/companies(\?.*|/AAPL)?$"), spoilt)
    for path in ("/", "/stocks", "/stocks/AAPL"):
        page.goto(path)
        shown_as_text(page, text)
    page.get_by_role("combobox", name=visitor.say.common.search.label).fill(text[:8])
    expect(page.get_by_role("option").first).to_contain_text(text)


@pytest.mark.parametrize("text", EVIL[:3])
def test_addresses_are_text(visit, text):
    visitor = visit()
    page = visitor.context.new_page()
    for path in (
        f"/stocks/{text.replace('/', '%2F')}",
        f"/login?error={text}",
        f"/verify-email?email={text}",
        f"/stocks?query={text}",
    ):
        page.goto(path)
        page.wait_for_timeout(300)
        assert page.title() != "owned" and page.locator("img[src=x], svg[onload]").count() == 0


AWAY = ["https://evil.example/", "//evil.example/", "/%5Cevil.example", "javascript:alert(1)", "/%09/evil.example"]


@pytest.mark.parametrize("away", AWAY)
def test_nobody_is_led_away_after_a_login(visit, away):
    visitor = visit()
    visitor.enter()
    page = visitor.context.new_page()
    page.goto("/login?next=" + away)
    page.wait_for_url(re.compile(r"^(?!.*/login\?)"))
    assert page.url.startswith(visitor.origin + "/"), page.url
