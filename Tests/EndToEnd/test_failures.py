"""The gateway while the service behind it is gone, and after it is back."""

import socket
import time

from harness import BINARIES, Running, Lonja, fetch, free_ports, wait_until


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
    server = Lonja("market,gateway")
    try:
        assert fetch(server.http, "/api/v1/quotes/AAPL").status == 200
        server.terminate()
        assert server.wait(30) == 0, server.output[-2000:]
    finally:
        server.close()


def test_sigterm_at_the_first_moment_that_anybody_can_connect():
    for _ in range(10):
        rpc, http, admin = free_ports(3)
        server = Running([BINARIES / "lonja", "serve"], {
            "LONJA_PLUGIN": "market,gateway", "LONJA_RPC_LISTEN": f"127.0.0.1:{rpc}",
            "LONJA_HTTP_LISTEN": f"127.0.0.1:{http}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{admin}",
        })
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", rpc), timeout=1).close()
                    break
                except OSError:
                    server.check_alive()
            server.terminate()
            assert server.wait(30) == 0, server.output[-2000:]
        finally:
            server.close()


def test_an_open_stream_goes_on_until_the_drain_deadline_and_no_longer():
    server = Lonja("market,gateway", {"LONJA_HOST_DRAIN_DEADLINE": "2s"})
    try:
        stream = socket.create_connection(("127.0.0.1", server.http))
        stream.sendall(b"GET /api/v1/quotes/stream?symbols=AAPL HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200 OK" in stream.recv(4096)
        begin = time.monotonic()
        server.terminate()
        assert server.wait(30) == 0, server.output[-2000:]
        assert time.monotonic() - begin < 10
    finally:
        server.close()
