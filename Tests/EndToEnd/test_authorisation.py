"""Who may do what: every route of the OpenAPI document, as nobody, as somebody else, with a session that has expired or was
revoked, without a confirmed address, with a session key of each scope, and as its owner. A route that is not in the tables
below fails a test."""

import io
import itertools
import json
import time
import urllib.parse

import pytest
from PIL import Image

from accounts import PASSWORD, Browser, google_login, new_account, new_email, remember
from harness import Lonja, fetch, free_ports
from trading import new_key

METHODS = ("get", "put", "post", "delete", "patch")
NEW_PASSWORD = "otra contraseña bastante larga"


def picture():
    data = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(data, "JPEG")
    return data.getvalue()


ORDER = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5"}

# What the owner of a session sends to each closed route, in this order, and what comes back: body, query, status; and the
# scope that a session key needs. The routes that end sessions come last.
OWNER = {
    "GET /auth/session": (None, "", 200, "read"),
    "GET /auth/sessions": (None, "", 200, "account"),
    "POST /auth/session-keys": ({}, "", 200, "account"),
    "GET /profile": (None, "", 200, "read"),
    "PATCH /profile": ({"givenName": "Ana"}, "", 200, "account"),
    "GET /profile/export": (None, "", 200, "account"),
    "PUT /profile/photo": (picture, "", 200, "account"),
    "GET /profile/photo": (None, "", 200, "read"),
    "DELETE /profile/photo": (None, "", 204, "account"),
    "POST /profile/email": (lambda: {"email": new_email("moved"), "password": PASSWORD}, "", 202, "account"),
    "GET /wallet": (None, "", 200, "read"),
    "GET /wallet/holdings": (None, "", 200, "read"),
    "GET /wallet/holdings/{symbol}": (None, "", 404, "read"),
    "GET /wallet/history": (None, "", 200, "read"),
    "GET /wallet/activities": (None, "", 200, "read"),
    "GET /wallet/value": (None, "range=1m", 200, "read"),
    "GET /wallet/performance": (None, "range=1m", 200, "read"),
    "POST /wallet/orders/preview": ({**ORDER, "limitPrice": "1000"}, "", 200, "read"),
    "POST /wallet/orders": (ORDER, "", 201, "trade"),
    "GET /wallet/orders": (None, "", 200, "read"),
    "GET /wallet/orders/{id}": (None, "", 200, "read"),
    "GET /wallet/orders/{id}/history": (None, "", 200, "read"),
    "DELETE /wallet/orders/{id}": (None, "", 200, "trade"),
    "GET /wallet/events": (None, "", 200, "read"),
    "GET /watchlist": (None, "", 200, "read"),
    "PUT /watchlist/{symbol}": (None, "", 204, "trade"),
    "DELETE /watchlist/{symbol}": (None, "", 204, "trade"),
    "POST /wallet/reset": ({}, "", 200, "trade"),
    "DELETE /auth/sessions/{id}": (None, "", 204, "account"),
    "DELETE /auth/sessions": (None, "", 204, "account"),
    "PUT /auth/password": ({"current": PASSWORD, "new": NEW_PASSWORD}, "", 204, "account"),
    "POST /auth/logout": (None, "", 204, "account"),
    "DELETE /profile": (None, "", 204, "account"),
}

# What anybody may call.
OPEN = {
    "POST /auth/register", "POST /auth/login", "POST /auth/email-verifications", "POST /auth/email-verifications/confirm",
    "POST /auth/password-resets", "POST /auth/password-resets/confirm", "GET /auth/google", "GET /auth/google/callback",
    "POST /auth/google/link", "GET /auth/jwks.json", "GET /companies", "GET /companies/{symbol}",
    "GET /companies/{symbol}/history", "GET /companies/{symbol}/actions", "GET /quotes", "GET /quotes/{symbol}",
    "GET /quotes/stream", "GET /market/clock", "GET /market/calendar",
}


class Brief:
    """An auth whose sessions and keys end as soon as they may, and a gateway before it, beside those of an exchange; and
    somebody's credentials that they gave out."""

    SESSION = 60
    # Clocks may differ by half a minute.
    KEY = 10 + 30

    def __init__(self, exchange):
        ports = {name: free_ports(3) for name in ("auth", "gateway")}
        environment = {
            **exchange.shared, "LONJA_ADDRESS_AUTH": f"127.0.0.1:{ports['auth'][0]}", "LONJA_AUTH_KEYS_LIFETIME": "10s",
            "LONJA_AUTH_SESSION_LIFETIME": "60s", "LONJA_AUTH_SESSION_IDLE": "60s",
        }
        self.processes = [Lonja(name, environment, ports[name]) for name in ports]
        self.http, self.origin = ports["gateway"][1], exchange.origin
        address, owner = new_account(exchange)
        self.ended = Browser(self)
        self.ended.login(address)
        self.ended.port = exchange.http
        self.key_of_ended = self.ended.post("/auth/session-keys").json["token"]
        owner.port = self.http
        self.short_key = owner.post("/auth/session-keys").json["token"]
        self.until = time.monotonic() + max(self.SESSION, self.KEY) + 2
        owner.port = exchange.http
        self.owner = owner
        for key in (self.key_of_ended, self.short_key):
            remember(key)
            assert Browser(exchange).get("/profile", headers={"authorization": f"Bearer {key}"}).status == 200
        assert self.ended.copy().status == 200

    def close(self):
        for each in self.processes:
            each.close()


