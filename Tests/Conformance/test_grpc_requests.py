"""Our server against requests that no client of gRPC makes, and some that only few make: the rules of PROTOCOL-HTTP2.md and
its companions for what a server makes of a request."""

import gzip
import struct

import pytest

from harness import BINARIES, Running
from negative import message, varint
from wire import ContinuationFrame, DataFrame, Frames, HeadersFrame, RstStreamFrame, SettingsFrame

UNARY, DUPLEX = "/grpc.testing.TestService/UnaryCall", "/grpc.testing.TestService/FullDuplexCall"
ECHO, ECHO_BIN = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
ASKED_STATUS = b"\x3a\x06\x08\x09\x12\x02no"  # response_status: 9, "no"


@pytest.fixture(scope="module")
def port():
    running = Running([BINARIES / "InteropServer"])
    yield running.first_port()
    running.check_alive()
    running.close()


def head(path=UNARY, *more, method="POST", kind="application/grpc", te="trailers"):
    fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
    fields += [("content-type", kind)] * (kind is not None) + [("te", te)] * (te is not None)
    return fields + list(more)


class Call(Frames):
    """One call on a connection of its own; `finish` reads what comes of it."""

    def __init__(self, port, *fields, end=False, **options):
        super().__init__(port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: options.pop("window", 1 << 20)})
        self.first, self.last, self.body, self.reset = {}, {}, b"", None
        block = self.encoder.encode(head(*fields, **options), huffman=False)
        frames = [HeadersFrame(1, block[:16000], flags=["END_STREAM"] if end else [])]
        frames += [ContinuationFrame(1, block[start:start + 16000]) for start in range(16000, len(block), 16000)]
        frames[-1].flags.add("END_HEADERS")
        self.put(*frames)

    def data(self, body, end=True, size=16000):
        pieces = [body[start:start + size] for start in range(0, len(body), size)] or [b""]
        for index, piece in enumerate(pieces):
            self.put(DataFrame(1, piece, flags=["END_STREAM"] if end and index == len(pieces) - 1 else []))
        return self

    def finish(self, seconds=5, expecting_reset=False):
        """Until the status, and the reset that may follow."""
        for frame in self.frames(seconds):
            if isinstance(frame, HeadersFrame):
                block = dict(self.decoder.decode(frame.data))
                self.first, self.last = (self.first or block), block
            elif isinstance(frame, DataFrame):
                self.body += frame.data
            elif isinstance(frame, RstStreamFrame):
                self.reset = frame.error_code
            ended = isinstance(frame, (HeadersFrame, DataFrame)) and "END_STREAM" in frame.flags
            if self.reset is not None or ended and not expecting_reset:
                break
        return self

    @property
    def status(self):
        return int(self.last.get("grpc-status", -1))


def call(port, *fields, body=message(b""), **options):
    with Call(port, *fields, **options) as made:
        return made.data(body).finish()


# MARK: HTTP


@pytest.mark.parametrize("kind", ["application/json", "text/html", "application/grpcx", "application/grp", "", None])
def test_another_type_is_415(port, kind):
    with Call(port, kind=kind) as made:
        made.finish(expecting_reset=True)
        assert made.first[":status"] == "415" and "grpc-status" not in made.first and made.reset == 0


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"])
def test_types_that_are_ours(port, kind):
    assert call(port, kind=kind).status == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_405(port, method):
    with Call(port, method=method) as made:
        made.finish(expecting_reset=True)
        assert made.first[":status"] == "405" and made.first["allow"] == "POST" and made.reset == 0


@pytest.mark.parametrize("te", ["trailers", None])
def test_te_may_be_missing(port, te):
    assert call(port, te=te).status == 0


# MARK: Timeouts


