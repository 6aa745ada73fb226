"""Health v1 and reflection v1 and v1alpha, seen by grpcio's own clients."""

import threading

import grpc
import pytest
from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2 as reflection_alpha

from harness import BINARIES, Lonja, Running, channel, health, wait_until

SERVING = health_pb2.HealthCheckResponse.SERVING


def reflect(connection, version, requests):
    """Calls ServerReflectionInfo of this version. Both versions have the same messages on the wire."""
    call = connection.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_alpha.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_alpha.ServerReflectionResponse.FromString,
    )
    return list(call(iter(requests), timeout=10))


def market_service(connection):
    request = reflection_alpha.ServerReflectionRequest(list_services="")
    (answer,) = reflect(connection, "v1", [request])
    return next(s.name for s in answer.list_services_response.service if s.name.startswith("lonja.market."))


def test_check_of_the_server(market):
    assert health(market.rpc) == SERVING


def test_check_of_a_service(market):
    with channel(market.rpc) as connection:
        name = market_service(connection)
    assert health(market.rpc, name) == SERVING


def test_check_of_an_unknown_service_is_not_found(market):
    with pytest.raises(grpc.RpcError) as refusal:
        health(market.rpc, "nobody.Knows")
    assert refusal.value.code() == grpc.StatusCode.NOT_FOUND


def test_watch_of_an_unknown_service_says_so_and_stays_open(market):
    with channel(market.rpc) as connection:
        watch = health_pb2_grpc.HealthStub(connection).Watch(
            health_pb2.HealthCheckRequest(service="nobody.Knows"), timeout=5
        )
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        assert watch.code is not None and watch.is_active()
        watch.cancel()


def test_watch_sees_the_drain():
    server = Lonja("market")
    seen, first = [], threading.Event()

    def watch():
        with channel(server.rpc) as connection:
            try:
                for answer in health_pb2_grpc.HealthStub(connection).Watch(health_pb2.HealthCheckRequest(), timeout=30):
                    seen.append(answer.status)
                    first.set()
            except grpc.RpcError:
                pass

    thread = threading.Thread(target=watch)
    try:
        thread.start()
        assert first.wait(10), "Watch gave nothing"
        server.terminate()
        wait_until(lambda: health_pb2.HealthCheckResponse.NOT_SERVING in seen, f"NOT_SERVING after SIGTERM, saw {seen}")
        assert server.wait() == 0
    finally:
        server.close()
        thread.join(10)
    assert seen[0] == SERVING


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection(market, version):
    with channel(market.rpc) as connection:
        name = market_service(connection)
        answers = reflect(connection, version, [
            reflection_alpha.ServerReflectionRequest(list_services=""),
            reflection_alpha.ServerReflectionRequest(file_containing_symbol=name),
            reflection_alpha.ServerReflectionRequest(file_containing_symbol="nobody.Knows"),
        ])
    listed = {service.name for service in answers[0].list_services_response.service}
    assert {name, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} <= listed
    files = [descriptor_pb2.FileDescriptorProto.FromString(raw) for raw in answers[1].file_descriptor_response.file_descriptor_proto]
    services = {f"{file.package}.{service.name}" for file in files for service in file.service}
    assert name in services
    assert answers[2].error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


def test_reflection_gives_every_file_a_client_needs(market):
    """A client like grpcurl builds a pool from the answers alone: file by symbol, then each import by name."""
    with channel(market.rpc) as connection:
        name = market_service(connection)
        first = reflection_alpha.ServerReflectionRequest(file_containing_symbol=name)
        known, wanted = {}, []
        for request in [first]:
            (answer,) = reflect(connection, "v1", [request])
            for raw in answer.file_descriptor_response.file_descriptor_proto:
                file = descriptor_pb2.FileDescriptorProto.FromString(raw)
                known[file.name] = file
                wanted += file.dependency
        while missing := [each for each in wanted if each not in known]:
            (answer,) = reflect(connection, "v1", [reflection_alpha.ServerReflectionRequest(file_by_filename=missing[0])])
            raws = answer.file_descriptor_response.file_descriptor_proto
            assert raws, f"no file {missing[0]}: {answer}"
            for raw in raws:
                file = descriptor_pb2.FileDescriptorProto.FromString(raw)
                known[file.name] = file
                wanted += file.dependency


@pytest.mark.parametrize("plugin", ["auth", "profile", "notification", "wallet"])
def test_the_other_services_load_and_answer(everything, plugin):
    assert health(everything.rpc) == SERVING
    with channel(everything.rpc) as connection:
        (answer,) = reflect(connection, "v1", [reflection_alpha.ServerReflectionRequest(list_services="")])
        names = [s.name for s in answer.list_services_response.service if s.name.startswith(f"lonja.{plugin}.")]
        assert names, f"{plugin} lists {answer}"
        (answer,) = reflect(connection, "v1", [reflection_alpha.ServerReflectionRequest(file_containing_symbol=names[0])])
        files = [descriptor_pb2.FileDescriptorProto.FromString(r) for r in answer.file_descriptor_response.file_descriptor_proto]
        service = next(s for f in files for s in f.service if f"{f.package}.{s.name}" == names[0])
        method = next(m for m in service.method if not m.client_streaming and not m.server_streaming)
        with pytest.raises(grpc.RpcError) as refusal:
            connection.unary_unary(f"/{names[0]}/{method.name}")(b"", timeout=5)
        code = refusal.value.code()
        # An empty request is nobody's, but who serves the method says what is wrong with it.
        assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAUTHENTICATED), code


@pytest.mark.parametrize(
    "plugin, key",
    [("auth", "auth.valkey.address"), ("profile", "profile.postgres.host"), ("notification", "notification.postgres.host")],
)
def test_a_service_without_its_store_does_not_start(plugin, key):
    refused = Running([BINARIES / "lonja", "serve"], {"LONJA_PLUGIN": plugin})
    try:
        assert refused.wait(20) == 78, refused.output
        assert len(refused.output.splitlines()) == 1 and key in refused.output, refused.output
    finally:
        refused.close()
