"""The page of servers, channels and connections, and the metrics beside it."""

import contextlib
import re
import socket

from harness import channel, fetch, wait_until
from grpc_health.v1 import health_pb2, health_pb2_grpc


def value(port, line):
    """The value of a metric with these labels; 0 where there is none."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", fetch(port, "/metrics").body.decode(), re.M)
    return float(found[1]) if found else 0


def test_a_call_shows_on_both_sides(split):
    def page(process):
        return fetch(process.admin, "/channelz").json

    def way():
        return next(each for each in page(split.gateway)["channels"] if each["service"] == "market")

    labels = '{service="lonja.market.v1.Market",method="GetQuote",code="OK"'
    names = [("mesh_client_calls_total", "}"), ("mesh_client_attempts_total", "}"), ("mesh_server_calls_total", ',from="remote"}')]

    def counts():
        processes = [split.gateway, split.gateway, split.market]
        return [value(each.admin, f"{name}{labels}{end}") for each, (name, end) in zip(processes, names)]

    assert fetch(split.http, "/api/v1/quotes/AAPL").status == 200
    before, metrics = way(), counts()
    started = sum(each["calls"]["started"] for each in before["connections"])
    for _ in range(5):
        assert fetch(split.http, "/api/v1/quotes/AAPL").status == 200
    after = way()
    assert after["target"] == f"127.0.0.1:{split.market.rpc}" and after["connectionCount"] == len(after["connections"]) > 0
    assert sum(each["calls"]["started"] for each in after["connections"]) == started + 5
    assert counts() == [each + 5 for each in metrics]
    for each in after["connections"]:
        assert each["peer"] == after["target"] and not each["goingAway"]
        assert each["bytesSent"] > 0 and each["bytesReceived"] > 0 and each["ageMs"] >= each["silentMs"] >= 0
        assert each["streamsOpened"] == each["calls"]["started"] >= each["streams"]

    # Each loop that has made calls knows the one endpoint.
    assert after["endpoints"] and after["calls"] == before["calls"] + 5 and after["repeats"] == before["repeats"]
    for each in after["endpoints"]:
        assert each["address"] == after["target"] and each["state"] == "ready" and each["connections"] >= 1
        assert each["inFlight"] == 0 and 0 < each["meanUs"] < 10_000_000 and each["ejectedForMs"] is None

    server = next(each for each in page(split.market)["servers"] if each["kind"] == "grpc")
    assert server["address"] == f"127.0.0.1:{split.market.rpc}" and server["connectionCount"] == len(server["connections"])
    calls = server["calls"]
    assert calls["started"] >= calls["succeeded"] + calls["failed"] and calls["succeeded"] > 0
    text = fetch(split.gateway.admin, "/channelz.txt").body.decode()
    assert f"channel market 127.0.0.1:{split.market.rpc}: " in text and "server http " in text and "server admin " in text
    assert f"  endpoint 127.0.0.1:{split.market.rpc} on loop " in text


def test_connections_that_come_and_go(split):
    def server():
        return next(each for each in fetch(split.market.admin, "/channelz").json["servers"] if each["kind"] == "grpc")

    before = server()
    with channel(split.market.rpc) as connection:
        stub = health_pb2_grpc.HealthStub(connection)
        stub.Check(health_pb2.HealthCheckRequest(), timeout=5)
        try:
            stub.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=5)
            raise AssertionError("nobody is served")
        except Exception as error:
            assert "NOT_FOUND" in str(error)
        during = server()
        assert during["connectionCount"] == before["connectionCount"] + 1
        youngest = min(during["connections"], key=lambda each: each["ageMs"])
        assert {key: youngest["calls"][key] for key in ("started", "succeeded", "failed")} == {
            "started": 2, "succeeded": 1, "failed": 1,
        }
    wait_until(lambda: server()["connectionCount"] == before["connectionCount"], "the connection is gone")
    # Its calls stay in the sum.
    assert server()["calls"]["failed"] >= before["calls"]["failed"] + 1


def test_a_hundred_connections_are_shown_and_the_others_counted(split):
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    with contextlib.ExitStack() as stack:
        for _ in range(120):
            stack.enter_context(socket.create_connection(("127.0.0.1", split.market.rpc))).sendall(preface)

        def server():
            found = next(each for each in fetch(split.market.admin, "/channelz").json["servers"] if each["kind"] == "grpc")
            return found["connectionCount"] >= 120 and found

        found = wait_until(server, "all connections are counted")
        assert len(found["connections"]) == 100
        ages = [each["ageMs"] for each in found["connections"]]
        assert ages == sorted(ages, reverse=True)
        text = fetch(split.market.admin, "/channelz.txt").body.decode()
        assert re.search(r"^  and [0-9]+ more$", text, re.M), text


def test_methods_and_services_that_nobody_has_make_one_series(split):
    before = value(split.market.admin, 'mesh_server_calls_total{service="other",method="other",code="UNIMPLEMENTED",from="remote"}')
    with channel(split.market.rpc) as connection:
        for number in range(20):
            call = connection.unary_unary(f"/invented.Service{number}/Method{number}")
            try:
                call(b"", timeout=5)
                raise AssertionError("nobody serves it")
            except Exception as error:
                assert "UNIMPLEMENTED" in str(error)
    line = 'mesh_server_calls_total{service="other",method="other",code="UNIMPLEMENTED",from="remote"}'
    assert value(split.market.admin, line) == before + 20
    assert "nvented" not in fetch(split.market.admin, "/metrics").body.decode()


def test_the_page_is_for_looking_only(split):
    assert fetch(split.gateway.admin, "/channelz", method="POST", body=b"").status == 405
