"""What needs a second mail to one address, which is not sent within a minute of the first; late, when that is over."""

import json

from accounts import PASSWORD, Browser, remember
from test_accounts import OTHER, picture
from test_attacks import WRONG


def test_resetting_the_password_ends_every_session(exchange):
    """Attacks 7 and 24."""
    address, browser = exchange.early.take()
    stranger = Browser(exchange)
    asked = stranger.post("/auth/password-resets", {"email": address})
    assert asked.status == 202, asked.body
    mail = exchange.outbox.to(address)
    assert "/reset-password" in f"/{mail.links[0][1]}"
    reset = stranger.post("/auth/password-resets/confirm", {"token": mail.token, "newPassword": OTHER})
    assert reset.status == 204, reset.body
    assert "lonja" not in stranger.cookies, "attack 24: a reset logs nobody in"
    assert browser.status == 401
    Browser(exchange).login(address, PASSWORD, status=401)
    Browser(exchange).login(address, OTHER)


def test_export_and_deletion(exchange):
    address, browser = exchange.early.take()
    other = Browser(exchange)
    other.login(address)
    browser.send("PUT", "/profile/photo", picture(), {"content-type": "image/jpeg"})
    export = browser.get("/profile/export")
    assert export.status == 200 and "attachment" in export.headers["content-disposition"]
    text = export.body.decode()
    assert address in json.dumps(export.json, ensure_ascii=False) and "argon2" not in text
    assert not any(value in text for value in browser.cookies.values())
    assert browser.send("DELETE", "/profile").status == 204
    assert "lonja" not in browser.cookies
    assert other.status == 401, "attack 7"
    assert other.get("/profile/photo").status == 401
    Browser(exchange).login(address, status=401)
    # The address is free again.
    again = Browser(exchange)
    again.register(address)
    assert exchange.outbox.to(address).token


def test_the_password_is_reset_by_a_code_too(exchange):
    address, browser = exchange.early.take()
    stranger = Browser(exchange)
    assert stranger.post("/auth/password-resets", {"email": address.upper()}).status == 202
    mail = exchange.outbox.to(address)
    wrong = stranger.post("/auth/password-resets/confirm", {"email": address, "code": "AAAA-AAAA", "newPassword": OTHER})
    assert wrong.status == 422, wrong.body
    short = stranger.post("/auth/password-resets/confirm", {"email": address, "code": mail.code, "newPassword": "short"})
    assert short.status == 400 and short.json["errors"][0]["field"] == "newPassword", short.body
    body = {"email": address, "code": mail.code, "newPassword": OTHER}
    assert stranger.post("/auth/password-resets/confirm", body).status == 204
    assert stranger.post("/auth/password-resets/confirm", body).status == 422, "attack 21: once"
    assert browser.status == 401
    Browser(exchange).login(address, OTHER)


def test_1_the_first_password_of_an_unconfirmed_address_is_replaced(exchange):
    """Attack 1."""
    exchange.early.wait()
    address, first = exchange.early.unconfirmed, exchange.early.first_mail
    Browser(exchange).register(address, WRONG)
    second = exchange.outbox.to(address)
    assert Browser(exchange).post("/auth/email-verifications/confirm", {"token": first.token}).status == 422
    assert Browser(exchange).post("/auth/email-verifications/confirm", {"token": second.token}).status == 204
    Browser(exchange).login(address, PASSWORD, status=401)
    Browser(exchange).login(address, WRONG)
    remember(first.code, second.code)
