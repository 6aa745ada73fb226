"""Who may do what: every route of the OpenAPI document, as nobody, as somebody else, with a session that is over, and
as its owner. A route that is not in the table below fails a test."""

import io
import itertools
import json
import urllib.parse

import pytest
from PIL import Image

from accounts import PASSWORD, Browser, new_account, new_email
from harness import fetch
from trading import new_key

METHODS = ("get", "put", "post", "delete", "patch")
NEW_PASSWORD = "otra contraseña bastante larga"


def picture():
    data = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(data, "JPEG")
    return data.getvalue()


ORDER = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5"}

# What the owner of a session sends to each closed route, in this order, and what comes back: body, query, status.
# The routes that end sessions come last.
OWNER = {
    "GET /auth/session": (None, "", 200),
    "GET /auth/sessions": (None, "", 200),
    "POST /auth/session-keys": ({}, "", 200),
    "GET /profile": (None, "", 200),
    "PATCH /profile": ({"givenName": "Ana"}, "", 200),
    "GET /profile/export": (None, "", 200),
    "PUT /profile/photo": (picture, "", 200),
    "GET /profile/photo": (None, "", 200),
    "DELETE /profile/photo": (None, "", 204),
    "POST /profile/email": (lambda: {"email": new_email("moved"), "password": PASSWORD}, "", 202),
    "GET /wallet": (None, "", 200),
    "GET /wallet/holdings": (None, "", 200),
    "GET /wallet/holdings/{symbol}": (None, "", 404),
    "GET /wallet/history": (None, "", 200),
    "GET /wallet/activities": (None, "", 200),
    "GET /wallet/value": (None, "range=1m", 200),
    "GET /wallet/performance": (None, "range=1m", 200),
    "POST /wallet/orders/preview": ({**ORDER, "limitPrice": "1000"}, "", 200),
    "POST /wallet/orders": (ORDER, "", 201),
    "GET /wallet/orders": (None, "", 200),
    "GET /wallet/orders/{id}": (None, "", 200),
    "GET /wallet/orders/{id}/history": (None, "", 200),
    "DELETE /wallet/orders/{id}": (None, "", 200),
    "GET /wallet/events": (None, "", 200),
    "GET /watchlist": (None, "", 200),
    "PUT /watchlist/{symbol}": (None, "", 204),
    "DELETE /watchlist/{symbol}": (None, "", 204),
    "POST /wallet/reset": ({}, "", 200),
    "DELETE /auth/sessions/{id}": (None, "", 204),
    "DELETE /auth/sessions": (None, "", 204),
    "PUT /auth/password": ({"current": PASSWORD, "new": NEW_PASSWORD}, "", 204),
    "POST /auth/logout": (None, "", 204),
    "DELETE /profile": (None, "", 204),
}


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
    body, query, _ = OWNER[route]
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
    return answer.status == status and problem["status"] == status and problem["code"] in codes


def test_every_closed_route_is_in_the_table(document):
    assert set(routes(document, True)) == set(OWNER)


def test_without_a_session_nothing_is_done(exchange, document):
    stranger = Browser(exchange)
    wrong = {}
    for route in routes(document, True):
        if route.endswith("/events"):
            continue
        answer = call(stranger, route)
        if not refused(answer, 401, "unauthorized") or answer.headers["www-authenticate"] != "Bearer":
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
    header, payload, signature = key.split(".")
    yield "key with another signature", Browser(exchange), ".".join([header, payload, signature[::-1]])
    yield "key without a signature", Browser(exchange), ".".join([header, payload, ""])


def test_with_a_session_that_is_over_nothing_is_done(exchange, document):
    wrong = {}
    for why, browser, key in over(exchange):
        for route in routes(document, True):
            if route.endswith("/events"):
                continue
            kept = browser.copy()
            answer = call(kept, route, headers={"authorization": f"Bearer {key}"} if key else None)
            if not refused(answer, 401, "unauthorized", "session-key-invalid"):
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
