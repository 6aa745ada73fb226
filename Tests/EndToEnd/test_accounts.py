"""An account from its registration to its end, through the public API alone, in one process and in seven."""

import io
import json
import re

import pytest
from PIL import Image

from accounts import PASSWORD, Browser, new_account, new_email, remember

OTHER = "otra contraseña todavía más larga"


def picture(kind="JPEG", size=(300, 200), color=(200, 30, 30), **options):
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, kind, **options)
    return data.getvalue()


def test_register_confirm_by_link_and_log_in(exchange):
    address, browser = new_email(), Browser(exchange)
    answer = browser.register(address)
    assert answer.json == {} and not browser.cookies
    refused = browser.login(address, status=422)
    assert refused.json["code"] == "email-unverified"
    assert browser.login(address, OTHER, status=401).json["code"] != "email-unverified", "only who knows the password is told"
    mail = exchange.outbox.to(address)
    assert mail.html and mail.links and {origin for origin, _ in mail.links} == {exchange.origin}
    assert browser.post("/auth/email-verifications/confirm", {"token": mail.token}).status == 204
    session = browser.login(address).json
    assert session["emailVerified"] is True and session["csrfToken"]
    assert set(browser.cookies) == {"lonja", "lonja-device"}
    assert not any(value in json.dumps(session) for value in browser.cookies.values()), "tokens are in cookies alone"
    assert browser.get("/auth/session").json["id"] == session["id"]
    profile = browser.get("/profile").json
    assert (profile["givenName"], profile["familyName"], profile["email"]) == ("Ana", "Ruiz", address)
    assert profile["emailVerified"] and profile["hasPassword"] and not profile["hasPhoto"]
    assert float(profile["balances"][0]["available"]["amount"]) > 0
    again = browser.post("/auth/email-verifications/confirm", {"token": mail.token})
    assert again.status == 422, "a link works once"


def test_confirm_by_code_and_a_new_one_ends_the_old(exchange):
    address, browser = new_email(), Browser(exchange)
    browser.register(address)
    code = exchange.outbox.to(address).code
    wrong = browser.post("/auth/email-verifications/confirm", {"email": address, "code": "AAAA-AAAA"})
    assert wrong.status == 422, wrong.body
    right = browser.post("/auth/email-verifications/confirm", {"email": address.upper(), "code": code.lower().replace("-", "")})
    assert right.status == 204, right.body
    browser.login(address)


def test_sessions_are_listed_and_revoked(exchange):
    address, first = new_account(exchange)
    second, third = Browser(exchange), Browser(exchange)
    second.login(address)
    third.login(address, remember_me=True)
    items = first.get("/auth/sessions").json["items"]
    assert len(items) == 3
    assert [item["current"] for item in items].count(True) == 1
    assert {item["address"] for item in items} == {first.address, second.address, third.address}
    assert all(item["device"] and item["createdAt"] and item["lastSeenAt"] for item in items)
    of_second = second.get("/auth/session").json["id"]
    assert first.send("DELETE", f"/auth/sessions/{of_second}").status == 204
    assert (first.status, second.status, third.status) == (200, 401, 200)
    assert second.cookies.get("lonja") is None, "a session that is over loses its cookie"
    assert first.send("DELETE", "/auth/sessions").status == 204
    assert (first.status, third.status) == (200, 401)
    assert len(first.get("/auth/sessions").json["items"]) == 1
    assert first.send("DELETE", "/auth/sessions?current=true").status == 204
    assert first.status == 401


def test_nobody_revokes_what_is_not_theirs(exchange):
    """Attack 8."""
    _, victim = new_account(exchange)
    _, attacker = new_account(exchange, "eve")
    of_victim = victim.get("/auth/session").json["id"]
    theirs = attacker.send("DELETE", f"/auth/sessions/{of_victim}")
    unknown = attacker.send("DELETE", "/auth/sessions/00000000-0000-4000-8000-000000000000")
    assert theirs.status == unknown.status == 404
    assert {**theirs.json, "requestId": ""} == {**unknown.json, "requestId": ""}
    assert victim.status == 200


def test_logout(exchange):
    """Attack 7."""
    _, browser = new_account(exchange)
    thief = browser.copy()
    assert browser.post("/auth/logout").status == 204
    assert "lonja" not in browser.cookies
    assert thief.status == 401, "attack 7: the session itself is over"


def test_session_keys_for_programs(exchange):
    _, browser = new_account(exchange)
    key = browser.post("/auth/session-keys").json["token"]
    remember(key)
    program = Browser(exchange)
    bearer = {"authorization": f"Bearer {key}", "origin": None}
    assert program.get("/profile", headers=bearer).status == 200
    assert program.send("PATCH", "/profile", {"givenName": "Eva"}, headers=bearer).status == 200, "needs no CSRF token"
    keys = program.get("/auth/jwks.json")
    assert keys.headers["cache-control"] == "public, max-age=300"
    assert all(set(each) >= {"kty", "kid", "x", "y"} and "d" not in each for each in keys.json["keys"])
    assert browser.post("/auth/logout").status == 204
    assert program.get("/profile", headers=bearer).status == 401, "attack 7: with the session its keys end"


