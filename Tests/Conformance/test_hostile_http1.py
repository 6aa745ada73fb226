"""Requests over HTTP/1.1 that two readers might read as two different things, at the gateway's own door. What the parser
does with each form is in HTTPTests; here one answer comes back, the connection is over, and nobody else notices."""

import threading
import time

import pytest

from harness import fetch
from wire import Wire, answers

QUOTE = "/api/v1/quotes/AAPL"
EVIL = "GET /api/v1/market/clock HTTP/1.1\r\nHost: evil\r\n\r\n"
# What a second reader would take for the next request, behind a body of none or of one that never ends.
REST = f"0\r\n\r\n{EVIL}"


def post(fields, rest=REST, version="1.1"):
    return f"POST /api/v1/auth/login HTTP/{version}\r\nHost: localhost\r\nContent-Type: application/json\r\n{fields}\r\n\r\n{rest}"


def get(fields, target=QUOTE, version="1.1"):
    return f"GET {target} HTTP/{version}\r\n{fields}\r\n\r\n"


CHUNKED = "Transfer-Encoding: chunked"

SMUGGLED = {
    "CL.TE": (400, post(f"Content-Length: 6\r\n{CHUNKED}")),
    "TE.CL": (400, post(f"{CHUNKED}\r\nContent-Length: 4")),
    "TE.TE: one that is not known": (400, post(f"{CHUNKED}\r\nTransfer-Encoding: cow")),
    "TE.TE: another name": (400, post(f"{CHUNKED}\r\nTransfer-encoding: identity")),
    "TE.TE: twice in one": (400, post("Transfer-Encoding: chunked, chunked")),
    "TE.TE: xchunked": (400, post("Transfer-Encoding: xchunked")),
    "TE.TE: a tab": (400, post("Transfer-Encoding\t: chunked")),
    "TE.TE: a space before the colon": (400, post("Transfer-Encoding : chunked")),
    "TE.TE: a vertical tab": (400, post("Transfer-Encoding: \x0bchunked")),
    "TE.TE: folded": (400, post("Transfer-Encoding:\r\n chunked")),
    "TE.TE: a space before the name": (400, post(" Transfer-Encoding: chunked")),
    "TE.TE: behind a bare LF": (400, post("X: y\nTransfer-Encoding: chunked")),
    "TE.TE: behind a bare CR": (400, post("X: y\rTransfer-Encoding: chunked")),
    "TE in 1.0": (400, post(CHUNKED, version="1.0")),
    "two lengths": (400, post("Content-Length: 0\r\nContent-Length: 5")),
    "the same length twice": (400, post("Content-Length: 5\r\nContent-Length: 5")),
    "a list of lengths": (400, post("Content-Length: 5, 0")),
    "a length with a sign": (400, post("Content-Length: +5")),
    "chunk size over 64 bits": (400, post(CHUNKED, f"10000000000000005\r\nhello\r\n{REST}")),
    "chunk size of 64 bits": (413, post(CHUNKED, f"ffffffffffffffff\r\nhello\r\n{REST}")),
    "chunk size that is none": (400, post(CHUNKED, f"0x5\r\nhello\r\n{REST}")),
    "chunk shorter than it says": (400, post(CHUNKED, f"5\r\nhell\r\n{REST}")),
    "bare LF behind a chunk size": (400, post(CHUNKED, f"0\n\n{EVIL}")),
    "CR in a chunk extension": (400, post(CHUNKED, f"1;a\rb\r\nx\r\n{REST}")),
    "LF in a chunk extension": (400, post(CHUNKED, f"1;a\nb\r\nx\r\n{REST}")),
    "bare LF at the end of a line": (400, f"GET {QUOTE} HTTP/1.1\nHost: localhost\n\n{EVIL}"),
    "bare CR at the end of a line": (400, f"GET {QUOTE} HTTP/1.1\rHost: localhost\r\r{EVIL}"),
    "a space before the first field": (400, f"GET {QUOTE} HTTP/1.1\r\n Host: localhost\r\n\r\n{EVIL}"),
    "a folded field": (400, get("Host: localhost\r\nX: a\r\n b") + EVIL),
    "no host": (400, get("X: y") + EVIL),
    "two hosts": (400, get("Host: localhost\r\nHost: evil") + EVIL),
    "two hosts in one": (400, get("Host: localhost, evil") + EVIL),
    "a host with a path": (400, get("Host: localhost/x") + EVIL),
    "NUL in a field": (400, get("Host: localhost\r\nX: a\0b") + EVIL),
    "a target with a space": (400, get("Host: localhost", target="/a b") + EVIL),
    "absolute-form with a user": (400, get("Host: localhost", target=f"http://u@localhost{QUOTE}") + EVIL),
    "a tunnel": (501, f"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n{EVIL}"),
    "another version": (505, f"GET {QUOTE} HTTP/3.0\r\nHost: localhost\r\n\r\n{EVIL}"),
    "a version of one digit": (400, f"GET {QUOTE} HTTP/1\r\nHost: localhost\r\n\r\n{EVIL}"),
    "an upgrade in the middle of h2": (505, "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
}


@pytest.fixture
def bystander(everything):
    """A connection of somebody else, which is served before and after."""
    with Wire(everything.http) as wire:

        def ask():
            wire.send(get("Host: localhost").encode())
            data = wire.read(5)
            assert data, "somebody else is not served"
            [(status, _, body)] = answers(data)
            assert status == 200 and b'"AAPL"' in body
            return True

        ask()
        yield ask
        ask()
        everything.check_alive()


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_is_read_in_two_ways_is_refused_once(everything, bystander, name):
    status, text = SMUGGLED[name]
    with Wire(everything.http) as wire:
        wire.send(text.encode("latin-1"))
        found = answers(wire.read_all())
    assert [each[0] for each in found] == [status], found
    assert wire.isClosed and found[0][1]["connection"] == "close"


def test_a_body_of_none_keeps_what_comes_next_apart(everything):
    """`Content_Length` is another field: the login has no content, and what is behind it is a request of its own."""
    with Wire(everything.http) as wire:
        wire.send(post("Content_Length: 5", EVIL.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).encode())
        found = answers(wire.read_all())
    assert [each[0] for each in found] == [400, 200], found


@pytest.mark.parametrize("target", [f"http://localhost{QUOTE}", f"HTTP://other.example{QUOTE}"])
def test_absolute_form_is_the_same_resource(everything, target):
    """RFC 9112 §3.2.2: to be taken, whatever Host says; which host is meant changes nothing here."""
    with Wire(everything.http) as wire:
        wire.send(get("Host: localhost", target=target).encode())
        [(status, _, body)] = answers(wire.read())
    assert status == 200 and b'"AAPL"' in body


TRICKS = {
    "/api/v1/../v1/quotes/AAPL": 400, "/api/v1/%2e%2e/v1/quotes/AAPL": 400, "/api/v1/.%2E/v1/quotes/AAPL": 400,
    "/api/v1/%2e/quotes/AAPL": 400,
    "/api//v1/quotes/AAPL": 404, "/api/v1/quotes//AAPL": 404, "/api/v1/quotes/AAPL/": 404, "/api/v1/quotes/": 404,
    "/api/v1/quotes%2FAAPL": 400, "/api/v1/quotes/..%2fcompanies": 400,
    "/api/v1/quotes/%5c..%5cAAPL": 400, "/api/v1/quotes\\AAPL": {400, 404}, "/api/v1/quotes/AAPL%00": 400,
    "/api/v1/quotes/AAPL%00.json": 400, "/api/v1/quotes/AAPL%0d%0aX:%20y": 400, "/api/v1/quotes/%c0%aeAAPL": 400,
    "/api/v1/quotes/%c0%af": 400, "/api/v1/quotes/%e0%80%af": 400, "/api/v1/quotes/%f0%80%80%ae": 400,
    "/api/v1/quotes/%ed%a0%80": 400, "/api/v1/quotes/%ff": 400, "/api/v1/quotes/%": 400, "/api/v1/quotes/%4": 400,
    "/api/v1/quotes/%zz": 400, "/api/v1/quotes/%u0041APL": 400, "/api/v1/quotes/AAPL;x=y": 400, "/api/v1;x/quotes/AAPL": 404,
    "/api/v1/quotes/%2541APL": 400, "/api/v1/quotes/AAPL%20": 400, "/api/v1/quotes/aapl": 400,
    "/api/v1/quotes/AAPL?%00": 400, "/api/v1/quotes/AAPL?a=%c0%ae": 400, "/api/v1/quotes/AAPL?symbol=MSFT": 400,
    "/api/v1/quotes/AAPL?;": 400, "/api/v1/quotes?symbols=AAPL%2CMSFT&symbols=%2e%2e%2f": 400,
    "/docs/..%2fopenapi.json": 400, "/docs/%2e%2e/openapi.json": 400, "*": 400,
    "/api/v1/%71uotes/%41APL": 200, "/api/v1/quotes/AAPL?": 200,
}


# Whose first step is none of the API's: the site says that it has no such page, and nothing leads back into the API.
OF_THE_SITE = [
    "/./api/v1/quotes/AAPL", "//api/v1/quotes/AAPL", "/api%2fv1%2fquotes%2fAAPL", "/API/v1/quotes/AAPL", "/..", "/%2e%2e",
    "/assets/..%2fapi/v1/quotes/AAPL", "/assets/../../etc/passwd",
]


@pytest.mark.parametrize("target", OF_THE_SITE)
def test_path_tricks_at_the_site(everything, target):
    with Wire(everything.http) as wire:
        wire.send(get("Host: localhost\r\nConnection: close", target=target).encode("latin-1"))
        [(status, _, body)] = answers(wire.read_all())
    assert status in (400, 404) and b"AAPL" not in body and b"root:" not in body, (status, body)


@pytest.mark.parametrize("target", TRICKS)
def test_path_tricks(everything, target):
    with Wire(everything.http) as wire:
        wire.send(get("Host: localhost\r\nConnection: close", target=target).encode("latin-1"))
        [(status, fields, body)] = answers(wire.read_all())
    expected = TRICKS[target]
    assert status in (expected if isinstance(expected, set) else {expected}), (status, body)
    if status == 200:
        assert b'"AAPL"' in body
    else:
        assert fields["content-type"].startswith(("application/problem+json", "text/plain")), fields


ENDLESS = {
    "request line": (414, "GET /", "a" * 1024), "field": (431, get("Host: localhost\r\nX: ").rstrip("\r\n"), "a" * 1024),
    "fields": (431, f"GET {QUOTE} HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n"),
    "field name": (431, f"GET {QUOTE} HTTP/1.1\r\nHost: localhost\r\n", "x" * 1024),
    "chunk extension": (400, post(CHUNKED, "1;"), "a" * 128), "chunk extensions": (400, post(CHUNKED, ""), f"1;{'a' * 200}\r\nx\r\n"),
    "trailers": (431, post(CHUNKED, "0\r\n"), "X: y\r\n"), "chunks": (413, post(CHUNKED, ""), f"400\r\n{'x' * 1024}\r\n"),
    "chunks of one byte": (413, post(CHUNKED, ""), "1\r\nx\r\n" * 100),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_cut_off(everything, bystander, name):
    status, begin, more = ENDLESS[name]
    with Wire(everything.http) as wire:
        wire.send(begin.encode())
        sent = 0
        while sent < 16 << 20 and wire.send(more.encode()):
            sent += len(more)
        data = wire.read_all(5)
    assert sent < 16 << 20, "all of it was taken"
    assert wire.isClosed
    # The kernel may throw the answer away with the rest, as what came too late is reset.
    assert not data or answers(data)[0][0] == status, data[:200]


def dribble(port, begin, piece, gap, found, limit):
    """Sends a piece now and then until the peer has enough; what it said, and after how long."""
    begun = time.monotonic()
    with Wire(port) as wire:
        wire.send(begin.encode())
        data = b""
        while time.monotonic() - begun < limit and not wire.isClosed:
            wire.send(piece.encode())
            data += wire.read(gap) or b""
        found.append((wire.isClosed, time.monotonic() - begun, data))


SLOW = {
    # What is sent first, and then again and again; the status that comes.
    "no byte": ("", "", None), "request line": ("GET /", "a", 408), "fields": (f"GET {QUOTE} HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n", 408),
    "body": (post("Content-Length: 60000", ""), "x", 504), "chunks": (post(CHUNKED, ""), "1\r\nx\r\n", 504),
    "preface of HTTP/2": ("PRI * HTTP/2.0\r\n", "", None),
}


def test_slow_clients_are_bounded_in_time(everything, bystander):
    """Slowloris and R-U-Dead-Yet: all at once, as each waits for ten seconds; and as long again, where an answer was given
    and the rest of the content does not come."""
    found = {name: [] for name in SLOW}
    threads = [
        threading.Thread(target=dribble, args=(everything.http, begin, piece, 0.5, found[name], 40))
        for name, (begin, piece, _) in SLOW.items()
    ]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        bystander()
        time.sleep(0.2)
    for name, (_, _, status) in SLOW.items():
        [(closed, seconds, data)] = found[name]
        assert closed and seconds < (15 if status != 504 else 25), (name, seconds, data)
        assert [each[0] for each in answers(data)] == ([status] if status else []), (name, data)


def test_connections_of_one_address_are_bounded(everything, bystander):
    """A thousand of one address; others still get in."""
    wires = []
    try:
        for _ in range(1100):
            wires.append(Wire(everything.http, source="127.0.0.3"))
        time.sleep(0.5)
        open_ones = 0
        for wire in wires:
            wire.socket.setblocking(False)
            open_ones += wire.read(0) is None
        assert open_ones == 1000, open_ones
        metrics = fetch(everything.admin, "/metrics").body.decode()
        assert 'mesh_http2_abuse_total{reason="connections_of_address"}' in metrics, metrics
        with Wire(everything.http, source="127.0.0.4") as other:
            other.send(get("Host: localhost").encode())
            assert answers(other.read())[0][0] == 200
    finally:
        for wire in wires:
            wire.close()

