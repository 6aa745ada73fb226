"""axe finds nothing on any page, and no page is wider than its window: page by language, theme and width."""

import itertools
import re

from axe_playwright_python.sync_playwright import Axe
from browsing import heading
from playwright.sync_api import expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = [
    "/",
    "/stocks",
    "/stocks/AAPL",
    "/stocks/AAPL?view=table&range=1m",
    "/stocks/AAPL?view=candles",
    "/stocks/NOPE",
    "/stocks?query=nothing-like-it",
    "/login",
    "/register",
    "/recover",
    "/verify-email",
    "/reset-password",
    "/offline",
    "/nowhere",
    "/login?ended=1&error=google-off",
    "/login?link=google",
]
PRIVATE = [
    "/wallet",
    "/profile",
    "/password",
    "/stocks/AAPL",
    "/stocks/AAPL/review",
    "/stocks/AAPL/done?order=none-of-these",
]
EMPTY = ["/wallet", "/profile", "/stocks?watched=yes"]
BROKEN = ["/", "/stocks", "/stocks/AAPL", "/wallet", "/profile"]
# What is pressed, by its name in the catalogues.
PRESSED = [
    ("/stocks/AAPL", "ticket.review"),
    ("/wallet", "wallet.orders.cancel:IBM"),
    ("/profile", "profile.reset.open", "profile.reset.submit"),
    ("/profile", "profile.email.submit"),
    ("/password", "profile.password.submit"),
]
PRESSED_OUTSIDE = [
    ("/login", "auth.login.submit"),
    ("/register", "auth.register.submit"),
    ("/recover", "auth.recover.submit"),
]
VARIANTS = list(itertools.product(["en", "es"], ["light", "dark"], [320, 1280]))
CASES = (
    [("public", path) for path in PUBLIC]
    + [("client", path) for path in PRIVATE]
    + [("empty", path) for path in EMPTY]
    + [(state, path) for path in BROKEN for state in ("waiting", "refused")]
    + [("client", *each) for each in PRESSED]
    + [("public", *each) for each in PRESSED_OUTSIDE]
)


def pytest_generate_tests(metafunc):
    """All of them, or each page once, so that the sample has every variant several times."""
    if "variant" not in metafunc.fixturenames:
        return
    whole, chosen, names = metafunc.config.getoption("--whole"), [], []
    for index, variant in enumerate(VARIANTS):
        cases = [case for number, case in enumerate(CASES) if whole or (number * 3 + number // 8) % 8 == index]
        # A dozen at a time, which end in a minute.
        for begin in range(0, len(cases), 12):
            chosen.append((variant, cases[begin : begin + 12]))
            names.append("-".join(map(str, [*variant, begin])))
    metafunc.parametrize(("variant", "cases"), chosen, ids=names)


def look(page, what):
    """What axe finds, and whether the page is wider than its window."""
    found = [
        f"{what}: {each['id']} at {each['nodes'][0]['target']}: {each['nodes'][0].get('failureSummary', '')[:200]}"
        for each in Axe().run(page, options=RULES).response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    width = max(width, page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.frame-scroll'))"))
    return found + ([f"{what}: {width} pixels too wide"] if width > 0 else [])


def named(say, name):
    name, _, value = name.partition(":")
    for part in name.split("."):
        say = say[part]
    return say.format(value)


def break_calls(page, state, held):
    """Calls of the page are not answered, or are refused; who is logged in is told."""

    def answer(route):
        if route.request.url.endswith("/auth/session"):
            route.continue_()
        elif state == "refused":
            route.fulfill(
                status=503,
                content_type="application/problem+json",
                body='{"title":"x","status":503,"code":"unavailable","requestId":"ref-4711"}',
            )
        else:
            held.append(route)

    page.route(re.compile("/api/v1/"), answer)


def test_no_page_keeps_anybody_out(visit, variant, cases, holder_of_little):
    language, theme, width = variant
    visitors, found = {}, []

    def visitor(state):
        kind = state if state in ("public", "empty") else "client"
        if kind not in visitors:
            made = visitors[kind] = visit(language=language, theme=theme, width=width, height=800, guide=True)
            made.forgive("net::ERR_FAILED")
            if kind != "public":
                made.enter(holder_of_little if kind == "client" else None)
        return visitors[kind]

    for state, path, *pressed in cases:
        page, held = visitor(state).context.new_page(), []
        if state in ("waiting", "refused"):
            break_calls(page, state, held)
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        if state not in ("waiting", "refused"):
            expect(page.locator("main .animate-pulse.bg-sunken")).to_have_count(0)
        for name in pressed:
            page.get_by_role(
                "button", name=named(visitors["public" if state == "public" else "client"].say, name), exact=True
            ).first.click()
        page.wait_for_timeout(300)
        found += look(page, " ".join([state, path, *pressed]))
        for route in held:
            route.abort()
        page.unroute_all(behavior="ignoreErrors")
        page.close()
    print(f"{len(cases)} pages looked at as {variant}")
    assert found == [], "\n".join(found)


def test_up_and_down_are_told_without_colours(visit):
    visitor = visit(forced_colors="active")
    page = visitor.open("/stocks")
    heading(page, visitor.say.stocks.title)
    changes = page.locator("tbody td:nth-child(5)")
    expect(changes.first).to_contain_text("%")
    told = changes.all_inner_texts()
    assert all(re.search(r"▲[\s\S]*\+|▼[\s\S]*[−-]|–", text) for text in told), told


def test_who_wants_no_motion_has_none(visit):
    visitor = visit(reduced_motion="reduce")
    page = visitor.open("/stocks/AAPL")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(2_000)
    moving = page.evaluate(
        "document.getAnimations().filter(each => each.effect.getComputedTiming().duration > 10).length"
    )
    assert moving == 0
