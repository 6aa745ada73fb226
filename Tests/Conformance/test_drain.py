"""From SIGTERM to the end, in one order: not ready, but serving as before; after the delay no new connections, GOAWAY twice with
a PING between; calls in flight to their end, or UNAVAILABLE at the deadline; exit 0. All within the grace period."""

import signal
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness import Lonja, channel, fetch, health, wait_until
from wire import Frames, GoAwayFrame, HeadersFrame, PingFrame, SettingsFrame, Wire, request

DELAY, DEADLINE, GRACE = 2, 3, 8
HEALTH = [("content-type", "application/grpc"), ("te", "trailers")]


@pytest.fixture
def draining():
    running = Lonja("market", {
        "LONJA_HOST_DRAIN_DELAY": f"{DELAY}s", "LONJA_HOST_DRAIN_DEADLINE": f"{DEADLINE}s", "LONJA_HOST_GRACE_PERIOD": f"{GRACE}s",
    })
    yield running
    running.close()


def is_refused(port):
    try:
        Wire(port).close()
        return False
    except ConnectionRefusedError:
        return True


def test_every_step_in_its_time(draining):
    with Frames(draining.rpc) as client, channel(draining.rpc) as connection:
        # One call whose client never ends it, beside the watch of health, which the server ends.
        client.put(SettingsFrame(0, flags=["ACK"]))
        client.put(client.head(request("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "POST") + HEALTH, 1, end=False))
        states = health_pb2_grpc.HealthStub(connection).Watch(health_pb2.HealthCheckRequest(), timeout=20)
        assert next(states).status == health_pb2.HealthCheckResponse.SERVING

        begun = time.monotonic()
        draining.terminate()
        assert next(states).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert fetch(draining.admin, "/readyz").status == 503
        assert time.monotonic() - begun < DELAY / 2, "it hears late"
        # Whoever has not noticed is served as before, on new connections too.
        assert health(draining.rpc) == health_pb2.HealthCheckResponse.NOT_SERVING

        seen = []
        for frame in client.frames(GRACE):
            at = time.monotonic() - begun
            if isinstance(frame, GoAwayFrame):
                seen.append((f"goaway {frame.last_stream_id}", at))
                if frame.last_stream_id < 1 << 30:
                    # Another loop closes the listening socket.
                    wait_until(lambda: is_refused(draining.rpc), "no more connections are taken")
                    client.put(PingFrame(0, b"question"))
            elif isinstance(frame, PingFrame) and "ACK" in frame.flags:
                seen.append(("answer", at))
            elif isinstance(frame, PingFrame):
                seen.append(("ping", at))
                client.put(PingFrame(0, frame.opaque_data, flags=["ACK"]))
            elif isinstance(frame, HeadersFrame) and "END_STREAM" in frame.flags:
                seen.append((dict(client.decoder.decode(frame.data))["grpc-status"], at))
        assert client.isClosed
        assert [name for name, _ in seen] == [f"goaway {2**31 - 1}", "ping", "goaway 1", "answer", "14"], seen
        times = dict(seen)
        assert DELAY - 0.1 < times["ping"] < DELAY + 1, seen
        assert times["answer"] < DELAY + 2, seen
        assert DELAY + DEADLINE - 0.1 < times["14"] < DELAY + DEADLINE + 1, seen
        with pytest.raises((StopIteration, grpc.RpcError)):
            next(states)
    assert draining.wait() == 0
    assert time.monotonic() - begun < GRACE


def test_nobody_to_wait_for(draining):
    """The delay is all that it takes."""
    begun = time.monotonic()
    draining.process.send_signal(signal.SIGTERM)
    assert draining.wait() == 0
    assert DELAY - 0.1 < time.monotonic() - begun < DELAY + DEADLINE - 0.5
