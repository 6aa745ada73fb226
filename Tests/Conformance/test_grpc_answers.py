"""Our client against servers that break off or answer what no server should (negative.py): gRPC's negative HTTP/2 cases, and
the rules of PROTOCOL-HTTP2.md and its companions for what a client makes of an answer."""

import atexit
import functools
import gzip
import subprocess

import pytest

import negative
from harness import BINARIES, wait_until
from negative import HEAD, OK, Server, message, zeros

CLIENT = BINARIES / "InteropClient"
GOOD = message(zeros(1024))
ZIPPED = gzip.compress(zeros(1024))


def run(server, case):
    done = subprocess.run([CLIENT, f"127.0.0.1:{server.port}", case], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("case", negative.CASES)
def test_negative_case(case):
    behave, check = negative.CASES[case]
    with Server(behave) as server:
        assert run(server, case) == [f"ok {case}"]
        if check:
            check(server)
        assert not server.problems


@functools.cache
def asker():
    """One client for all tests that only want to know what an answer becomes."""
    client = subprocess.Popen([CLIENT, "--ask"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(client.kill)
    return client


def answered(answer, then=None):
    """What our client makes of an answer: its lines, but the last, and the server, which `then` may wait for."""

    def behave(connection):
        for event, stream in connection.events():
            if event == "end":
                answer(connection, stream)

    with Server(behave) as server:
        asker().stdin.write(f"127.0.0.1:{server.port}\n")
        asker().stdin.flush()
        lines = [line.rstrip("\n") for line in iter(asker().stdout.readline, "ok any_status\n")]
        if then:
            wait_until(lambda: then(server), "what the client does afterwards")
        assert not server.problems
    return lines, server


def status(answer):
    lines, _ = answered(answer)
    _, code, text = f"{lines[0]} ".split(" ", 2)
    return int(code), text.strip()


def fields(*more, head=HEAD, end=True):
    return lambda connection, stream: connection.fields(stream, [*head, *more], end)


def whole(body, trailers=OK, head=HEAD, size=16000):
    def answer(connection, stream):
        connection.fields(stream, head)
        connection.data(stream, body, size=size)
        connection.fields(stream, trailers, end=True)

    return answer


def without_trailers(connection, stream):
    connection.fields(stream, HEAD)
    connection.data(stream, GOOD, end=True)


def after_others(connection, stream):
    connection.fields(stream, [(":status", "100")])
    connection.fields(stream, [(":status", "103"), ("link", "</x>")])
    connection.answer(stream)


def padded(connection, stream):
    connection.fields(stream, HEAD)
    for piece in (b"", GOOD[:3], b"", GOOD[3:900], GOOD[900:], b""):
        connection.data(stream, piece)
    connection.fields(stream, OK, end=True)


GZIP = [*HEAD, ("grpc-encoding", "gzip")]
ANSWERS = {
    # What is good, in all its forms.
    "a byte a frame": (whole(GOOD, size=1), 0), "empty frames in between": (padded, 0), "after 100 and 103": (after_others, 0),
    "a subtype": (whole(GOOD, head=[(":status", "200"), ("content-type", "application/grpc+proto")]), 0),
    "an encoding that is none": (whole(GOOD, head=[*HEAD, ("grpc-encoding", "identity")]), 0),
    "compressed": (whole(message(ZIPPED, 1), head=GZIP), 0), "plain under gzip": (whole(GOOD, head=GZIP), 0),
    # Statuses.
    "a status alone": (fields(("grpc-status", "5"), ("grpc-message", "none")), 5),
    "a status of two digits": (fields(("grpc-status", "16")), 16), "a status that is none": (fields(("grpc-status", "17")), 2),
    "a status that is no number": (fields(("grpc-status", "+5")), 2), "an empty status": (fields(("grpc-status", "")), 2),
    "no status": (without_trailers, 2), "trailers without a status": (whole(GOOD, [("x", "y")]), 2),
    "a status whatever HTTP says": (fields(("grpc-status", "7"), head=[(":status", "503"), HEAD[1]]), 7),
    "no type": (fields(head=[(":status", "200")]), 2),
    # Messages.
    "no message": (whole(b""), 12), "two messages": (whole(GOOD * 2), 12), "half a message": (whole(GOOD[:-1]), 13),
    "half a prefix": (whole(GOOD + b"\0\0"), 13), "a message over the limit": (whole(b"\0\0\x40\0\1"), 8),
    "no protobuf": (whole(message(b"\xff\xff")), 13), "a flag that is none": (whole(message(b"", 2)), 13),
    # Compression.
    "compressed without an encoding": (whole(message(ZIPPED, 1)), 13),
    "another encoding": (whole(message(b"", 1), head=[*HEAD, ("grpc-encoding", "snappy")]), 13),
    "damaged": (whole(message(ZIPPED[:-5] + b"12345", 1), head=GZIP), 13),
    "cut": (whole(message(ZIPPED[:-1], 1), head=GZIP), 13),
    "something behind it": (whole(message(ZIPPED + b"x", 1), head=GZIP), 13),
    "compressed to nothing": (whole(message(b"", 1), head=GZIP), 13),
    "over the limit once inflated": (whole(message(gzip.compress(bytes(64 << 20)), 1), head=GZIP), 8),
    # Fields.
    "a header list over the limit": (fields(("x", "y" * (63 << 10)), end=False), 8),
    "trailers over the limit": (whole(GOOD, [*OK, ("x", "y" * (63 << 10))]), 8),
}
ANSWERS |= {
    f"HTTP {http}": (fields(head=[(":status", str(http)), ("content-type", "text/html")]), code)
    for http, code in {400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 500: 2, 502: 14, 503: 14, 504: 14, 200: 2, 302: 2}.items()
}


@pytest.mark.parametrize("name", ANSWERS)
def test_status_of_an_answer(name):
    answer, code = ANSWERS[name]
    found = status(answer)
    assert found[0] == code, found


@pytest.mark.parametrize("reset, code", {0: 13, 1: 13, 2: 13, 3: 13, 7: 14, 8: 1, 9: 13, 11: 8, 12: 7, 13: 13}.items())
def test_status_of_a_reset(reset, code):
    found = status(lambda connection, stream: connection.put(negative.RstStreamFrame(stream, reset)))
    assert found[0] == code, found


@pytest.mark.parametrize("wire, text", {
    "plain": "plain", "100%25": "100%", "100%": "100%", "a%zz%41": "a%zzA", "%c3%B1": "ñ", "a%ff": "a\ufffd", "a%0Ab": "a",
}.items())
def test_a_message_is_never_lost(wire, text):
    assert status(fields(("grpc-status", "3"), ("grpc-message", wire))) == (3, text)


def test_a_refused_call_is_made_again_by_itself():
    calls = []

    def answer(connection, stream):
        calls.append(stream)
        connection.put(negative.RstStreamFrame(stream, 7)) if len(calls) == 1 else connection.answer(stream)

    assert status(answer) == (0, "1024") and len(calls) == 2


def test_a_call_that_goaway_leaves_out_is_made_again_elsewhere():
    def answer(connection, stream):
        if connection is connection.server.connections[0]:
            connection.put(negative.GoAwayFrame(0, last_stream_id=0, error_code=0))
        else:
            connection.answer(stream)

    lines, server = answered(answer)
    assert lines == ["status 0 1024"] and len(server.connections) == 2


def test_a_call_that_goaway_includes_goes_on():
    def answer(connection, stream):
        connection.put(negative.GoAwayFrame(0, last_stream_id=stream, error_code=0))
        connection.answer(stream)

    lines, server = answered(answer)
    assert lines == ["status 0 1024"] and len(server.requests) == 1


@pytest.mark.parametrize("begun", [False, True])
def test_a_connection_that_is_lost(begun):
    """Nobody knows whether the server has done it, so it is not done again."""

    def answer(connection, stream):
        if begun:
            connection.fields(stream, HEAD)
        connection.socket.shutdown(2)

    lines, server = answered(answer)
    assert lines[0].startswith("status 14 ") and len(server.requests) == 1


def test_the_deadline_resets_the_stream():
    lines, _ = answered(lambda connection, stream: None, lambda server: server.connections[0].resets == {1: 8})
    assert lines[0].startswith("status 4 "), lines


def test_metadata():
    first = [
        ("x-a", "1"), ("x-a", "2"), ("k-bin", "q6ur"), ("k-bin", "AA==,AQ"), ("bad-bin", "?"), ("grpc-new", "x"),
        ("x_y.z", "s"),
    ]
    lines, _ = answered(whole(GOOD, [*OK, ("t-bin", "/w")], [*HEAD, *first]))
    assert lines[1:] == [
        'initial x-a text("1")', 'initial x-a text("2")', "initial k-bin bytes([171, 171, 171])", "initial k-bin bytes([0])",
        "initial k-bin bytes([1])", 'initial x_y.z text("s")', "trailing t-bin bytes([255])",
    ]


@pytest.mark.parametrize("text, wanted", {
    "50": "after(0.05 seconds)", "0": "after(0.0 seconds)", "-1": "never", "x": "never", "99999999999": "never",
}.items())
def test_pushback(text, wanted):
    lines, _ = answered(fields(("grpc-status", "14"), ("grpc-retry-pushback-ms", text)))
    assert lines[-1] == f"pushback {wanted}"


def test_what_our_client_sends():
    _, server = answered(whole(GOOD))
    (request,) = server.requests
    assert {name: request[name] for name in (":method", ":scheme", ":path", "te", "content-type")} == {
        ":method": "POST", ":scheme": "http", ":path": "/grpc.testing.TestService/UnaryCall", "te": "trailers",
        "content-type": "application/grpc",
    }
    assert request["grpc-accept-encoding"] == "identity,gzip" and "grpc-encoding" not in request
    assert request["grpc-timeout"][-1] in "num" and len(request["grpc-timeout"]) <= 9
