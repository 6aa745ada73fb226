"""A browser, a mailbox and an issuer for tests of accounts, on the public API alone."""

import email
import email.policy
import http.client
import itertools
import json
import re
import secrets
import sys
import threading
import time
import urllib.parse

from harness import Answer, Running, free_ports, wait_until

PASSWORD = "una contraseña bastante larga"
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
LINK = re.compile(r"(https?://[^\s\"<>]+?)/([a-z-]+)\?token=([A-Za-z0-9._~-]+)")
_numbers = itertools.count(1)
_seen = set()


def remember(*secrets_of_a_test):
    """Keeps what must be in no log."""
    _seen.update(secret for secret in secrets_of_a_test if secret and len(secret) >= 8)


def secrets_seen():
    return set(_seen)


def new_address():
    """Of a client that nobody has seen, from another network than all others."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def new_email(name="ana"):
    return f"{name}-{secrets.token_hex(6)}@example.com"


class Browser:
    """Keeps cookies and the token against forged requests, and comes from an address of its own."""

    def __init__(self, exchange, address=None):
        self.port, self.origin = exchange.http, exchange.origin
        self.front = getattr(exchange, "front", None)
        self.address = address or new_address()
        if self.front:
            self.address = self.front.source(self.address)
        self.cookies, self.csrf = {}, None

    def connection(self, seconds=30):
        if self.front:
            return self.front.connection(self.address, seconds)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    @property
    def sender(self):
        """Fields that say where a request goes and comes from, if the connection does not."""
        if self.front:
            return {"host": self.front.host}
        return {"host": f"localhost:{self.port}", "x-forwarded-for": self.address}

    @property
    def cookie(self):
        prefix = self.front.cookies if self.front else ""
        return "; ".join(f"{prefix}{name}={value}" for name, value in self.cookies.items())

    def send(self, method, path, body=None, headers=None, seconds=30, raw=False):
        """One request as a page of ours sends it. A dict is sent as JSON; `headers` win, and None removes one."""
        fields = {**self.sender, "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
        if self.cookies:
            fields["cookie"] = self.cookie
        if method not in ("GET", "HEAD"):
            fields["origin"] = self.origin
            if self.csrf:
                fields["x-csrf-token"] = self.csrf
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            fields["content-type"] = "application/json"
        fields.update(headers or {})
        connection = self.connection(seconds)
        try:
            target = path if raw else f"/api/v1{path}"
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in fields.items():
                for each in value if isinstance(value, list) else [value]:
                    if each is not None:
                        connection.putheader(name, each)
            if body is not None or method in ("POST", "PUT", "PATCH"):
                connection.putheader("content-length", str(len(body or b"")))
            connection.endheaders(body)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("set-cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            remember(value)
            if self.front:
                assert name.startswith(self.front.cookies) and "secure" in line.lower(), line
                name = name.removeprefix(self.front.cookies)
            if "max-age=0" in line.lower() or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.send("POST", path, {} if body is None else body, **options)

    def register(self, address, password=PASSWORD, given="Ana", family="Ruiz", language="en"):
        remember(password)
        answer = self.post("/auth/register", {
            "givenName": given, "familyName": family, "email": address, "password": password, "language": language,
        })
        assert answer.status == 202, answer.body
        return answer

    def login(self, address, password=PASSWORD, remember_me=False, status=200):
        remember(password)
        answer = self.post("/auth/login", {"email": address, "password": password, "remember": remember_me})
        assert answer.status == status, (answer.status, answer.body)
        if status == 200:
            self.csrf = answer.json["csrfToken"]
            remember(self.csrf)
        return answer

    @property
    def status(self):
        """What the session says: 200 or 401."""
        return self.get("/auth/session").status

    def copy(self):
        """Somebody who has seen everything that this browser has."""
        other = Browser.__new__(Browser)
        other.__dict__.update(self.__dict__)
        other.cookies = dict(self.cookies)
        return other


class Mail:
    """One .eml file of the outbox."""

    def __init__(self, path):
        self.path = path
        self.message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        self.to = email.utils.parseaddr(str(self.message["to"]))[1]
        self.subject = str(self.message["subject"])
        self.text = self.message.get_body(("plain",)).get_content()
        self.html = self.message.get_body(("html",)).get_content()

    @property
    def code(self):
        found = CODE.search(self.text)
        assert found, self.text
        remember(found.group())
        return found.group()

    @property
    def token(self):
        found = LINK.search(self.text)
        assert found, self.text
        remember(found.group(3))
        return found.group(3)

    @property
    def links(self):
        return [(origin, path) for origin, path, _ in LINK.findall(self.text + self.html)]


class Outbox:
    """Where `lonja up` puts mails. Each mail is given out once."""

    def __init__(self, folder):
        self.folder, self.taken, self.waiting = folder, set(), []
        self.lock = threading.Lock()

    def look(self):
        for path in sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            if path.name not in self.taken:
                self.taken.add(path.name)
                self.waiting.append(Mail(path))

    def to(self, address, seconds=15):
        """The oldest mail to the address that nobody has had."""

        def find():
            with self.lock:
                self.look()
                for mail in self.waiting:
                    if mail.to.lower() == address.lower():
                        self.waiting.remove(mail)
                        return mail

        return wait_until(find, f"a mail to {address}", seconds)

    def none_to(self, address):
        with self.lock:
            self.look()
            return all(mail.to.lower() != address.lower() for mail in self.waiting)


class Issuer:
    """oidc-provider-mock, in the place of Google."""

    SECRET = "issuer-client-secret"

    def __init__(self):
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = Running([sys.executable, "-m", "oidc_provider_mock", "--port", self.port, "--require-nonce"])
        remember(self.SECRET)
        wait_until(lambda: self.request("GET", "/.well-known/openid-configuration").status == 200, "the issuer", 30)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except OSError:
            self.process.check_alive()
            return Answer(0, {}, b"")
        finally:
            connection.close()

    def add(self, subject, address, verified=True, given="Eva", family="Gil"):
        claims = {"email": address, "email_verified": verified, "given_name": given, "family_name": family}
        answer = self.request("PUT", f"/users/{subject}", json.dumps(claims), {"content-type": "application/json"})
        assert answer.status in (200, 204), answer.body

    def consent(self, location, subject):
        """What the user does at the issuer: the address that the browser is sent back to."""
        assert location.startswith(self.url), location
        form = urllib.parse.urlencode({"sub": subject})
        answer = self.request(
            "POST", location.removeprefix(self.url), form, {"content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status in (302, 303), answer.body
        return answer.headers["location"]

    def close(self):
        self.process.close()


def callback_path(exchange, location):
    """The part of the callback's address that a browser sends."""
    assert location.startswith(exchange.origin + "/api/v1/"), location
    return location.removeprefix(exchange.origin + "/api/v1")