@pytest.fixture(scope="session", autouse=True)
def brief(apart):
    """From the beginning, so that the tests before the one that needs it pass the time."""
    running = Brief(apart)
    yield running
    running.close()


@pytest.fixture(scope="module")
def document(apart):
    answer = fetch(apart.http, "/openapi.json")
    assert answer.status == 200
    return answer.json


def routes(document, closed):
    """The document's routes that need a session, or those that do not: "GET /profile"."""
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and bool(operation.get("security")) == closed
    }


def filled(path, ids):
    """The path with its variables."""
    values = {"symbol": "AAPL", "id": ids.get(path, "0" * 22)}
    return path.format_map({name: urllib.parse.quote(value, safe="") for name, value in values.items()})


def call(browser, route, ids=None, headers=None):
    """One call as the owner makes it, without a session's end being waited for: of a stream the head alone."""
    method, path = route.split(" ")
    body, query, _, _ = OWNER[route]
    body = body() if callable(body) else body
    fields = {"content-type": "image/jpeg"} if isinstance(body, bytes) else {}
    if route in ("POST /wallet/orders", "POST /wallet/reset"):
        fields["idempotency-key"] = new_key()
    target = filled(path, ids or {}) + (f"?{query}" if query else "")
    if path.endswith("/events"):
        method = "HEAD"
    return browser.send(method, target, body, headers={**fields, **(headers or {})})


def refused(answer, status, *codes):
    problem = answer.json
    assert problem["type"] == f"/docs#problem-{problem['code']}"
    return answer.status == status and problem["status"] == status and problem["code"] in codes


def denied(route, answer, status, *codes):
    """The same for a route of the table; of an answer to HEAD, which is how streams are called, the status alone."""
    return answer.status == status if route.endswith("/events") else refused(answer, status, *codes)


def as_bearer(key):
    return {"authorization": f"Bearer {key}"}


def test_every_route_is_in_a_table(document):
    """A route that nobody thought about is in none, and one that is opened by mistake in the wrong one."""
    closed = routes(document, True)
    assert set(closed) == set(OWNER)
    assert set(routes(document, False)) == OPEN
    for route, operation in closed.items():
        assert operation["security"] == [{"cookie": []}, {"key": [OWNER[route][3]]}], route


def test_without_a_session_nothing_is_done(exchange, document):
    stranger = Browser(exchange)
    wrong = {}
    for route in routes(document, True):
        answer = call(stranger, route)
        if not denied(route, answer, 401, "unauthorized") or answer.headers["www-authenticate"] != "Bearer":
            wrong[route] = (answer.status, answer.body)
    assert not wrong


def over(exchange):
    """Credentials of sessions that are over, by why."""
    address, first = new_account(exchange)
    ended = first.copy()
    assert first.post("/auth/logout").status == 204
    yield "logged out", ended, None
    revoked, other = Browser(exchange), Browser(exchange)
    revoked.login(address)
    other.login(address)
    key = revoked.post("/auth/session-keys").json["token"]
    kept = revoked.copy()
    assert other.send("DELETE", "/auth/sessions").status == 204
    yield "revoked", kept, None
    yield "key of a revoked session", Browser(exchange), key
    deleted = other.copy()
    assert other.send("DELETE", "/profile", None).status == 204
    yield "deleted", deleted, None
    forged = Browser(exchange)
    forged.cookies = {name: "A" * len(value) for name, value in kept.cookies.items()}
    yield "invented", forged, None
    # Whoever has not confirmed an address is given no session, by password or by another's word.
    unverified, by_google = Browser(exchange), Browser(exchange)
    address = new_email("unverified")
    unverified.register(address)
    answer = unverified.login(address, status=422)
    assert refused(answer, 422, "email-unverified") and "lonja" not in unverified.cookies
    yield "unverified address", unverified, None
    subject, address = f"unverified-{new_key()}", new_email("google")
    exchange.issuer.add(subject, address, verified=False)
    assert google_login(exchange, by_google, subject).status == 302 and "lonja" not in by_google.cookies
    yield "unverified address of Google", by_google, None
    header, payload, signature = key.split(".")
    yield "key with another signature", Browser(exchange), ".".join([header, payload, signature[::-1]])
    yield "key without a signature", Browser(exchange), ".".join([header, payload, ""])


