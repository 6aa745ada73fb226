"""What tests of trades share: placing orders and waiting for them, on the public API alone."""

import json
import secrets
from decimal import Decimal

from harness import wait_until

FINAL = {"filled", "cancelled", "rejected", "expired"}


def new_key():
    return secrets.token_urlsafe(12)


def place(browser, key=None, status=201, **terms):
    """Places an order; terms as in the API, with `type` market unless it is given."""
    body = {"type": "market", **terms}
    answer = browser.post("/wallet/orders", body, headers={"idempotency-key": key or new_key()})
    assert answer.status == status, (answer.status, answer.body)
    return answer


def filled(browser, order, seconds=20):
    """The order once it is filled."""

    def state():
        found = browser.get(f"/wallet/orders/{order['id']}")
        assert found.status == 200, found.body
        assert found.json["state"] not in FINAL - {"filled"}, found.json
        return found.json if found.json["state"] == "filled" else None

    return wait_until(state, f"order {order['id']} is filled", seconds)


def money(value):
    assert value["currency"] == "USD", value
    return Decimal(value["amount"])


def pages(browser, path):
    """All items of a list, page by page, and how many pages there were."""
    items, cursor, count = [], "", 0
    separator = "&" if "?" in path else "?"
    while True:
        answer = browser.get(f"{path}{separator}cursor={cursor}" if cursor else path)
        assert answer.status == 200, answer.body
        items += answer.json["items"]
        count += 1
        cursor = answer.json["nextCursor"]
        if not cursor:
            return items, count


class Events:
    """The events of `GET /wallet/events`."""

    def __init__(self, browser, last=None, seconds=20):
        self.connection = browser.connection(seconds)
        fields = {**browser.sender, "cookie": browser.cookie, "accept": "text/event-stream"}
        if last:
            fields["last-event-id"] = last
        self.connection.request("GET", "/api/v1/wallet/events", headers=fields)
        self.response = self.connection.getresponse()

    def __iter__(self):
        """(id, order) of each event."""
        event = {}
        while line := self.response.readline():
            line = line.decode().rstrip("\r\n")
            if not line:
                if "data" in event:
                    assert event["event"] == "order", event
                    yield event["id"], json.loads(event["data"])
                event = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value

    def close(self):
        self.connection.close()
