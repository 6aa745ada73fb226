"""People who use the shop through Traefik while things happen behind it; whatever is not answered well counts."""

import collections
import http.client
import json
import time

from accounts import new_account
from busy import Busy
from trading import new_key

ORDER = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5", "timeInForce": "gtc"}
THINKING = 0.04


class Person(Busy):
    """Keeps a connection, and never asks twice: a request that is lost, or answered with 5xx, has failed."""

    def __init__(self, outside):
        super().__init__()
        _, self.browser = new_account(outside)
        self.failed = []

    def ask(self, method, path, expected, body=None, key=None):
        headers = {"cookie": self.browser.cookie, "user-agent": "load"}
        if method != "GET":
            headers.update({"origin": self.browser.origin, "x-csrf-token": self.browser.csrf})
        if key:
            headers["idempotency-key"] = key
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(body).encode()
        # People are slower than programs, and programs have limits.
        time.sleep(THINKING)
        began = time.monotonic()
        self.requests += 1
        try:
            if not self.connection:
                self.connection = self.browser.connection(30)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            self.failed.append((began, method, path, type(error).__name__, str(error)))
            return None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if response.status != expected:
            self.failed.append((began, method, path, response.status, content[:200].decode(errors="replace")))
            return None
        return json.loads(content) if "json" in (response.headers["content-type"] or "") else None

    def round(self):
        api = "/api/v1"
        self.ask("GET", f"{api}/quotes/AAPL", 200)
        self.ask("GET", f"{api}/companies?query=apple", 200)
        self.ask("GET", f"{api}/auth/session", 200)
        self.ask("GET", f"{api}/profile", 200)
        self.ask("GET", "/", 200)
        self.ask("GET", f"{api}/wallet", 200)
        self.ask("PUT", f"{api}/watchlist/MSFT", 204)
        if self.rounds % 4 == 0:
            order = self.ask("POST", f"{api}/wallet/orders", 201, ORDER, key=new_key())
            if order:
                self.ask("DELETE", f"{api}/wallet/orders/{order['id']}", 200)


class Load:
    """So many people at once, for as long as the block lasts."""

    def __init__(self, outside, people=16):
        self.people = [Person(outside) for _ in range(people)]

    def __enter__(self):
        for each in self.people:
            each.start()
        return self

    def __exit__(self, *of_error):
        for each in self.people:
            each.stopping.set()
        for each in self.people:
            each.join(60)
        for each in self.people:
            if each.error and not of_error[0]:
                raise each.error

    @property
    def requests(self):
        return sum(each.requests for each in self.people)

    @property
    def failed(self):
        return sorted((each for person in self.people for each in person.failed), key=lambda each: each[0])

    def report(self, what):
        kinds = collections.Counter((method, path.partition("?")[0], said) for _, method, path, said, _ in self.failed)
        slowest = max(each.slowest for each in self.people)
        print(f"\n{what}: {self.requests} requests, {len(self.failed)} failed, the slowest took {slowest * 1000:.0f} ms")
        for kind, count in kinds.most_common(8):
            print(f"    {count} times {kind}")
