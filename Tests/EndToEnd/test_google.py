"""Logins with Google, whose place oidc-provider-mock takes."""

import secrets

import pytest

from accounts import PASSWORD, Browser, callback_path, google_login, new_account, new_email, remember


def subject():
    return f"sub-{secrets.token_hex(6)}"


def new_identity(exchange, address, verified=True):
    name = subject()
    exchange.issuer.add(name, address, verified)
    return name


def test_a_new_account(exchange):
    address, browser = new_email("eva"), Browser(exchange)
    name = new_identity(exchange, address)
    answer = google_login(exchange, browser, name, "/wallet?a=b")
    assert answer.status == 302 and answer.headers["location"] == "/wallet?a=b", answer.headers["location"]
    assert set(browser.cookies) == {"lonja", "lonja-device"}, "the flow's cookie is gone"
    profile = browser.get("/profile").json
    assert (profile["email"], profile["emailVerified"], profile["hasPassword"]) == (address, True, False)
    assert profile["givenName"] == "Eva"
    again = Browser(exchange)
    google_login(exchange, again, name)
    assert again.get("/profile").json["userId"] == profile["userId"]


def test_an_account_with_a_password_is_linked_by_its_password(exchange):
    address, owner = new_account(exchange)
    name, browser = new_identity(exchange, address), Browser(exchange)
    answer = google_login(exchange, browser, name)
    assert answer.headers["location"] == "/login?link=google"
    assert "lonja" not in browser.cookies, "attack 16: never silently"
    wrong = browser.post("/auth/google/link", {"password": "no es la contraseña"})
    assert wrong.status in (401, 422), wrong.body
    linked = browser.post("/auth/google/link", {"password": PASSWORD})
    assert linked.status == 200, linked.body
    assert browser.get("/profile").json["userId"] == owner.get("/profile").json["userId"]
    straight = Browser(exchange)
    assert google_login(exchange, straight, name).headers["location"] == "/wallet"
    assert straight.status == 200


def test_an_account_with_a_password_is_linked_by_a_mailed_code(exchange):
    address, owner = new_account(exchange)
    name, browser = new_identity(exchange, address), Browser(exchange)
    assert google_login(exchange, browser, name).headers["location"] == "/login?link=google"
    linked = browser.post("/auth/google/link", {"code": exchange.outbox.to(address).code})
    assert linked.status == 200, linked.body
    assert browser.get("/profile").json["userId"] == owner.get("/profile").json["userId"]


def test_an_account_registered_by_somebody_else_goes_to_the_owner_of_the_address(exchange):
    """Attack 16: nothing of what was there stays."""
    address, attacker = new_email("victim"), Browser(exchange)
    attacker.register(address, given="Mallory")
    mail = exchange.outbox.to(address)
    victim = Browser(exchange)
    assert google_login(exchange, victim, new_identity(exchange, address)).headers["location"] == "/wallet"
    profile = victim.get("/profile").json
    assert profile["givenName"] == "Eva" and not profile["hasPassword"] and profile["emailVerified"]
    assert attacker.post("/auth/email-verifications/confirm", {"token": mail.token}).status == 422
    attacker.login(address, status=401)


def test_an_unverified_address_opens_nothing(exchange):
    browser = Browser(exchange)
    answer = google_login(exchange, browser, new_identity(exchange, new_email(), verified=False))
    assert answer.headers["location"].startswith("/login?error=")
    assert "lonja" not in browser.cookies


def test_another_identity_of_the_same_address_opens_nothing(exchange):
    """Attack 17."""
    address = new_email()
    assert google_login(exchange, Browser(exchange), new_identity(exchange, address)).headers["location"] == "/wallet"
    browser = Browser(exchange)
    answer = google_login(exchange, browser, new_identity(exchange, address))
    assert answer.headers["location"].startswith("/login?error="), answer.headers["location"]
    assert "lonja" not in browser.cookies


def test_somebody_elses_answer_logs_nobody_in(exchange):
    """Attack 11: the attacker has a victim open the address that the issuer sent the attacker back to."""
    attacker, victim = Browser(exchange), Browser(exchange)
    name = new_identity(exchange, new_email("eve"))
    start = attacker.get("/auth/google")
    back = callback_path(exchange, exchange.issuer.consent(start.headers["location"], name))
    for _ in range(2):
        answer = victim.get(back, headers={"sec-fetch-site": "cross-site"})
        assert answer.status == 400 and answer.headers["content-type"] == "application/problem+json", answer.body
        assert "lonja" not in victim.cookies
        # With a flow of the victim's own, the state is still the attacker's.
        victim.get("/auth/google")
    page = victim.get(back, headers={"accept": "text/html", "sec-fetch-site": "cross-site"})
    assert page.status == 400 and b'content="0;url=/login?error=' in page.body, "people are told on the login page"
    left = attacker.get(back)
    assert left.status == 400 or left.headers["location"] == "/", "what is left of the attacker's"


def test_an_answer_counts_once(exchange):
    """Attack 13: the callback again, and with parts changed."""
    browser = Browser(exchange)
    name = new_identity(exchange, new_email())
    start = browser.get("/auth/google")
    before = browser.copy()
    back = callback_path(exchange, exchange.issuer.consent(start.headers["location"], name))
    remember(dict(part.split("=") for part in back.partition("?")[2].split("&"))["code"])
    assert browser.get(back).headers["location"] == "/"
    replay = before.get(back)
    assert replay.status == 400 and "lonja" not in before.cookies
    location = start.headers["location"]
    assert "code_challenge_method=S256" in location and "nonce=" in location and "state=" in location


@pytest.mark.parametrize(
    "following",
    ["//evil.example", "/\\evil.example", "\\\\evil", "https:evil", "https://evil.example", "/%09/evil",
     "/%0d%0aset-cookie:a=b", "http://localhost@evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_elsewhere(together, following):
    """Attack 12; `next` as it stands in the address."""
    browser = Browser(together)
    name = new_identity(together, new_email())
    start = browser.get(f"/auth/google?next={following}")
    if start.status == 400:
        return
    back = together.issuer.consent(start.headers["location"], name)
    answer = browser.get(callback_path(together, back))
    assert answer.status == 302 and answer.headers["location"] == "/", answer.headers["location"]
    assert "a" not in browser.cookies
