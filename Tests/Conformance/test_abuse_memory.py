"""How much memory peers can have of a server of HTTP/2, whatever they do: each attack of floods.py, and what honest ones may do
as well, but not that much of it."""

import subprocess
import sys
import time

import pytest

import floods
from attacked import MEGABYTE, Server, served, server
from floods import ECHO, FLOODS, STREAMS, call, expand
from wire import (
    CANCEL, DataFrame, Frames, HeadersFrame, PREFACE, PingFrame, REFUSED_STREAM, RstStreamFrame, SettingsFrame,
    WindowUpdateFrame, Wire, message, window,
)


@pytest.fixture(scope="module")
def warm(server):
    """What a server takes for its first long answers is not a connection's."""
    with Frames(server.rpc, settings={4: 0x7FFFFFFF}, receive_buffer=4096) as client:
        client.send(window(0, 0x7FFF0000))
        client.put(*expand(client, 10_000))
        time.sleep(1)


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_takes_little_memory(server, name):
    """Sixteen at once, again and again for a second."""

    def work():
        subprocess.run([sys.executable, floods.__file__, str(server.rpc), name, "16", "1"], check=True, timeout=30)

    work()
    taken = server.peak(work)
    assert taken < 16 * MEGABYTE, f"{taken / 16 / MEGABYTE:.2f} MiB a connection"


def test_answers_that_nobody_takes(server, warm):
    """A window of nothing, and calls that would fill a gigabyte: CVE-2019-9517."""
    clients = [Frames(server.rpc, settings={4: 0}) for _ in range(16)]
    try:
        def work():
            for client in clients:
                client.put(*expand(client, 10_000))
            time.sleep(2)

        taken = server.peak(work)
        assert taken < 16 * MEGABYTE, f"{taken / 16 / MEGABYTE:.2f} MiB a connection"
    finally:
        for client in clients:
            client.close()


