"""Servers that say what no server should, frame by frame, for our client to call: those of gRPC's negative HTTP/2 cases
(negative-http2-interop-test-descriptions.md), and any answer that a test makes up."""

import contextlib
import socket
import struct
import threading
import time

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD = [(":status", "200"), ("content-type", "application/grpc")]
OK = [("grpc-status", "0")]


def message(body, flag=0):
    """A message with its prefix."""
    return struct.pack(">BI", flag, len(body)) + body


def zeros(count):
    """A SimpleResponse whose payload has so many zeros."""
    payload = b"\x12" + varint(count) + bytes(count)
    return b"\x0a" + varint(len(payload)) + payload


def varint(value):
    output = b""
    while value >= 0x80:
        output += bytes([value & 0x7F | 0x80])
        value >>= 7
    return output + bytes([value])


class Connection:
    """One client's. `requests` gives a stream for each request whose end has come, or each that begins."""

    def __init__(self, accepted, server):
        self.socket, self.server = accepted, server
        self.encoder, self.decoder, self.left = Encoder(), Decoder(), b""
        self.resets, self.acknowledged, self.open_streams = {}, 0, set()

    def put(self, *frames):
        self.socket.sendall(b"".join(frame.serialize() for frame in frames))

    def fields(self, stream, fields, end=False):
        """HEADERS, and CONTINUATIONs where they are long."""
        block = self.encoder.encode(fields, huffman=False)
        pieces = [block[start:start + 16000] for start in range(0, len(block), 16000)]
        frames = [HeadersFrame(stream, pieces[0], flags=["END_STREAM"] if end else [])]
        frames += [ContinuationFrame(stream, piece) for piece in pieces[1:]]
        frames[-1].flags.add("END_HEADERS")
        self.put(*frames)

    def data(self, stream, body, end=False, size=16000):
        pieces = [body[start:start + size] for start in range(0, len(body), size)] or [b""]
        for index, piece in enumerate(pieces):
            flags = ["END_STREAM"] if end and index == len(pieces) - 1 else []
            self.put(DataFrame(stream, piece, flags=flags))

    def answer(self, stream, body=None):
        """What a good server answers."""
        self.fields(stream, HEAD)
        self.data(stream, message(zeros(1024)) if body is None else body)
        self.fields(stream, OK, end=True)
        self.open_streams.discard(stream)

    def frames(self):
        while True:
            while len(self.left) >= 9:
                frame, length = Frame.parse_frame_header(memoryview(self.left[:9]), strict=False)
                if len(self.left) < 9 + length:
                    break
                frame.parse_body(memoryview(self.left[9:9 + length]))
                self.left = self.left[9 + length:]
                yield frame
            try:
                piece = self.socket.recv(1 << 16)
            except OSError:
                return
            if not piece:
                return
            self.left += piece

    def events(self, settings=None):
        """("begin", stream) and ("end", stream) of requests; the rest is answered here."""
        preface = b""
        while len(preface) < len(PREFACE):
            piece = self.socket.recv(len(PREFACE) - len(preface))
            if not piece:
                return
            preface += piece
        assert preface == PREFACE, preface
        self.put(SettingsFrame(0, settings=settings or {}), WindowUpdateFrame(0, 1 << 30))
        for frame in self.frames():
            if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
                self.put(SettingsFrame(0, flags=["ACK"]))
            elif isinstance(frame, PingFrame):
                if "ACK" in frame.flags:
                    self.acknowledged += 1
                else:
                    self.put(PingFrame(0, frame.opaque_data, flags=["ACK"]))
            elif isinstance(frame, RstStreamFrame):
                self.resets[frame.stream_id] = frame.error_code
                self.open_streams.discard(frame.stream_id)
            elif isinstance(frame, HeadersFrame):
                self.server.requests.append(dict(self.decoder.decode(frame.data)))
                self.open_streams.add(frame.stream_id)
                self.put(WindowUpdateFrame(frame.stream_id, 1 << 24))
                yield "begin", frame.stream_id
            if isinstance(frame, (DataFrame, HeadersFrame)) and "END_STREAM" in frame.flags:
                yield "end", frame.stream_id


