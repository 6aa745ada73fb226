"""grpcio's client against our server: what a peer that nobody here wrote sees."""

import threading
import time

import grpc
import pytest
from google.protobuf import wrappers_pb2
from grpc_status import rpc_status

import echo as echoes
from harness import BINARIES, Running, channel


@pytest.fixture(params=["ours", "grpcio"])
def port(request, stubs):
    """Our server, and grpcio's own, which proves that the tests ask for nothing but gRPC."""
    if request.param == "ours":
        yield request.getfixturevalue("echo_server").rpc
    else:
        server, number = echoes.serve(stubs)
        yield number
        server.stop(None)


@pytest.fixture
def echo(port, stubs):
    with channel(port) as connection:
        yield echoes.Echo(stubs, connection)


def refused(call):
    with pytest.raises(grpc.RpcError) as error:
        call()
    return error.value


def test_unary(echo):
    assert echo.unary_unary(echo.request("hello"), timeout=5).text == "hello"


def test_unary_with_an_empty_message(echo):
    assert echo.unary_unary(echo.request(), timeout=5).text == ""


def test_unary_with_a_message_larger_than_any_window(echo):
    text = "x" * (3 << 20)
    assert echo.unary_unary(echo.request(text), timeout=20).text == text


def test_client_streaming(echo):
    letters = [echo.request(letter) for letter in "abcdef"]
    assert echo.stream_unary(iter(letters), timeout=5).text == "abcdef"


def test_client_streaming_beyond_the_windows(echo):
    text = "z" * 50_000
    assert len(echo.stream_unary((echo.request(text) for _ in range(60)), timeout=20).text) == 3_000_000


def test_client_streaming_of_nothing(echo):
    assert echo.stream_unary(iter([]), timeout=5).text == ""


def test_server_streaming(echo):
    assert [answer.text for answer in echo.unary_stream(echo.request("a", count=7), timeout=5)] == ["a"] * 7


def test_server_streaming_beyond_the_windows_arrives_whole(echo):
    """A reader that starts late: the server must wait for it, not lose or reorder anything."""
    answers = echo.unary_stream(echo.request("y" * 50_000, count=200), timeout=30)
    time.sleep(0.3)
    assert [len(answer.text) for answer in answers] == [50_000] * 200


def test_bidirectional_in_turns(echo):
    go_on, asked = threading.Semaphore(1), []

    def requests():
        for number in range(20):
            go_on.acquire()
            asked.append(number)
            yield echo.request(str(number))

    for number, answer in enumerate(echo.stream_stream(requests(), timeout=10)):
        assert answer.text == str(number) and asked == list(range(number + 1))
        go_on.release()


def test_hundreds_of_calls_at_once(echo):
    calls = [echo.unary_unary.future(echo.request(str(number)), timeout=20) for number in range(500)]
    assert [call.result().text for call in calls] == [str(number) for number in range(500)]


@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream", "stream_unary", "stream_stream"])
def test_metadata_text_and_binary_come_back(echo, kind):
    sent = [("x-echo-text", "plain"), ("x-echo-data-bin", bytes(range(256))), ("x-echo-trailer-bin", b"\x00\xff,")]
    argument = echo.request("a", count=1)
    if kind.startswith("stream"):
        argument = iter([argument])
    method = getattr(echo, kind)
    call = method(argument, timeout=5, metadata=sent) if kind.endswith("stream") else None
    if call is None:
        _, call = method.with_call(argument, timeout=5, metadata=sent)
    else:
        list(call)
    first, last = dict(call.initial_metadata()), dict(call.trailing_metadata())
    assert first["x-echo-text"] == "plain"
    assert first["x-echo-data-bin"] == bytes(range(256))
    assert last["x-echo-trailer-bin"] == b"\x00\xff,"


def test_deadline(echo):
    begin = time.monotonic()
    error = refused(lambda: echo.unary_unary(echo.request("late", delay_ms=5000), timeout=0.2))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - begin < 2


def test_cancellation_leaves_the_connection_usable(echo):
    answers = echo.unary_stream(echo.request("a", count=1_000_000, delay_ms=1), timeout=30)
    next(answers)
    answers.cancel()
    assert refused(lambda: list(answers)).code() == grpc.StatusCode.CANCELLED
    assert echo.unary_unary(echo.request("still here"), timeout=5).text == "still here"


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code.value[0]], ids=lambda code: code.name)
def test_every_status_with_message_and_details(echo, code):
    message = "refused: 100 % ñandú\n2nd line"
    error = refused(lambda: echo.unary_unary(echo.request(fail_code=code.value[0], fail_message=message), timeout=5))
    assert (error.code(), error.details()) == (code, message)
    status = rpc_status.from_call(error)
    detail = wrappers_pb2.StringValue()
    assert status.details[0].Unpack(detail) and detail.value == message


def test_status_after_some_answers(echo):
    requests = [echo.request("a"), echo.request("b"), echo.request(fail_code=9, fail_message="enough")]
    answers, got = echo.stream_stream(iter(requests), timeout=5), []
    error = refused(lambda: [got.append(answer.text) for answer in answers])
    assert (error.code(), error.details(), got) == (grpc.StatusCode.FAILED_PRECONDITION, "enough", ["a", "b"])


def test_message_over_the_limit(echo):
    error = refused(lambda: echo.unary_unary(echo.request("x" * (5 << 20)), timeout=20))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert echo.unary_unary(echo.request("after"), timeout=5).text == "after"


@pytest.mark.parametrize("path", ["/lonja.test.v1.Echo/Nothing", "/nobody.Knows/It"])
def test_unknown_method_and_service(port, path):
    with channel(port) as connection:
        error = refused(lambda: connection.unary_unary(path)(b"", timeout=5))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED


def test_sigterm_lets_the_call_in_flight_finish(stubs):
    server = Running([BINARIES / "EchoServer"])
    try:
        number = server.first_port()
        with channel(number) as connection:
            calls = echoes.Echo(stubs, connection)
            calls.unary_unary(calls.request("warm"), timeout=5)
            late = calls.unary_unary.future(calls.request("finished", delay_ms=1000), timeout=10)
            time.sleep(0.2)
            server.terminate()
            time.sleep(0.2)
            assert late.result().text == "finished"
        assert server.wait() == 0
    finally:
        server.close()


def test_a_dead_client_costs_nothing_lasting(echo_server, stubs):
    """A hundred connections that vanish in the middle of a stream; the server goes on."""
    for _ in range(100):
        connection = channel(echo_server.rpc)
        each = echoes.Echo(stubs, connection)
        next(each.unary_stream(each.request("a", count=1_000_000, delay_ms=1), timeout=30))
        connection.close()
    with channel(echo_server.rpc) as connection:
        each = echoes.Echo(stubs, connection)
        assert each.unary_unary(each.request("alive"), timeout=5).text == "alive"
