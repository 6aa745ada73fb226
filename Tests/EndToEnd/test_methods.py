"""What each path of the OpenAPI document says to methods, media types and content that it does not take: a table that the
document makes, so that a route cannot be forgotten."""

from types import SimpleNamespace

import pytest

from accounts import Browser, Outbox, new_account
from harness import Up, fetch, open_folder
from trading import new_key

METHODS = ("get", "put", "post", "delete", "patch")
VALUES = {"symbol": "AAPL", "id": "0" * 22}
QUERIES = {"/api/v1/quotes": "?symbols=AAPL", "/api/v1/quotes/stream": "?symbols=AAPL"}
# What is another each time it is asked for.
APART = {"date", "x-request-id", "age", "transfer-encoding"}


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """A gateway without rate limits, which would answer before anything else does, and a client with a session's key."""
    state = open_folder(tmp_path_factory.mktemp("methods")) / "state"
    up = Up(state, {"LONJA_GATEWAY_LIMITS_ENABLED": "false"})
    try:
        found = SimpleNamespace(http=up.http, origin=f"http://localhost:{up.http}", outbox=Outbox(state / "outbox"))
        _, browser = new_account(found)
        found.key = browser.post("/auth/session-keys").json["token"]
        found.paths = fetch(up.http, "/openapi.json").json["paths"]
        assert len(found.paths) > 40
        yield found
    finally:
        up.close()


def send(door, method, path, headers=None, body=None):
    fields = {"authorization": f"Bearer {door.key}", "idempotency-key": new_key(), "x-forwarded-for": None, "origin": None, **(headers or {})}
    return Browser(door).send(method, path.format_map(VALUES) + QUERIES.get(path, ""), body, fields, raw=True)


def allowed(operations):
    """The methods of a path."""
    found = {method.upper() for method in METHODS if method in operations} | {"OPTIONS"}
    return found | {"HEAD"} if "GET" in found else found


def listed(answer):
    return set((answer.headers["allow"] or "").split(", "))


def wrong(door, ask):
    """What `ask` finds to be wrong at each path and operation."""
    found = {}
    for path, operations in door.paths.items():
        for method in METHODS:
            if method in operations:
                fault = ask(path, method.upper(), operations[method])
                if fault:
                    found[f"{method.upper()} {path}"] = fault
    return found


def refusal(answer, status, code):
    """What is wrong with a refusal; None if nothing is."""
    if answer.status != status:
        return answer.status, answer.body[:300]
    if answer.headers["content-type"] != "application/problem+json" or answer.json["code"] != code:
        return answer.headers["content-type"], answer.body[:300]
    return None


def test_options_and_the_methods_that_are_not_there(door):
    found = {}
    for path, operations in door.paths.items():
        answer = send(door, "OPTIONS", path)
        if answer.status != 204 or listed(answer) != allowed(operations) or answer.body:
            found[f"OPTIONS {path}"] = (answer.status, answer.headers["allow"], answer.body)
        preflight = send(door, "OPTIONS", path, {"origin": "https://evil.example", "access-control-request-method": "POST"})
        if preflight.status != 403 or any(name.lower().startswith("access-control-allow") for name in preflight.headers):
            found[f"preflight {path}"] = (preflight.status, preflight.headers)
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"):
            if method not in allowed(operations):
                answer = send(door, method, path)
                fault = (answer.status, answer.body) if method == "HEAD" and answer.body else None
                if method == "HEAD":
                    fault = fault or (answer.status if answer.status != 405 else None)
                else:
                    fault = fault or refusal(answer, 405, "method-not-allowed")
                if fault or listed(answer) != allowed(operations):
                    found[f"{method} {path}"] = fault or answer.headers["allow"]
    assert not found


def test_head_is_get_without_content(door):
    def ask(path, method, operation):
        if method != "GET":
            return None
        head = send(door, "HEAD", path)
        if head.body:
            return head.body
        if "text/event-stream" in operation["responses"]["200"]["content"] if "200" in operation["responses"] else False:
            return None if (head.status, head.headers["content-type"]) == (200, "text/event-stream") else head.status
        get = send(door, "GET", path)
        one, other = (
            {name.lower(): value for name, value in each.headers.items() if name.lower() not in APART} for each in (head, get)
        )
        # An export says when it was made, and a login with Google is another each time.
        for name in ("content-length", "location", "set-cookie", "etag", "content-disposition"):
            if name not in ("content-length", "etag") or path.endswith(("/export", "/clock", "/session", "/google")) or "quotes" in path:
                one.pop(name, None), other.pop(name, None)
        return None if (head.status, one) == (get.status, other) else (head.status, get.status, one, other)

    assert not wrong(door, ask)


def types(operation):
    """The media types of a success."""
    return [kind for status, each in operation["responses"].items() if status[0] == "2" for kind in each.get("content", {})]


def test_406_for_who_takes_nothing_of_it(door):
    def ask(path, method, operation):
        made = types(operation)
        nothing = ["application/x-nothing", ", ".join(f"{each};q=0" for each in made) + ", application/x-nothing"]
        for accept in nothing if made else []:
            fault = refusal(send(door, method, path, {"accept": accept}), 406, "not-acceptable")
            if fault:
                return accept, fault
        fault = refusal(send(door, method, path, {"accept-encoding": "identity;q=0, br"}), 406, "not-acceptable")
        return fault

    assert not wrong(door, ask)


def test_no_answer_without_content_is_not_acceptable(door):
    for path in ("/api/v1/watchlist/{symbol}",):
        assert send(door, "PUT", path, {"accept": "application/x-nothing"}).status == 204


def test_415_for_content_of_another_type(door):
    seen = []

    def ask(path, method, operation):
        if "requestBody" not in operation:
            return None
        seen.append(path)
        taken = set(operation["requestBody"]["content"])
        for kind in {"text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json5", None} - taken:
            answer = send(door, method, path, {"content-type": kind}, b"{}")
            fault = answer.status != 415 and (answer.status, answer.body[:300])
            if fault or answer.json["code"] not in ("unsupported-media-type", "photo-unsupported"):
                return kind, fault or answer.json
        return None

    assert not wrong(door, ask)
    assert len(seen) > 10