def test_with_a_session_that_is_over_nothing_is_done(exchange, document):
    wrong = {}
    for why, browser, key in over(exchange):
        for route in routes(document, True):
            kept = browser.copy()
            answer = call(kept, route, headers=as_bearer(key) if key else None)
            if not denied(route, answer, 401, "unauthorized", "session-key-invalid"):
                wrong[why, route] = (answer.status, answer.body)
    assert not wrong


def test_a_cookie_alone_changes_nothing(exchange, document):
    """Without the token, with another's, and from another site: every route that changes something."""
    _, browser = new_account(exchange)
    _, other = new_account(exchange)
    wrong = {}
    for route in routes(document, True):
        if route.startswith("GET "):
            continue
        for code, headers in (
            ("csrf", {"x-csrf-token": None}), ("csrf", {"x-csrf-token": other.csrf}),
            ("cross-site", {"origin": "https://evil.example"}), ("cross-site", {"sec-fetch-site": "cross-site"}),
            ("cross-site", {"sec-fetch-site": "same-site"}),
        ):
            answer = call(browser.copy(), route, headers=headers)
            if not refused(answer, 403, code):
                wrong[route, str(headers)] = (answer.status, answer.body)
    assert not wrong
    assert browser.status == 200


def test_what_is_anothers_is_not_there(exchange):
    """Other people's things are answered as things that do not exist, to the byte."""
    _, owner = new_account(exchange)
    _, other = new_account(exchange)
    order = call(owner, "POST /wallet/orders").json["id"]
    session = owner.get("/auth/session").json["id"]
    for method, path, mine in (
        ("GET", "/wallet/orders/{}", order), ("DELETE", "/wallet/orders/{}", order), ("DELETE", "/auth/sessions/{}", session)
    ):
        found = other.send(method, path.format(mine))
        flipped = mine[:-2] + ("00" if mine[-2:] != "00" else "11")
        none = other.send(method, path.format(flipped))
        assert found.status == none.status == 404, (method, path, found.body, none.body)
        assert {**found.json, "requestId": ""} == {**none.json, "requestId": ""}
    assert owner.get(f"/wallet/orders/{order}").json["state"] not in ("cancelled", "rejected")
    assert owner.status == 200
    for path in ("/wallet/orders", "/wallet/history", "/wallet/holdings"):
        assert other.get(path).json["items"] == [], path


def seen(owner, ids):
    """All that the owner sees of what is kept and does not change by itself, by route."""
    found = {}
    for route in OWNER:
        if not route.startswith("GET ") or route.endswith(("/events", "/export", "/value", "/performance", "/auth/session")):
            continue
        answer = call(owner.copy(), route, ids)
        if route == "GET /auth/sessions":
            found[route] = answer.status, sorted(each["id"] for each in answer.json["items"])
        elif answer.status == 200 and answer.headers["content-type"] == "application/json":
            found[route] = {name: value for name, value in answer.json.items() if name != "asOf"}
        else:
            found[route] = answer.status, answer.body if answer.status == 200 else None
    return found


def test_whatever_another_does_the_owner_sees_no_difference(exchange, document):
    """Somebody else calls every closed route, with the owner's ids where there are some."""
    _, owner = new_account(exchange)
    address, other = new_account(exchange)
    assert call(owner, "PUT /profile/photo").status == 200
    assert call(owner, "PUT /watchlist/{symbol}").status == 204
    order = call(owner, "POST /wallet/orders").json["id"]
    ids = {
        "/wallet/orders/{id}": order, "/wallet/orders/{id}/history": order,
        "/auth/sessions/{id}": owner.get("/auth/session").json["id"],
    }
    before = seen(owner, ids)
    assert before["GET /profile/photo"][0] == 200 and before["GET /wallet/orders/{id}"]["id"] == order
    wrong = {}
    for route in OWNER:
        if route == "DELETE /profile":
            other.login(address, NEW_PASSWORD)
        answer = call(other, route, ids)
        if "{id}" in route:
            if not refused(answer, 404, "unknown-order", "no-session"):
                wrong[route] = (answer.status, answer.body)
        elif answer.status != OWNER[route][2]:
            wrong[route] = (answer.status, answer.body)
    assert not wrong
    assert seen(owner, ids) == before


