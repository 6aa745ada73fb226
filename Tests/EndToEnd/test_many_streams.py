"""Many streams of prices in one gateway: each has the newest price at once, and costs little memory.

LONJA_TEST_STREAMS says how many; a run of its own shows ten thousand:
    LONJA_TEST_STREAMS=9900 python -m pytest -s -c Tests/pytest.ini Tests/EndToEnd/test_many_streams.py
"""

import os
import re
import resource
import selectors
import socket
import time
from pathlib import Path

import pytest

from harness import Lonja, fetch

STREAMS = int(os.environ.get("LONJA_TEST_STREAMS", "400"))
# Bytes that one more open stream may cost the gateway, its connection and the market's side in the same process
# included; a build without optimisation.
MOST = 96 << 10
HEAD = b"event: quote\nid: "


def resident(process):
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10


@pytest.fixture
def gateway():
    running = Lonja("market,gateway", {
        "LONJA_GATEWAY_LIMITS_STREAM_ADDRESS": "off", "LONJA_GATEWAY_LIMITS_STREAMS_PER_ADDRESS": "1000",
        "LONJA_HOST_WATCHDOG": "0s",
    })
    yield running
    running.close()


def opened(gateway, count, first):
    """Connections that have asked, from as many addresses as the server wants."""
    request = f"GET /api/v1/quotes/stream?symbols=AAPL HTTP/1.1\r\nHost: localhost:{gateway.http}\r\n\r\n".encode()
    streams = []
    for number in range(first, first + count):
        source = f"127.0.{1 + number // 900}.1"
        streams.append(socket.create_connection(("127.0.0.1", gateway.http), 20, source_address=(source, 0)))
        streams[-1].sendall(request)
    return streams


def wait_for_prices(streams, seconds):
    """Reads until each has had a price."""
    had = dict.fromkeys(streams, b"")
    waiting = set(streams)
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for each in streams:
            selector.register(each, selectors.EVENT_READ)
        while waiting and time.monotonic() < until:
            for key, _ in selector.select(1):
                data = key.fileobj.recv(65536)
                assert data, had[key.fileobj]
                had[key.fileobj] += data
                if HEAD in had[key.fileobj]:
                    waiting.discard(key.fileobj)
                    selector.unregister(key.fileobj)
    assert not waiting, f"{len(waiting)} of {len(streams)} had no price in {seconds} s"


def test_many_streams(gateway):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, STREAMS + 500)), hard))
    streams = opened(gateway, 50, 0)
    try:
        wait_for_prices(streams, 20)
        before = resident(gateway)
        began = time.monotonic()
        more = opened(gateway, STREAMS, 50)
        streams += more
        wait_for_prices(more, 120)
        each = (resident(gateway) - before) / STREAMS
        print(f"\n{STREAMS} streams in {time.monotonic() - began:.1f} s, {each / 1024:.1f} KB each")
        assert each < MOST
        # Whoever only asks for a price still has it at once.
        began = time.monotonic()
        assert fetch(gateway.http, "/api/v1/quotes/AAPL").status == 200
        assert time.monotonic() - began < 2
    finally:
        for each in streams:
            each.close()


def test_whoever_comes_again_has_the_newest_at_once(gateway):
    (stream,) = opened(gateway, 1, 0)
    with stream:
        wait_for_prices([stream], 20)
    again = socket.create_connection(("127.0.0.1", gateway.http), 20)
    with again:
        again.sendall(
            f"GET /api/v1/quotes/stream?symbols=AAPL HTTP/1.1\r\nHost: localhost:{gateway.http}\r\n"
            "Last-Event-ID: 2026-01-01T00:00:00.000Z\r\n\r\n".encode()
        )
        began = time.monotonic()
        wait_for_prices([again], 20)
        assert time.monotonic() - began < 2


def test_one_address_opens_only_so_many():
    running = Lonja("market,gateway", {"LONJA_GATEWAY_LIMITS_STREAMS_PER_ADDRESS": "3"})
    streams = []
    try:
        streams = opened(running, 3, 0)
        wait_for_prices(streams, 20)
        (refused,) = opened(running, 1, 0)
        with refused:
            answer = refused.recv(65536)
        assert answer.startswith(b"HTTP/1.1 429 ") and b'"rate-limited"' in answer, answer
        # A place that is left is free again.
        streams.pop().close()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            (again,) = opened(running, 1, 0)
            with again:
                if again.recv(65536).startswith(b"HTTP/1.1 200 "):
                    return
            time.sleep(0.1)
        raise AssertionError("the place of a stream that has ended is not free")
    finally:
        for each in streams:
            each.close()
        running.close()


# Seconds in which a slow client reads nothing: less than the half minute after which it is sent away.
PAUSE = 20


class SlowStream:
    """A stream of prices whose client does not read until it is told to."""

    def __init__(self, gateway, symbols):
        self.socket = socket.socket()
        # Else the client's kernel, on loopback, has room for more than a minute of prices.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", gateway.http))
        self.socket.sendall(
            f"GET /api/v1/quotes/stream?symbols={','.join(symbols)} HTTP/1.1\r\nHost: localhost:{gateway.http}\r\n\r\n".encode()
        )
        self.data = b""

    def wait(self):
        """Until the stream has begun."""
        self.data += self.socket.recv(1024)
        assert self.data.startswith(b"HTTP/1.1 200"), self.data

    def read_until(self, moment, symbol, seconds=20):
        """Reads up to a price of the symbol that is no older; the moments of all its prices that came."""
        seen = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            more = self.socket.recv(4096)
            assert more, self.data[-1000:]
            self.data += more
            *events, self.data = self.data.split(b"\n\n")
            for event in events:
                found = re.search(rb'data: .*"symbol":"(\w+)".*"asOf":"([^"]+)"', event) or None
                if found and found[1].decode() == symbol:
                    seen.append(found[2].decode())
            if seen and seen[-1] >= moment:
                return seen
        raise AssertionError(f"no price of {symbol} since {moment}; the last are {seen[-3:]}")


def companies(gateway):
    """The symbols of a page of companies."""
    return [each["symbol"] for each in fetch(gateway.http, "/api/v1/companies?limit=100").json["items"]]


def as_of(gateway, symbol):
    return fetch(gateway.http, f"/api/v1/quotes/{symbol}").json["asOf"]


def test_who_does_not_read_costs_no_memory_and_then_has_the_newest(gateway):
    symbols = companies(gateway)
    slow = [SlowStream(gateway, symbols) for _ in range(40)]
    try:
        for each in slow:
            each.wait()
        first = as_of(gateway, symbols[0])
        before = resident(gateway)
        began = time.monotonic()
        moments = set()
        while time.monotonic() - began < PAUSE:
            moments.add(as_of(gateway, symbols[0]))
            time.sleep(0.25)
        grown = resident(gateway) - before
        newest = as_of(gateway, symbols[0])
        assert newest > first and len(moments) > PAUSE / 2, "prices went on"
        resumed = time.monotonic()
        counts = [len(each.read_until(newest, symbols[0])) for each in slow[:5]]
        took = time.monotonic() - resumed
        print(f"\n{PAUSE} prices went by, {counts} of them came late; the newest after {took:.2f} s; {grown >> 10} KB more")
        # What waits is what sockets hold, and one price of each company.
        assert grown < len(slow) * (64 << 10)
        # A price of each company a second.
        assert max(counts) < PAUSE * 2 / 3, "it skipped"
        assert took < 5
    finally:
        for each in slow:
            each.socket.close()
