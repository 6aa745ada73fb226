"""What schemathesis is told of us beside the document: how to have a session, and orders that can be placed. It finds
routes that end the session, or remove the account; then the next request has another one."""

import json
import os
import time
import zlib
from pathlib import Path
from types import SimpleNamespace

import schemathesis

from accounts import Browser, Outbox, new_account

PORT = int(os.environ["LONJA_FUZZ_PORT"])
DOOR = SimpleNamespace(http=PORT, origin=f"http://localhost:{PORT}", outbox=Outbox(Path(os.environ["LONJA_FUZZ_OUTBOX"])))

# One that waits, one that is filled while the market is open, and one that no price is good enough for.
LIMIT = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5", "timeInForce": "gtc"}
ORDERS = [LIMIT, {"symbol": "MSFT", "side": "buy", "type": "market", "amount": "100"}, {**LIMIT, "limitPrice": "1000000"}]


class Keeper:
    """A session's key; keys are short-lived, so each is used for a while only."""

    AGE = 60

    def __init__(self):
        self.address = self.browser = self.key = None
        self.made = 0

    def current(self):
        if self.key is None or time.monotonic() - self.made > self.AGE:
            self.renew()
        return self.key

    def renew(self):
        answer = self.browser and self.browser.post("/auth/session-keys")
        if not answer or answer.status != 200:
            self.log_in()
            answer = self.browser.post("/auth/session-keys")
        self.key, self.made = answer.json["token"], time.monotonic()

    def log_in(self):
        """To the account that there is, or a new one where it is gone."""
        if self.address:
            self.browser = Browser(DOOR)
            try:
                self.browser.login(self.address)
                return
            except AssertionError:
                pass
        self.address, self.browser = new_account(DOOR, "fuzz")


keeper = Keeper()


@schemathesis.auth(refresh_interval=None)
class SessionKey:
    def get(self, case, context):
        return keeper.current()

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_case(context, case):
    """Of orders made up by the schema alone hardly any has a symbol that is listed: most become one that can be placed.
    Which, their own text says, as the same case must be the same again."""
    path = case.operation.path
    if path in ("/api/v1/wallet/orders", "/api/v1/wallet/orders/preview") and case.operation.method.lower() == "post":
        if case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict):
            number = zlib.crc32(json.dumps(case.body, sort_keys=True, default=str).encode()) % (len(ORDERS) + 1)
            if number < len(ORDERS):
                case.body = dict(ORDERS[number])
    return case


@schemathesis.hook
def after_call(context, case, response):
    """What may have ended the session is looked at before the next request."""
    path = case.operation.path.removeprefix("/api/v1")
    if response.status_code == 204 and path.startswith(("/auth/logout", "/auth/sessions", "/auth/password")) or path == "/profile":
        if case.method in ("POST", "PUT", "DELETE"):
            keeper.key = None
