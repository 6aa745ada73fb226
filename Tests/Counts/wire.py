"""The other end of what is counted: HTTP/2 frames made by hand, the same bytes for every call."""

import socket
import struct
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
TEXT = b"thirty-two bytes of plain text.."
MESSAGE = b"\x0a" + bytes([len(TEXT)]) + TEXT
FRAMED = b"\x00" + struct.pack(">I", len(MESSAGE)) + MESSAGE
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def fields(*pairs):
    """Literals without indexing (RFC 7541, 6.2.2)."""
    return b"".join(b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in pairs)


REQUEST = fields((b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/lonja.test.v1.Echo/Unary"),
                 (b":authority", b"localhost"), (b"content-type", b"application/grpc"), (b"te", b"trailers"),
                 (b"grpc-timeout", b"10S"))
ANSWER = fields((b":status", b"200"), (b"content-type", b"application/grpc"))
TRAILERS = fields((b"grpc-status", b"0"))
WINDOWS = frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 30)) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30))


class Frames:
    """Reads frames of a socket; answers SETTINGS and PING."""

    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.received = b""

    def next(self):
        while True:
            if len(self.received) >= 9:
                length = int.from_bytes(self.received[:3], "big")
                if len(self.received) >= 9 + length:
                    kind, flags = self.received[3], self.received[4]
                    stream = int.from_bytes(self.received[5:9], "big")
                    payload, self.received = self.received[9:9 + length], self.received[9 + length:]
                    if kind in (SETTINGS, PING) and not flags & ACK:
                        self.connection.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
                        continue
                    return kind, flags, stream, payload
            chunk = self.connection.recv(65536)
            if not chunk:
                return None
            self.received += chunk


def call_server(port, calls):
    """Unary calls, each after the answer to the one before."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        frames = Frames(connection)
        connection.sendall(PREFACE + WINDOWS)
        for call in range(calls):
            stream = 1 + 2 * call
            connection.sendall(frame(HEADERS, END_HEADERS, stream, REQUEST) + frame(DATA, END_STREAM, stream, FRAMED))
            content = b""
            while True:
                found = frames.next()
                assert found, "the server has closed the connection"
                kind, flags, _, payload = found
                content += payload if kind == DATA else b""
                if kind in (DATA, HEADERS) and flags & END_STREAM:
                    break
            assert TEXT in content, content


def get_server(port, calls):
    """GET over HTTP/1.1, each after the answer to the one before."""
    request = (b"GET /quotes/AAPL HTTP/1.1\r\nhost: localhost\r\nuser-agent: counts/1\r\naccept: application/json\r\n"
               b"accept-encoding: identity\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(calls):
            connection.sendall(request)
            received = b""
            while b"\r\n\r\n" not in received or not received.endswith(b"}"):
                chunk = connection.recv(65536)
                assert chunk, received
                received += chunk
            assert received.startswith(b"HTTP/1.1 200"), received


class Responder:
    """A gRPC server that answers every call with the echo of one text."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            frames = Frames(connection)
            while len(frames.received) < len(PREFACE):
                frames.received += connection.recv(65536)
            frames.received = frames.received[len(PREFACE):]
            connection.sendall(WINDOWS)
            try:
                while found := frames.next():
                    kind, flags, stream, _ = found
                    if kind in (DATA, HEADERS) and flags & END_STREAM:
                        connection.sendall(frame(HEADERS, END_HEADERS, stream, ANSWER) + frame(DATA, 0, stream, FRAMED)
                                           + frame(HEADERS, END_HEADERS | END_STREAM, stream, TRAILERS))
            except OSError:
                pass

    def close(self):
        self.listener.close()