@pytest.mark.parametrize("scope", ["read", "trade", "account"])
def test_a_key_does_what_its_scope_says_and_nothing_else(exchange, scope):
    address, browser = new_account(exchange)
    second = Browser(exchange)
    second.login(address)
    ids = {
        "/auth/sessions/{id}": second.get("/auth/session").json["id"],
        # Somebody with the whole session places what a key for reading looks at.
        "/wallet/orders/{id}": (order := call(browser, "POST /wallet/orders").json["id"]),
        "/wallet/orders/{id}/history": order,
    }
    assert call(browser, "PUT /profile/photo").status == 200
    issued = browser.post("/auth/session-keys", {"scopes": [scope]})
    assert issued.status == 200 and issued.json["scopes"] == [scope]
    key = issued.json["token"]
    remember(key)
    program = Browser(exchange)
    wrong, done = {}, 0
    for route, (_, _, status, needed) in OWNER.items():
        if route == "DELETE /profile" and scope == "account":
            # The session has been ended by its key.
            browser.login(address, NEW_PASSWORD)
            key = browser.post("/auth/session-keys", {"scopes": [scope]}).json["token"]
        answer = call(program, route, ids, as_bearer(key))
        if needed == scope:
            done += 1
            if answer.status != status:
                wrong[route] = (answer.status, answer.body)
        elif (
            not denied(route, answer, 403, "insufficient-scope")
            or answer.headers["www-authenticate"] != f'Bearer error="insufficient_scope", scope="{needed}"'
        ):
            wrong[route] = (answer.status, answer.body)
    assert not wrong
    assert done == sum(each[3] == scope for each in OWNER.values()) > 3
    assert not program.cookies


def test_a_key_gives_no_key_that_can_do_more(exchange):
    _, browser = new_account(exchange)

    def issue(scopes, key):
        return Browser(exchange).post("/auth/session-keys", {"scopes": scopes}, headers=as_bearer(key))

    everything = browser.post("/auth/session-keys").json
    assert everything["scopes"] == ["read", "trade", "account"]
    account = browser.post("/auth/session-keys", {"scopes": ["account"]}).json["token"]
    for wanted in (["trade"], ["account", "read"]):
        assert refused(issue(wanted, account), 403, "insufficient-scope")
    assert issue([], account).json["scopes"] == ["account"]
    # In the catalogue's order, and once.
    assert issue(["account", "read", "account"], everything["token"]).json["scopes"] == ["read", "account"]
    unknown = browser.post("/auth/session-keys", {"scopes": ["everything"]})
    assert refused(unknown, 400, "validation") and unknown.json["errors"][0]["field"] == "scopes"


def test_the_owner_may(exchange, document):
    """Every closed route answers its owner, with a cookie and with a key, as the document says."""
    wrong = {}
    address, browser = new_account(exchange)
    second = Browser(exchange)
    second.login(address)
    ids = {"/auth/sessions/{id}": second.get("/auth/session").json["id"]}
    closed = routes(document, True)
    for route in OWNER:
        if route == "DELETE /profile":
            browser.login(address, NEW_PASSWORD)
        answer = call(browser, route, ids)
        if answer.status != OWNER[route][2] or str(answer.status) not in closed[route]["responses"]:
            wrong[route] = (answer.status, answer.body)
        if route == "POST /wallet/orders" and answer.status == 201:
            ids["/wallet/orders/{id}"] = ids["/wallet/orders/{id}/history"] = answer.json["id"]
    assert not wrong
    assert second.status == 401 and browser.status == 401


def test_open_routes_ask_for_no_session(exchange, document):
    """Nobody is sent away for having no session, or one that is over."""
    stranger, old = Browser(exchange), Browser(exchange)
    old.cookies = {"lonja": "A" * 43}
    wrong = {}
    for route, browser in itertools.product(routes(document, False), (stranger, old)):
        method, path = route.split(" ")
        if path.endswith("/stream"):
            method, path = "HEAD", path + "?symbols=AAPL"
        answer = browser.copy().send(method, filled(path, {}), {} if method == "POST" else None)
        code = json.loads(answer.body or b"{}").get("code") if answer.status in (401, 403) else None
        if code in ("unauthorized", "session-key-invalid", "csrf", "forbidden"):
            wrong[route] = (answer.status, answer.body)
    assert not wrong


@pytest.mark.late
def test_with_a_session_or_a_key_that_has_expired_nothing_is_done(apart, brief, document):
    """Those of another auth, whose sessions end after a minute and whose keys after ten seconds."""
    time.sleep(max(0, brief.until - time.monotonic()))
    columns = [
        ("expired session", brief.ended, None), ("key of an expired session", Browser(apart), brief.key_of_ended),
        ("expired key of a session that goes on", Browser(apart), brief.short_key),
    ]
    wrong = {}
    for why, browser, key in columns:
        for route in routes(document, True):
            answer = call(browser.copy(), route, headers=as_bearer(key) if key else None)
            if not denied(route, answer, 401, "unauthorized", "session-key-invalid"):
                wrong[why, route] = (answer.status, answer.body)
    assert not wrong
    assert brief.owner.status == 200
