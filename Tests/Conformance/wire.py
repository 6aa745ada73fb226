"""Bytes and frames as no honest client sends them: raw HTTP/1.1, and HTTP/2 by hyperframe and hpack, which check nothing."""

import socket
import struct
import time

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, PriorityFrame, RstStreamFrame, SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
PATIENCE = 10

# RFC 9113, 7.
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT = 0, 1, 2, 3, 4
STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 5, 6, 7, 8, 9, 11


class Wire:
    """A connection. Reading ends with what the peer has sent once it closes, or nothing comes for a while."""

    def __init__(self, port, source=None, receive_buffer=None, tls=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        self.isClosed = False

    def send(self, data):
        """What the peer no longer takes is lost."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            return False

    def read(self, seconds=PATIENCE):
        """A piece; empty at the end, None when nothing came in time."""
        self.socket.settimeout(seconds)
        try:
            piece = self.socket.recv(1 << 16)
        except (socket.timeout, BlockingIOError):
            return None
        except OSError:
            piece = b""
        self.isClosed = not piece
        return piece

    def read_all(self, seconds=PATIENCE):
        """Everything until the peer closes, or until nothing came for so long."""
        data = b""
        while piece := self.read(seconds):
            data += piece
        return data

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def answers(data):
    """The answers in bytes of HTTP/1.1: (status, fields, content) each. Only lengths, as no test here gets chunks."""
    found = []
    while data:
        head, mark, data = data.partition(b"\r\n\r\n")
        assert mark and head.startswith(b"HTTP/1.1 "), head[:200]
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split(" ")[1])
        length = int(fields.get("content-length", 0)) if status >= 200 and status not in (204, 304) else 0
        assert len(data) >= length, (head, data)
        found.append((status, fields, data[:length]))
        data = data[length:]
    return found


class Frames(Wire):
    """An HTTP/2 client that does as it is told. The preface and SETTINGS go out first."""

    def __init__(self, port, settings=None, **options):
        super().__init__(port, **options)
        self.encoder, self.decoder = Encoder(), Decoder()
        self.left = b""
        self.ending = self.words = None
        self.send(PREFACE)
        self.put(SettingsFrame(0, settings=settings or {}))

    def put(self, *frames):
        return self.send(b"".join(frame.serialize() for frame in frames))

    def head(self, fields, stream=1, end=True, flags=("END_HEADERS",)):
        """A HEADERS frame of these fields, in this order and spelling."""
        frame = HeadersFrame(stream, data=self.encoder.encode(fields))
        for flag in (*flags, "END_STREAM") if end else flags:
            frame.flags.add(flag)
        return frame

    def frames(self, seconds=PATIENCE):
        """The frames of the peer, as they come; ends with the connection, or when nothing came for so long."""
        while True:
            while len(self.left) >= 9:
                try:
                    frame, length = Frame.parse_frame_header(memoryview(self.left[:9]), strict=False)
                except Exception as error:
                    raise AssertionError(f"no frame: {self.left[:9]!r}") from error
                if len(self.left) < 9 + length:
                    break
                frame.parse_body(memoryview(self.left[9:9 + length]))
                self.left = self.left[9 + length:]
                if isinstance(frame, GoAwayFrame):
                    self.ending, self.words = frame.error_code, frame.additional_data
                yield frame
            piece = self.read(seconds)
            if not piece:
                return
            self.left += piece

    def outcome(self, stream=1, seconds=PATIENCE):
        """What became of a stream: ("answer", status), ("reset", code), ("goaway", code), ("closed", None) or
        ("nothing", None). SETTINGS and PING are answered meanwhile."""
        for frame in self.frames(seconds):
            if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
                self.put(SettingsFrame(0, flags=["ACK"]))
            elif isinstance(frame, PingFrame) and "ACK" not in frame.flags:
                self.put(PingFrame(0, frame.opaque_data, flags=["ACK"]))
            elif isinstance(frame, HeadersFrame):
                fields = dict(self.decoder.decode(frame.data))
                if frame.stream_id == stream:
                    return "answer", int(fields[":status"])
            elif isinstance(frame, RstStreamFrame) and frame.stream_id == stream:
                return "reset", frame.error_code
            elif isinstance(frame, GoAwayFrame) and frame.error_code:
                return "goaway", frame.error_code
        return ("closed", None) if self.isClosed else ("nothing", None)

    def is_ended(self, seconds=PATIENCE):
        """Whether the peer closes, in so many seconds, whatever it sends before; `ending` has its GOAWAY's code."""
        until = time.monotonic() + seconds
        for _ in self.frames(seconds):
            if time.monotonic() > until:
                return False
        return self.isClosed


def raw_frame(kind, flags=0, stream=0, body=b"", length=None):
    """A frame of nine bytes and a body, whatever they say."""
    length = len(body) if length is None else length
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def window(stream, increment):
    return raw_frame(8, 0, stream, increment.to_bytes(4, "big"))


def message(text=b"", **numbers):
    """A gRPC message with a lonja.test.v1.EchoRequest (`count` or `delay_ms` besides its text) as it goes over the wire."""
    body = b"\x0a" + varint(len(text)) + text
    for field, name in (2, "count"), (3, "delay_ms"):
        if name in numbers:
            body += bytes([field << 3]) + varint(numbers[name])
    return b"\0" + struct.pack(">I", len(body)) + body


def varint(number):
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def request(path="/api/v1/quotes/AAPL", method="GET", authority="localhost", scheme="http"):
    """The pseudo-fields of a request."""
    return [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)]


__all__ = [
    "CANCEL", "COMPRESSION_ERROR", "ContinuationFrame", "DataFrame", "ENHANCE_YOUR_CALM", "FLOW_CONTROL_ERROR", "FRAME_SIZE_ERROR",
    "Frames", "GoAwayFrame", "HeadersFrame", "INTERNAL_ERROR", "NO_ERROR", "PREFACE", "PROTOCOL_ERROR", "PingFrame", "PriorityFrame",
    "REFUSED_STREAM", "RstStreamFrame", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "SettingsFrame", "WindowUpdateFrame", "Wire",
    "answers", "message", "raw_frame", "request", "window",
]