def google_login(exchange, browser, subject, following="/wallet"):
    """A login with Google, up to what the callback answers."""
    start = browser.get(f"/auth/google?next={urllib.parse.quote(following)}")
    assert start.status == 302, start.body
    back = exchange.issuer.consent(start.headers["location"], subject)
    return browser.get(callback_path(exchange, back), headers={"sec-fetch-site": "cross-site"})


def new_account(exchange, name="ana", password=PASSWORD):
    """A verified account and a browser that is logged in to it."""
    address = new_email(name)
    browser = Browser(exchange)
    browser.register(address, password)
    confirm = browser.post("/auth/email-verifications/confirm", {"token": exchange.outbox.to(address).token})
    assert confirm.status == 204, confirm.body
    browser.login(address, password)
    return address, browser


class EarlyAccounts:
    """Accounts made when the services started: an address is sent one mail in a minute, which is over for them."""

    GAP = 61

    def __init__(self, exchange):
        self.exchange = exchange
        self.unconfirmed = new_email("early")
        Browser(exchange).register(self.unconfirmed)
        self.first_mail = exchange.outbox.to(self.unconfirmed)
        self.accounts = [new_account(exchange, "early") for _ in range(3)]
        self.until = time.monotonic() + self.GAP

    def wait(self):
        time.sleep(max(0, self.until - time.monotonic()))

    def take(self):
        """An account that a mail may be sent to again, and a browser that is logged in to it."""
        self.wait()
        return self.accounts.pop()
