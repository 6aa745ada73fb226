"""Everything by keys alone, with the focus where it belongs and never out of sight."""

import re

from accounts import PASSWORD, new_account
from browsing import heading
from playwright.sync_api import expect


def focused(page):
    """What has the focus: its role or tag, and its name."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
        return `${element.getAttribute('role') ?? element.tagName.toLowerCase()}: ${label.trim()}`;
    }""")


def seen(page):
    """Whether what has the focus is in the window and under nothing else."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        const box = element.getBoundingClientRect();
        const found = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
        if (found === null) return false;
        return element.contains(found) || found.contains(element) || found.closest('label')?.control === element;
    }""")


def tab_to(page, wanted, most=60):
    """Presses Tab until that has the focus; everything on the way is seen. Gives what was passed."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if page.evaluate("document.activeElement !== document.body"):
            assert seen(page), f"hidden while it has the focus: {passed[-1]}"
        if re.search(wanted, passed[-1]):
            return passed
    raise AssertionError(f"no Tab leads to {wanted}: {passed}")


def test_from_the_login_to_an_order_and_its_cancel(visit, exchange):
    address, _ = new_account(exchange)
    visitor = visit(width=1280, height=720, guide=True)
    say, page = visitor.say, visitor.open("/login?next=%2Fstocks")
    heading(page, say.auth.login.title)
    tab_to(page, "E-mail address")
    page.keyboard.type(address)
    tab_to(page, r"input: Password", 2)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/stocks")
    # The focus is at the heading of the page that has come, and the title names it.
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title("Stocks · Lonja")

    page.keyboard.press("Shift+Tab")
    page.evaluate("document.querySelector('h1').focus()")
    tab_to(page, "Filter by name")
    page.keyboard.type("apple")
    tab_to(page, "^a: Apple")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stocks/AAPL")
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    tab_to(page, "radio: Buy")
    page.keyboard.press("Tab")
    assert focused(page) == "radio: Market"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Limit")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    tab_to(page, "Number of shares", 2)
    page.keyboard.type("2")
    tab_to(page, "Worst price", 2)
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    passed = tab_to(page, "button: Buy now", 3)
    assert passed[-1] == "button: Buy now"
    page.keyboard.press("Enter")
    page.wait_for_url("**/done?*")
    heading(page, say.ticket.doneTitle.open)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, "button: Cancel order", 6)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    tab_to(page, "button: Keep it", 6)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert focused(page) == "button: Cancel order", "the focus is back where it was"
    page.keyboard.press("Enter")
    tab_to(page, "button: Cancel order", 6)
    page.keyboard.press("Enter")
    heading(page, say.ticket.doneTitle.cancelled)
    assert page.evaluate("document.activeElement !== document.body"), "the focus is not lost with the button"


def test_the_content_is_one_key_away(visit):
    visitor = visit()
    for path in ("/", "/stocks", "/login"):
        page = visitor.open(path)
        page.get_by_role("heading", level=1).wait_for()
        page.keyboard.press("Tab")
        assert focused(page) == f"a: {visitor.say.common.skip}"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_nothing_is_under_the_bars_of_a_phone(visit, holder_of_little):
    visitor = visit(width=360, height=640)
    visitor.enter(holder_of_little)
    for path in ("/stocks/AAPL", "/wallet", "/profile"):
        page = visitor.open(path)
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(500)
        for _ in range(45):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement === document.body") or seen(page), (
                f"{path}: hidden: {focused(page)}"
            )
