"""A visitor with a browser of their own, who remembers whatever a page complains about."""

import os
import re
import shutil
from urllib.parse import urlsplit

from accounts import PASSWORD, Browser, new_account, new_address
from playwright.sync_api import expect
from texts import texts

# A call that is refused is told by every browser; tests that have one refused look at what the page makes of it.
REFUSED = re.compile(
    r"^Failed to load resource: the server responded with a status of [45]\d\d"
    r"|^Service Worker registration blocked by Playwright"
)
SECONDS = 15

expect.set_options(timeout=SECONDS * 1_000)


def launch(playwright):
    """Debian's Chromium; as root it has no sandbox of its own."""
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)


class Visitor:
    """Somebody with cookies, a language, a theme and a screen. Pages that complain fail the test in `close`."""

    def __init__(
        self,
        chromium,
        exchange,
        language="en",
        theme="light",
        width=1280,
        height=800,
        worker=False,
        guide=False,
        **options,
    ):
        self.exchange, self.origin, self.language = exchange, exchange.origin, language
        self.say = texts("en" if language == "qps" else language)
        self.complaints, self.forgiven, self.requests = [], [], []
        self.friends = {self.origin}
        self.context = chromium.new_context(
            base_url=self.origin,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="es-ES" if language == "es" else "en-US",
            service_workers="allow" if worker else "block",
            # As if through a proxy, so that nobody else uses up what one address may ask for.
            extra_http_headers={"x-forwarded-for": new_address()},
            **options,
        )
        if not guide:
            self.context.add_init_script("try { localStorage.setItem('lonja-guide', 'away') } catch {}")
        self.context.set_default_timeout(SECONDS * 1_000)
        if language == "qps":
            self.context.add_cookies([{"name": "lonja-language", "value": "qps", "url": self.origin}])
        self.context.on("console", self.heard)
        self.context.on("weberror", lambda error: self.complaints.append(f"thrown: {error.error}"))
        self.context.on("request", self.asked)

    def heard(self, message):
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.complaints.append(f"{message.type} at {message.location.get('url')}: {message.text}")

    def asked(self, request):
        self.requests.append(request)
        address = urlsplit(request.url)
        before = request.redirected_from
        # The login page asks whether there is a login at Google, and does not go where the answer leads.
        if before and before.resource_type == "fetch" and urlsplit(before.url).path == "/api/v1/auth/google":
            return
        if address.scheme in ("http", "https", "ws") and f"{address.scheme}://{address.netloc}" not in self.friends:
            self.complaints.append(f"a request to somebody else: {request.url}")

    def forgive(self, pattern):
        """For a test that breaks something on purpose."""
        self.forgiven.append(re.compile(pattern))

    def open(self, path, page=None):
        page = page or self.context.new_page()
        page.goto(path)
        return page

    def enter(self, browser=None):
        """Has the session of an account, a new one unless one is given; gives what knows it on the API."""
        if browser is None:
            self.address, browser = new_account(self.exchange)
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.origin} for name, value in browser.cookies.items()]
        )
        return browser

    def log_in(self, page, address, password=PASSWORD):
        """By the form of the page that is shown."""
        form = page.locator("form").first
        form.get_by_label(self.say.auth.email).fill(address)
        form.get_by_label(self.say.auth.password, exact=True).fill(password)
        form.get_by_role("button", name=self.say.auth.login.submit, exact=True).click()

    def orders(self, page):
        """How many orders the account has, as the server says."""
        return page.evaluate(
            "fetch('/api/v1/wallet/orders').then(answer => answer.json()).then(list => list.items.length)"
        )

    def close(self):
        self.context.close()
        left = [each for each in self.complaints if not any(pattern.search(each) for pattern in self.forgiven)]
        assert left == [], "\n".join(left[:10])


def api(visitor):
    """The same account from a program: what the page says is compared with it."""
    browser = Browser(visitor.exchange)
    browser.cookies = {
        each["name"]: each["value"] for each in visitor.context.cookies() if not each["name"].startswith("lonja-")
    }
    browser.csrf = browser.get("/auth/session").json["csrfToken"]
    return browser


def heading(page, text):
    """Waits for the page whose one heading it is."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def button(page, text):
    return page.get_by_role("button", name=text, exact=True)


def link(page, text):
    return page.get_by_role("link", name=text, exact=True)