class Server:
    """Runs `behave(connection)` for each connection, on a thread; what it throws is told by `check`."""

    def __init__(self, behave):
        self.behave, self.connections, self.requests, self.problems, self.accepted = behave, [], [], [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            self.accepted.append(time.monotonic())
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.append(Connection(accepted, self))
            thread = threading.Thread(target=self.run, args=[self.connections[-1]], daemon=True)
            self.threads.append(thread)
            thread.start()

    def run(self, connection):
        try:
            self.behave(connection)
        except (BrokenPipeError, ConnectionResetError):
            pass
        except Exception as problem:
            self.problems.append(repr(problem))
        finally:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        for connection in self.connections:
            connection.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# MARK: gRPC's negative cases: how the server behaves, and what must be true afterwards


def goaway(connection):
    for event, stream in connection.events():
        if event == "end":
            connection.answer(stream)
            if connection is connection.server.connections[0]:
                connection.put(GoAwayFrame(0, last_stream_id=stream, error_code=0))


def check_goaway(server):
    assert len(server.requests) == 2, f"{len(server.requests)} requests came"
    assert len(server.connections) == 2, "the second call did not go to another connection"


def rst_after_header(connection):
    for event, stream in connection.events():
        if event == "end":
            connection.fields(stream, HEAD)
            connection.put(RstStreamFrame(stream, 0))


def rst_during_data(connection):
    for event, stream in connection.events():
        if event == "end":
            connection.fields(stream, HEAD)
            connection.data(stream, message(zeros(1024))[:500])
            connection.put(RstStreamFrame(stream, 0))


def rst_after_data(connection):
    for event, stream in connection.events():
        if event == "end":
            connection.fields(stream, HEAD)
            connection.data(stream, message(zeros(1024)))
            connection.put(RstStreamFrame(stream, 0))


def ping(connection):
    connection.sent = 0

    def send():
        connection.put(PingFrame(0, bytes(8)))
        connection.sent += 1

    for event, stream in connection.events():
        if event == "end":
            send()
            connection.fields(stream, HEAD)
            send()
            connection.data(stream, message(zeros(1024)))
            send()
            connection.fields(stream, OK, end=True)


def check_ping(server):
    for connection in server.connections:
        until = time.monotonic() + 5
        while connection.acknowledged < connection.sent and time.monotonic() < until:
            time.sleep(0.01)
        assert connection.acknowledged == connection.sent == 3, "a PING was not acknowledged"


def max_streams(connection):
    answered = 0
    for event, stream in connection.events():
        if event == "begin" and answered:
            assert len(connection.open_streams) == 1, f"{len(connection.open_streams)} streams are open at once"
        elif event == "end":
            if not answered:
                # Late: the connection has been up for a while, with any number of streams.
                connection.put(SettingsFrame(0, settings={SettingsFrame.MAX_CONCURRENT_STREAMS: 1}))
            answered += 1
            connection.answer(stream)


def check_max_streams(server):
    assert len(server.requests) == 11, f"{len(server.requests)} requests came"


def reconnect(connection):
    if len(connection.server.connections) < 5:
        return
    for event, stream in connection.events():
        if event == "end":
            connection.answer(stream)


def check_reconnect(server):
    gaps = [later - earlier for earlier, later in zip(server.accepted, server.accepted[1:])]
    assert len(gaps) == 4 and min(gaps) > 0.04, f"the client tries again after {gaps}"


def early_end(connection):
    for event, stream in connection.events():
        if event == "begin":
            connection.fields(stream, HEAD + OK, end=True)


def check_early_end(server):
    (connection,) = server.connections
    assert connection.resets == {1: 0}, f"what came of the stream: {connection.resets}"


CASES = {
    "goaway": (goaway, check_goaway), "rst_after_header": (rst_after_header, None),
    "rst_during_data": (rst_during_data, None), "rst_after_data": (rst_after_data, None), "ping": (ping, check_ping),
    "max_streams": (max_streams, check_max_streams), "reconnect": (reconnect, check_reconnect),
    "early_end": (early_end, check_early_end),
}