def test_photo(exchange):
    _, browser = new_account(exchange)
    assert browser.get("/profile/photo").status == 404
    put = browser.send("PUT", "/profile/photo", picture(), {"content-type": "image/jpeg"})
    assert put.status == 200, put.body
    tag = put.json["etag"]
    photo = browser.get("/profile/photo")
    assert photo.status == 200 and photo.headers["etag"] == tag
    assert photo.headers["content-type"] == "image/jpeg" and photo.headers["cache-control"] == "private, no-cache"
    assert Image.open(io.BytesIO(photo.body)).format == "JPEG"
    same = browser.get("/profile/photo", headers={"if-none-match": tag})
    assert same.status == 304 and same.body == b""
    small = browser.get("/profile/photo?size=64")
    assert small.status == 200 and len(small.body) <= len(photo.body)
    for kind in ("PNG", "WEBP"):
        other = picture(kind, color=(1, 2, len(kind) * 20))
        answer = browser.send("PUT", "/profile/photo", other, {"content-type": f"image/{kind.lower()}"})
        assert answer.status == 200, answer.body
        assert answer.json["etag"] != tag, "attack 34: a new photo is a new tag"
        tag = answer.json["etag"]
        assert browser.get("/profile/photo", headers={"if-none-match": tag}).status == 304
    assert browser.get("/profile").json["hasPhoto"] is True
    assert browser.send("DELETE", "/profile/photo").status == 204
    assert browser.get("/profile/photo").status == 404


def test_changing_the_password_ends_other_sessions(exchange):
    """Attacks 7 and 24."""
    address, browser = new_account(exchange)
    other = Browser(exchange)
    other.login(address)
    wrong = browser.send("PUT", "/auth/password", {"current": OTHER, "new": OTHER + "!"})
    assert wrong.status == 401 and wrong.json["code"] == "wrong-password"
    assert browser.status == 200, "a wrong password ends no session"
    remember(OTHER)
    changed = browser.send("PUT", "/auth/password", {"current": PASSWORD, "new": OTHER})
    assert changed.status == 204, changed.body
    assert browser.status == 200 and other.status == 401
    Browser(exchange).login(address, PASSWORD, status=401)
    Browser(exchange).login(address, OTHER)
    assert exchange.outbox.to(address), "the owner is told"


def test_changing_the_address_and_taking_it_back(exchange):
    """Attack 18."""
    address, browser = new_account(exchange)
    new = new_email("nueva")
    refused = browser.post("/profile/email", {"email": new, "password": OTHER})
    assert refused.status in (401, 403, 422), refused.body
    assert browser.post("/profile/email", {"email": new, "password": PASSWORD}).status == 202
    assert browser.get("/profile").json["email"] == address, "nothing changes before it is confirmed"
    confirm = browser.post("/auth/email-verifications/confirm", {"token": exchange.outbox.to(new).token})
    assert confirm.status == 204, confirm.body
    Browser(exchange).login(new)
    Browser(exchange).login(address, status=401)
    undo = exchange.outbox.to(address)
    assert new not in undo.text, "the old address is not told the new one in full"
    assert browser.post("/auth/email-verifications/confirm", {"token": undo.token}).status == 204
    Browser(exchange).login(new, status=401)
    assert browser.status == 401, "who takes a change back does not trust the sessions there are"


def test_profile_changes_and_what_nobody_may_set(exchange):
    """Attack 33."""
    _, browser = new_account(exchange)
    changed = browser.send("PATCH", "/profile", {"givenName": "Lucía", "language": "es"})
    assert changed.status == 200 and changed.json["givenName"] == "Lucía"
    version = changed.json["version"]
    before = browser.get("/profile").json
    for member, value in [
        ("money", "1000000"), ("balances", []), ("walletId", "x"), ("passwordHash", "x"), ("emailVerified", True),
        ("userId", "x"), ("email", "eve@example.com"), ("epoch", 7),
    ]:
        answer = browser.send("PATCH", "/profile", {"givenName": "Eve", member: value})
        assert answer.status == 422, answer.body
        assert answer.json["errors"][0]["field"] == member and answer.json["errors"][0]["code"] == "unknown"
    assert browser.get("/profile").json == before
    late = browser.send("PATCH", "/profile", {"givenName": "Eve", "version": version - 1})
    assert late.status == 409, late.body


@pytest.mark.parametrize("language", ["en", "es"])
def test_mails_speak_the_language(exchange, language):
    address = new_email()
    Browser(exchange).register(address, language=language)
    mail = exchange.outbox.to(address)
    spanish = re.search(r"\b(tu|código|correo|dirección)\b", mail.text, re.I) is not None
    assert spanish == (language == "es"), mail.text
