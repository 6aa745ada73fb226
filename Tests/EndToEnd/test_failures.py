"""The gateway while the service behind it is gone, and after it is back."""

import time

from harness import Lonja, fetch, wait_until


def test_gateway_without_market_says_503_and_recovers(fragile):
    assert fetch(fragile.http, "/api/v1/quotes/AAPL").status == 200
    old = fragile.market
    ports = (old.rpc, old.http, old.admin)
    old.kill()

    begin = time.monotonic()
    answer = fetch(fragile.http, "/api/v1/quotes/AAPL", seconds=15)
    assert answer.status == 503, answer.body
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json["status"] == 503 and answer.json["code"]
    assert time.monotonic() - begin < 10, "a caller must not wait for a service that is gone"
    assert fetch(fragile.gateway.admin, "/livez").status == 200, "the gateway itself is alive"

    old.close()
    fragile.market = Lonja("market", ports=ports)
    wait_until(lambda: fetch(fragile.http, "/api/v1/quotes/AAPL").status == 200, "200 after market is back", 30)


def test_sigterm_ends_everything_with_0():
    server = Lonja("all")
    try:
        assert fetch(server.http, "/api/v1/quotes/AAPL").status == 200
        server.terminate()
        assert server.wait(30) == 0, server.output[-2000:]
    finally:
        server.close()