@pytest.mark.parametrize("text", ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", "1 S", "1SS", "0x1S"])
def test_a_timeout_that_is_none(port, text):
    assert call(port, UNARY, ("grpc-timeout", text)).status == 13


@pytest.mark.parametrize("text", ["99999999H", "99999999S", "00000005S", "5000m", "60000000u", "99999999n"])
def test_timeouts(port, text):
    assert call(port, UNARY, ("grpc-timeout", text)).status == 0


@pytest.mark.parametrize("text", ["0S", "0n", "00000000H"])
def test_no_time_at_all(port, text):
    assert call(port, UNARY, ("grpc-timeout", text)).status == 4


def test_the_deadline_ends_a_stream_that_the_client_has_not_ended(port):
    with Call(port, DUPLEX, ("grpc-timeout", "100m")) as made:
        made.finish(expecting_reset=True)
        assert made.status == 4 and made.reset == 0


def test_the_deadline_cancels_an_answer_that_waits_for_its_window(port):
    with Call(port, UNARY, ("grpc-timeout", "200m"), window=1000) as made:
        made.data(message(b"\x10" + varint(300_000))).finish(expecting_reset=True)
        assert made.status == -1 and made.reset == 8 and len(made.body) == 1000


# MARK: Metadata


@pytest.mark.parametrize("value, wanted", {
    "q6ur": "q6ur", "AA==": "AA", "AA": "AA", "": "", "q6ur,AA==": None, "AA==, AQ": None,
}.items())
def test_bytes_in_metadata(port, value, wanted):
    made = call(port, UNARY, (ECHO_BIN, value))
    assert made.status == 0
    if wanted is not None:
        assert made.last[ECHO_BIN] == wanted


@pytest.mark.parametrize("value", ["?", "AAA=A", "A", "AA=", "====", "\xff"])
def test_bytes_that_are_no_base64(port, value):
    assert call(port, UNARY, (ECHO_BIN, value.encode("latin-1"))).status == 13


@pytest.mark.parametrize("value", ["caf\xe9", "\x80", "a\tb"])
def test_text_that_is_none_is_passed_over(port, value):
    made = call(port, UNARY, (ECHO, value.encode("latin-1")))
    assert made.status == 0 and ECHO not in made.first


def test_text_comes_back_without_the_spaces_around_it(port):
    assert call(port, UNARY, (ECHO, "a b")).first[ECHO] == "a b"


@pytest.mark.parametrize("name", ["x!y", "x~", "x*y", "x'"])
def test_names_that_http_allows_and_grpc_does_not_are_passed_over(port, name):
    assert call(port, UNARY, (name, "1")).status == 0


@pytest.mark.parametrize("field", [
    (":cow", "1"), ("X-Upper", "1"), ("connection", "close"), ("te", "gzip"), ("x y", "1"), ("", "1"),
])
def test_fields_that_are_none_reset_the_stream(port, field):
    with Call(port, UNARY, field) as made:
        made.finish(expecting_reset=True)
        assert made.status == -1 and made.reset == 1
        made.put(made.head(head(), 3, end=False), DataFrame(3, message(b""), flags=["END_STREAM"]))
        assert made.outcome(3) == ("answer", 200), "the connection goes on"


def test_reserved_names_are_passed_over(port):
    assert call(port, UNARY, ("grpc-something-new", "1"), ("grpc-message-type", "x"), ("grpc-trace-bin", "?")).status == 0


def test_a_header_list_over_the_limit_in_continuations(port):
    with Call(port, UNARY, ("x-large", "X" * (63 << 10))) as made:
        made.data(message(b"")).finish()
        assert made.status == 8
        made.put(made.head(head(), 3, end=False), DataFrame(3, message(b""), flags=["END_STREAM"]))
        assert made.outcome(3) == ("answer", 200), "the connection goes on"


# MARK: Messages


def test_messages_are_not_frames(port):
    body = message(b"\x10\x05")
    assert call(port, body=body).body == message(b"\x0a\x07\x12\x05" + bytes(5))
    with Call(port) as made:
        assert made.data(body, size=1).finish().status == 0
    with Call(port, DUPLEX) as made:
        ask = message(b"\x12\x02\x08\x01")
        made.put(DataFrame(1, ask[:3]), DataFrame(1, ask[3:] + ask + ask[:1]), DataFrame(1, b""))
        made.data(ask[1:]).finish()
        assert made.status == 0 and made.body == message(b"\x0a\x03\x12\x01\0") * 3


@pytest.mark.parametrize("body, status", {
    b"": 12, message(b"") * 2: 12, message(b"")[:3]: 13, message(b"\x10\x05")[:-1]: 13, message(b"") + b"\0": 13,
    message(b"", 2): 13, message(b"\xff"): 13, struct.pack(">BI", 0, (4 << 20) + 1): 8, struct.pack(">BI", 0, 0xFFFFFFFF): 8,
}.items(), ids=lambda value: str(value)[:20])
def test_messages_that_are_none(port, body, status):
    assert call(port, body=body).status == status


def test_nothing_but_a_head(port):
    with Call(port, end=True) as made:
        assert made.finish().status == 12


def test_a_request_may_end_with_trailers(port):
    with Call(port) as made:
        made.data(message(b""), end=False)
        made.put(made.head([("x-trailer", "1")], 1))
        assert made.finish().status == 0


@pytest.mark.parametrize("path", [
    "/grpc.testing.TestService/Nothing", "/nobody.Knows/It", "/", "/grpc.testing.TestService/", UNARY.lower(), UNARY + "/",
])
def test_unknown_methods(port, path):
    with Call(port, path) as made:
        made.finish(expecting_reset=True)
        assert made.status == 12 and made.first[":status"] == "200" and made.reset == 0


def test_a_status_before_the_clients_end_is_followed_by_a_reset(port):
    with Call(port, DUPLEX) as made:
        made.data(message(ASKED_STATUS), end=False).finish(expecting_reset=True)
        assert made.status == 9 and made.last["grpc-message"] == "no" and made.reset == 0
        made.put(made.head(head(), 3, end=False), DataFrame(3, message(b""), flags=["END_STREAM"]))
        assert made.outcome(3) == ("answer", 200), "the connection goes on"


def test_a_status_is_written_without_leading_zeros(port):
    for code in range(1, 17):
        made = call(port, body=message(b"\x3a\x02\x08" + bytes([code])))
        assert made.last["grpc-status"] == str(code) and made.last is made.first


@pytest.mark.parametrize("text, wanted", {"50": "50", "0": "0", "never": "-1"}.items())
def test_pushback(port, text, wanted):
    made = call(port, UNARY, ("x-lonja-pushback", text), body=message(ASKED_STATUS))
    assert made.status == 9 and made.last["grpc-retry-pushback-ms"] == wanted
    assert "grpc-retry-pushback-ms" not in call(port, UNARY, ("x-lonja-pushback", text)).last


# MARK: Compression

GZIP = ("grpc-encoding", "gzip")
TAKES = ("grpc-accept-encoding", "identity, deflate, gzip")
ASKED = b"\x10\x88\x27\x32\x02\x08\x01"  # response_size: 5000, response_compressed: true
EXPECTED = b"\x42\x02\x08\x01"  # expect_compressed: true


def test_compressed_requests(port):
    for body, status in [(message(gzip.compress(EXPECTED), 1), 0), (message(EXPECTED), 3), (message(b""), 0)]:
        assert call(port, UNARY, GZIP, body=body).status == status
    assert call(port, UNARY, ("grpc-encoding", "identity"), body=message(EXPECTED)).status == 3


@pytest.mark.parametrize("body, status", {
    message(gzip.compress(b"")[:-1], 1): 13, message(gzip.compress(b"") + b"x", 1): 13, message(gzip.compress(b"") * 2, 1): 13,
    message(b"", 1): 13, message(b"hello", 1): 13, message(gzip.compress(bytes(64 << 20)), 1): 8,
}.items(), ids=lambda value: str(value)[:24])
def test_what_cannot_be_inflated(port, body, status):
    made = call(port, UNARY, GZIP, body=body)
    assert made.status == status
    stream = call(port, "/grpc.testing.TestService/StreamingInputCall", GZIP, body=body)
    assert stream.status == status


def test_compressed_without_an_encoding(port):
    for fields in ([], [("grpc-encoding", "identity")]):
        assert call(port, UNARY, *fields, body=message(gzip.compress(b""), 1)).status == 13


@pytest.mark.parametrize("name", ["snappy", "deflate", "gzip2", ""])
def test_another_encoding(port, name):
    with Call(port, UNARY, ("grpc-encoding", name)) as made:
        made.finish(expecting_reset=True)
        assert made.status == 12 and made.last["grpc-accept-encoding"] == "identity,gzip" and made.reset == 0


def test_compressed_answers(port):
    made = call(port, UNARY, TAKES, body=message(ASKED))
    flag, length = struct.unpack(">BI", made.body[:5])
    assert flag == 1 and length == len(made.body) - 5 < 100 and made.first["grpc-encoding"] == "gzip"
    assert gzip.decompress(made.body[5:]) == b"\x0a\x8b\x27\x12\x88\x27" + bytes(5000)


def test_who_takes_no_gzip_gets_none(port):
    for fields in ([], [("grpc-accept-encoding", "identity, deflate")]):
        made = call(port, UNARY, *fields, body=message(ASKED))
        assert made.body[0] == 0 and len(made.body) > 5000 and "grpc-encoding" not in made.first


def test_answers_are_compressed_unasked_where_the_request_was_and_it_is_worth_while(port):
    for body, flag in [(b"\x10\x88\x27", 1), (b"\x10\x64", 0)]:
        made = call(port, UNARY, TAKES, GZIP, body=message(gzip.compress(body), 1))
        assert made.status == 0 and made.body[0] == flag
    assert call(port, UNARY, TAKES, body=message(b"\x10\x88\x27")).body[0] == 0