def test_output_that_nobody_reads(server, warm):
    """Windows of 2 GiB and a socket that is not read: what waits for it is bounded, and no more requests are read."""
    clients = [Frames(server.rpc, settings={4: 0x7FFFFFFF}, receive_buffer=4096) for _ in range(16)]
    try:
        def work():
            for client in clients:
                client.send(window(0, 0x7FFF0000))
                client.put(*expand(client, 10_000))
            time.sleep(2)

        taken = server.peak(work)
        assert taken < 16 * MEGABYTE, f"{taken / 16 / MEGABYTE:.2f} MiB a connection"
        clients[0].socket.settimeout(3)
        sent = 0
        while sent < 64 << 20 and clients[0].send(call(clients[0], STREAMS[30 + sent // 100], b"x" * 60)):
            sent += 100
        assert sent < 64 << 20, "everything is still read"
    finally:
        for client in clients:
            client.close()


def test_answers_that_are_taken_but_for_a_byte(server, warm):
    """What has been sent of them is not kept until the rest is."""
    fields = floods.request("/lonja.test.v1.Echo/Expand", "POST") + ECHO[4:]
    with Frames(server.rpc, settings={4: 0}) as client:
        client.send(window(0, 0x7FFF0000))

        def take(stream, most):
            """Twelve messages of an answer, or as many bytes of them."""
            body = message(b"x" * 10_000, count=12)
            client.put(client.head(fields, stream, end=False), DataFrame(stream, body, flags=["END_STREAM"]))
            # The answer is there before there is a window for it.
            time.sleep(0.01)
            client.send(window(stream, most))
            taken = 0
            for frame in client.frames(5):
                if isinstance(frame, DataFrame):
                    taken += len(frame.data)
                if taken >= most or isinstance(frame, HeadersFrame) and "END_STREAM" in frame.flags:
                    return taken
            raise AssertionError(f"{taken} bytes of the answer came, and then nothing")

        whole = take(STREAMS[0], 1 << 20)
        assert whole > 120_000
        left = STREAMS[1:201]
        taken = server.peak(lambda: [take(stream, whole - 1) for stream in left])
        assert taken < len(left) * 50_000, f"{taken / len(left):,.0f} bytes a stream"


def test_small_messages_that_nobody_reads(server):
    """As many as the windows take, on sixteen streams whose handlers are busy with the first."""
    fields = floods.request("/lonja.test.v1.Echo/Chat", "POST") + ECHO[4:]
    with Frames(server.rpc) as client:

        def work(streams):
            for stream in streams:
                client.put(client.head(fields, stream, end=False), DataFrame(stream, message(b"x", delay_ms=2000)))
            for _ in range(3):
                for stream in streams:
                    client.put(DataFrame(stream, message(b"x") * 2000))
            time.sleep(1)

        work(STREAMS[16:17])
        taken = server.peak(lambda: work(STREAMS[17:33]))
        assert taken < 3 * MEGABYTE, f"{taken / MEGABYTE:.2f} MiB for {16 * 6000 * len(message(b'x')) / MEGABYTE:.2f} that were sent"


def test_fields_that_a_table_makes_of_bytes(server, warm):
    """A thousand requests whose fields of 29 KB are eight bytes on the wire, and whose handlers wait for messages."""
    fields = floods.request("/lonja.test.v1.Echo/Chat", "POST") + ECHO[4:]
    before = server.count("held_fields")
    with Frames(server.rpc) as client:
        client.put(client.head(fields, STREAMS[0], end=False))
        client.put(client.head([*fields, ("x", "y" * 3600)], STREAMS[1], end=False))
        block = client.encoder.encode(fields) + b"\xbe" * 8

        def work():
            for stream in STREAMS[2:1000]:
                client.put(HeadersFrame(stream, block, flags=["END_HEADERS"]))
            time.sleep(1)

        taken = server.peak(work)
        resets = {frame.stream_id: frame.error_code for frame in client.frames(1) if isinstance(frame, RstStreamFrame)}
        assert set(resets.values()) == {REFUSED_STREAM}
        kept = [stream for stream in STREAMS[2:1000] if stream not in resets]
        assert 10 < len(kept) < 40, len(kept)
        assert taken < 3 * MEGABYTE, f"{taken / MEGABYTE:.2f} MiB"
        assert server.count("held_fields") == before + len(resets)
        # Small ones are served beside them, and large ones again once those have ended.
        client.put(client.head(fields, STREAMS[1000]))
        assert client.outcome(STREAMS[1000], 2) == ("answer", 200)
        client.put(*(RstStreamFrame(stream, CANCEL) for stream in kept))
        client.put(HeadersFrame(STREAMS[1001], block, flags=["END_HEADERS", "END_STREAM"]))
        assert client.outcome(STREAMS[1001], 2) == ("answer", 200)


class Upload:
    """Requests on one connection, each sent as far as its windows allow and no further than told."""

    def __init__(self, client, fields, bodies):
        self.client, self.bodies = client, bodies
        self.sent = dict.fromkeys(bodies, 0)
        self.windows = dict.fromkeys([0, *bodies], 65_535)
        self.answered = set()
        for stream in bodies:
            client.put(client.head(fields, stream, end=False))

    def send(self, keeping):
        """Until nothing more may be sent, the last bytes of each request being kept."""
        goesOn = True
        while goesOn:
            goesOn = False
            for stream, body in self.bodies.items():
                start = self.sent[stream]
                piece = body[start:min(start + min(16_384, self.windows[0], self.windows[stream]), len(body) - keeping)]
                if piece:
                    isLast = start + len(piece) == len(body)
                    self.client.put(DataFrame(stream, piece, flags=["END_STREAM"] if isLast else []))
                    self.sent[stream] += len(piece)
                    self.windows[0] -= len(piece)
                    self.windows[stream] -= len(piece)
                    goesOn = True
            goesOn = self.hears(0 if goesOn else 2) or goesOn

    def hears(self, seconds):
        """Whether anything came in so many."""
        heard = False
        for frame in self.client.frames(seconds):
            heard = True
            if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
                more = frame.settings.get(4, 65_535) - 65_535
                self.windows.update({stream: self.windows[stream] + more for stream in self.bodies})
                self.client.put(SettingsFrame(0, flags=["ACK"]))
            elif isinstance(frame, WindowUpdateFrame):
                if frame.stream_id in self.windows:
                    self.windows[frame.stream_id] += frame.window_increment
            elif isinstance(frame, HeadersFrame):
                fields = dict(self.client.decoder.decode(frame.data))
                if "grpc-status" in fields:
                    self.answered.add((frame.stream_id, fields["grpc-status"]))
            if len(self.client.left) < 9:
                break
        return heard


def test_messages_that_do_not_end(server, warm):
    """Forty of 600 KB at once, all but their last byte: the server lets them come one after the other, and loses none."""
    fields = floods.request("/lonja.test.v1.Echo/Expand", "POST") + ECHO[4:]
    with Frames(server.rpc) as client:
        bodies = {stream: message(b"x" * 600_000) for stream in STREAMS[:40]}
        upload = Upload(client, fields, bodies)
        taken = server.peak(lambda: upload.send(keeping=1))
        # The limit and a window for each came; an array that grows has some to spare.
        assert sum(upload.sent.values()) < 12 * MEGABYTE
        assert taken < 20 * MEGABYTE, f"{taken / MEGABYTE:.2f} MiB of {sum(upload.sent.values()) / MEGABYTE:.2f}"
        upload.send(keeping=0)
        assert upload.answered == {(stream, "0") for stream in bodies}


IDLE = 9_900


def test_idle_connections_are_small():
    """Ten thousand but for a few, each after one call, from many addresses; all are still there afterwards."""
    running = Server()
    wires = []
    pong = PingFrame(0, b"12345678", flags=["ACK"]).serialize()
    try:
        with Frames(running.rpc) as client:
            first = call(client, 1)
            client.send(first)
            assert client.outcome(1) == ("answer", 200)
        begin = PREFACE + SettingsFrame(0).serialize() + SettingsFrame(0, flags=["ACK"]).serialize() + first
        before = running.resident()
        for number in range(IDLE):
            wires.append(Wire(running.rpc, source=f"127.0.1.{number % 100 + 1}"))
            wires[-1].send(begin)
        for wire in wires:
            wire.send(PingFrame(0, b"12345678").serialize())
            data = b""
            while pong not in data:
                piece = wire.read()
                assert piece, "it has been closed"
                data += piece
        each = (running.resident() - before) / IDLE
        print(f"{each:.0f} bytes a connection")
        assert each < 20_000, f"{each:.0f} bytes a connection"
    finally:
        for wire in wires:
            wire.close()
        running.close()
