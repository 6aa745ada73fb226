"""HTTP/2 as attackers speak it, at the gateway's door: what is no request is refused on its stream, what is no connection
ends with GOAWAY, floods cost whoever sends them, and nobody else notices."""

import re
import threading
import time

import pytest

from harness import fetch
from wire import (
    COMPRESSION_ERROR, ContinuationFrame, DataFrame, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, Frames, HeadersFrame,
    INTERNAL_ERROR, PROTOCOL_ERROR, PingFrame, PriorityFrame, REFUSED_STREAM, RstStreamFrame, STREAM_CLOSED, SettingsFrame, Wire,
    answers, raw_frame, request, window,
)

LOGIN = request("/api/v1/auth/login", "POST") + [("content-type", "application/json")]


@pytest.fixture
def door(everything):
    """The port; before and after, somebody else is served on a connection that stays, over both versions."""
    with Wire(everything.http) as first, Frames(everything.http) as second:
        streams = iter(range(1, 1 << 20, 2))

        def ask():
            first.send(b"GET /api/v1/quotes/AAPL HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answers(first.read(5))[0][0] == 200
            stream = next(streams)
            second.put(second.head(request(), stream))
            assert second.outcome(stream, 5) == ("answer", 200)

        ask()
        memory = resident(everything)
        yield everything.http
        ask()
        everything.check_alive()
        assert resident(everything) - memory < 64 << 20, "memory of a flood stays"


def resident(running):
    with open(f"/proc/{running.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def without(name):
    return [field for field in request() if field[0] != name]


# Fields of a request that is none, and what may come of it.
MALFORMED = {
    "no method": without(":method"), "no scheme": without(":scheme"), "no path": without(":path"),
    "no authority": without(":authority"), "method twice": request() + [(":method", "GET")],
    "path twice": request() + [(":path", "/")], "an empty path": request(""), "a relative path": request("api/v1/quotes/AAPL"),
    "asterisk for GET": request("*"), "a space in the path": request("/api/v1/quotes/AAPL X"),
    "CRLF in the path": request("/api/v1/quotes/AAPL HTTP/1.1\r\nX: y"), "NUL in the path": request("/api/v1/quotes/AAPL\0"),
    "a method that is no token": request(method="GE T"), "CRLF in the authority": request(authority="localhost\r\nX: y"),
    "an authority with a user": request(authority="u@localhost"), "another pseudo-field": request() + [(":cow", "x")],
    "a pseudo-field of answers": request() + [(":status", "200")],
    "a pseudo-field behind others": without(":path") + [("x", "y"), (":path", "/api/v1/quotes/AAPL")],
    "an upper-case name": request() + [("X-Y", "z")], "a name with a space": request() + [("x y", "z")],
    "an empty name": request() + [("", "z")], "a name with a colon": request() + [("x:y", "z")],
    "CRLF in a value": request() + [("x", "y\r\nz: 1")], "NUL in a value": request() + [("x", "y\0z")],
    "connection": request() + [("connection", "close")], "keep-alive": request() + [("keep-alive", "timeout=5")],
    "proxy-connection": request() + [("proxy-connection", "keep-alive")], "upgrade": request() + [("upgrade", "h2c")],
    "transfer-encoding": request() + [("transfer-encoding", "chunked")], "te": request() + [("te", "gzip")],
    "two hosts": request() + [("host", "localhost"), ("host", "localhost")], "another host": request() + [("host", "evil")],
    "two lengths": LOGIN + [("content-length", "0"), ("content-length", "5")],
    "a length that is none": LOGIN + [("content-length", "+5")], "a length without content": LOGIN + [("content-length", "5")],
    "a tunnel": [(":method", "CONNECT"), (":authority", "evil:443")],
    "a header list over the limit": request() + [(f"x-{number}", "y" * 1000) for number in range(17)],
}
REFUSED = {("reset", PROTOCOL_ERROR), ("answer", 400), ("answer", 431), ("answer", 501), ("goaway", PROTOCOL_ERROR)}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_request_is_refused(door, name):
    with Frames(door) as client:
        block = client.encoder.encode(MALFORMED[name])
        head, rest = HeadersFrame(1, data=block[:16000]), block[16000:]
        for flag in ("END_STREAM",) if rest else ("END_STREAM", "END_HEADERS"):
            head.flags.add(flag)
        client.put(head, *([ContinuationFrame(1, rest, flags=["END_HEADERS"])] if rest else []))
        outcome = client.outcome(1)
        assert outcome in REFUSED, outcome
        if outcome[0] != "goaway":
            client.put(client.head(request(), 3))
            assert client.outcome(3) == ("answer", 200), "the connection goes on"


def test_more_content_than_its_length(door):
    with Frames(door) as client:
        client.put(client.head(LOGIN + [("content-length", "2")], 1, end=False), DataFrame(1, b"{}{}", flags=["END_STREAM"]))
        assert client.outcome(1) in {("reset", PROTOCOL_ERROR), ("answer", 400)}


# Frames that end the connection: which GOAWAY may come.
BROKEN = {
    "a frame over the limit": (raw_frame(0, 0, 1, b"x" * 16385), {FRAME_SIZE_ERROR, PROTOCOL_ERROR}),
    "SETTINGS of seven bytes": (raw_frame(4, 0, 0, b"x" * 7), {FRAME_SIZE_ERROR}),
    "SETTINGS on a stream": (raw_frame(4, 0, 1, b""), {PROTOCOL_ERROR}),
    "a window above 2^31": (raw_frame(4, 0, 0, b"\0\4\xff\xff\xff\xff"), {FLOW_CONTROL_ERROR}),
    "a frame size of none": (raw_frame(4, 0, 0, b"\0\5\0\0\0\0"), {PROTOCOL_ERROR}),
    "more settings than there are": (raw_frame(4, 0, 0, b"\0\4\0\0\xff\xff" * 100), {ENHANCE_YOUR_CALM, PROTOCOL_ERROR, INTERNAL_ERROR}),
    "PING of seven bytes": (raw_frame(6, 0, 0, b"x" * 7), {FRAME_SIZE_ERROR}),
    "PING on a stream": (raw_frame(6, 0, 1, b"x" * 8), {PROTOCOL_ERROR}),
    "DATA on no stream": (raw_frame(0, 0, 0, b"x"), {PROTOCOL_ERROR}),
    "DATA on a stream that is idle": (raw_frame(0, 0, 5, b"x"), {PROTOCOL_ERROR, STREAM_CLOSED}),
    "DATA with more padding than content": (raw_frame(0, 8, 1, b"\xffx"), {PROTOCOL_ERROR}),
    "HEADERS on an even stream": (raw_frame(1, 5, 2, b"\x82"), {PROTOCOL_ERROR}),
    "HEADERS of the peer's own push": (raw_frame(5, 4, 1, b"\0\0\0\2\x82"), {PROTOCOL_ERROR}),
    "CONTINUATION of nothing": (raw_frame(9, 4, 1, b"\x82"), {PROTOCOL_ERROR}),
    "another frame in a header block": (raw_frame(1, 1, 1, b"\x82") + raw_frame(6, 0, 0, b"x" * 8), {PROTOCOL_ERROR}),
    "RST_STREAM of an idle stream": (raw_frame(3, 0, 7, b"\0\0\0\x08"), {PROTOCOL_ERROR}),
    "WINDOW_UPDATE of nothing": (window(0, 0), {PROTOCOL_ERROR}),
    "WINDOW_UPDATE over the window": (window(0, 0x7FFFFFFF) * 2, {FLOW_CONTROL_ERROR}),
    "an index that is in no table": (raw_frame(1, 5, 1, b"\xff\xff\xff\x7f"), {COMPRESSION_ERROR}),
    "a table larger than agreed": (raw_frame(1, 5, 1, b"\x3f\xe1\xff\xff\x7f\x82"), {COMPRESSION_ERROR}),
    "a Huffman code that is none": (raw_frame(1, 5, 1, b"\x00\x82\xff\xff\x01x"), {COMPRESSION_ERROR}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_connection_ends(door, name):
    frames, codes = BROKEN[name]
    with Frames(door) as client:
        client.send(frames)
        assert client.is_ended(), "the connection goes on"
        assert client.ending in codes, client.ending


def test_a_preface_that_is_none(door):
    with Wire(door) as wire:
        wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"GET / HTTP/1.1\r\n\r\n" * 10)
        wire.read_all()
        assert wire.isClosed


def test_frames_of_no_known_kind_are_passed_over(door):
    with Frames(door) as client:
        client.send(raw_frame(0xBE, 0xFF, 0, b"x" * 100))
        client.put(client.head(request()))
        assert client.outcome(1) == ("answer", 200)


def flooded(client, pieces, seconds=20):
    """Sends until the peer ends it; how many pieces that took."""
    until = time.monotonic() + seconds
    count = 0
    for piece in pieces:
        if not client.send(piece) or time.monotonic() > until:
            break
        count += 1
    assert client.is_ended(), f"after {count} pieces the connection goes on"
    return count


def test_rapid_reset(door):
    """CVE-2023-44487."""
    with Frames(door) as client:
        pieces = (
            client.head(request(), stream).serialize() + RstStreamFrame(stream, 8).serialize() for stream in range(1, 20001, 2)
        )
        assert flooded(client, pieces) < 9000
        assert client.ending == ENHANCE_YOUR_CALM


def test_resets_that_the_server_is_made_to_send(door):
    """CVE-2025-8671: the streams are broken by the client, and reset by the server."""
    with Frames(door) as client:
        pieces = (client.head(LOGIN, stream, end=False).serialize() + window(stream, 0x7FFFFFFF) for stream in range(1, 20001, 2))
        assert flooded(client, pieces) < 9000
        assert client.ending == ENHANCE_YOUR_CALM


def test_malformed_requests_without_end(door):
    with Frames(door) as client:
        pieces = (client.head(without(":path"), stream).serialize() for stream in range(1, 20001, 2))
        assert flooded(client, pieces) < 9000
        assert client.ending == ENHANCE_YOUR_CALM


def test_a_few_mistakes_are_no_flood(door):
    with Frames(door) as client:
        for stream in range(1, 61, 2):
            client.put(client.head(without(":path"), stream))
            assert client.outcome(stream) == ("reset", PROTOCOL_ERROR)
        client.put(client.head(request(), 61))
        assert client.outcome(61) == ("answer", 200)


def test_continuations_without_end(door):
    """CVE-2024-28182."""
    with Frames(door) as client:
        client.put(client.head(request(), flags=()))
        pieces = (ContinuationFrame(1, b"").serialize() for _ in range(10_000))
        assert flooded(client, pieces) < 10_000
        assert client.ending == ENHANCE_YOUR_CALM
    with Frames(door) as client:
        client.put(client.head(request(), flags=()))
        block = client.encoder.encode([("x", "y" * 4000)])
        assert flooded(client, (ContinuationFrame(1, block).serialize() for _ in range(10_000))) < 10_000


def test_pings_that_nobody_waits_for(door):
    """CVE-2019-9512."""
    with Frames(door, receive_buffer=4096) as client:
        assert flooded(client, (PingFrame(0, b"12345678").serialize() * 1000 for _ in range(10_000))) < 10_000
        assert client.ending == ENHANCE_YOUR_CALM


def test_settings_that_nobody_waits_for(door):
    """CVE-2019-9515."""
    with Frames(door, receive_buffer=4096) as client:
        assert flooded(client, (SettingsFrame(0, settings={4: 65535}).serialize() * 1000 for _ in range(10_000))) < 10_000
        assert client.ending == ENHANCE_YOUR_CALM


def test_floods_are_counted_by_reason(door, everything):
    text = fetch(everything.admin, "/metrics").body.decode()
    for reason in "rapid_reset", "broken_streams", "continuations", "pings", "settings|queued_answers":
        assert re.search(f'mesh_http2_abuse_total{{reason="({reason})"}}', text), text


def test_a_small_block_that_grows(door):
    """A large field in the table, and a thousand bytes that each stand for it."""
    with Frames(door) as client:
        client.put(client.head(request() + [("x", "y" * 3900)], 1))
        assert client.outcome(1) == ("answer", 200)
        block = client.encoder.encode(request()) + b"\xbe" * 15_000
        client.put(HeadersFrame(3, block, flags=["END_HEADERS", "END_STREAM"]))
        outcome = client.outcome(3)
        assert outcome == ("answer", 431) or outcome[0] in ("reset", "goaway"), outcome


def test_streams_at_once_are_bounded(door):
    with Frames(door) as client:
        # Streams of prices go on for ever.
        client.put(*(client.head(request("/api/v1/quotes/stream?symbols=AAPL"), stream) for stream in range(1, 401, 2)))
        refused, answered = set(), set()
        for frame in client.frames():
            if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
                client.put(SettingsFrame(0, flags=["ACK"]))
            if isinstance(frame, RstStreamFrame) and frame.error_code == REFUSED_STREAM:
                refused.add(frame.stream_id)
            elif "END_STREAM" in frame.flags:
                # Told to wait at once, without its content: another may come in its place.
                answered.add(frame.stream_id)
            if len(refused) + len(answered) >= 100:
                break
        assert client.ending or len(refused) + len(answered) >= 100, (client.ending, len(refused), len(answered))
        assert client.ending or len(refused) > 50, len(refused)


def test_slow_clients_are_bounded_in_time(door):
    """At once, as each waits: a preface without SETTINGS, a header block without end, content without end, and an answer
    that there is no window for."""
    found = {}

    def block(client):
        client.put(client.head(request(), flags=()))

    def content(client):
        client.put(client.head(LOGIN, end=False))

    def answer(client):
        client.put(client.head(request("/openapi.json")))

    def run(name, begin, settings):
        begun = time.monotonic()
        with Frames(door, settings) as client:
            begin(client)
            streams = ()
            while time.monotonic() - begun < 60 and not client.isClosed and not streams:
                # What keeps a connection from being idle.
                client.put(PriorityFrame(1, depends_on=0, stream_weight=7))
                streams = [
                    frame for frame in client.frames(1)
                    if isinstance(frame, RstStreamFrame) or isinstance(frame, HeadersFrame) and name == "content"
                ]
            found[name] = (client.isClosed or bool(streams), time.monotonic() - begun)

    begins = {"block": (block, None), "content": (content, None), "answer": (answer, {4: 0})}
    threads = [threading.Thread(target=run, args=(name, *begins[name])) for name in begins]
    with Wire(door) as wire:
        for each in threads:
            each.start()
        begun = time.monotonic()
        wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        wire.read_all(20)
        assert wire.isClosed and time.monotonic() - begun < 16
    for each in threads:
        each.join()
    assert found["block"][0] and found["block"][1] < 20, found
    assert found["content"][0] and found["content"][1] < 15, found
    assert found["answer"][0] and found["answer"][1] < 45, found
