"""The peer that grpcio is, of gRPC's interoperability cases: `server` prints its port; `client ADDRESS [CASE…]` prints
"ok NAME" or "FAILED NAME: why" for each; `list` their names."""

import sys
import tempfile
import threading
import time
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf.duration_pb2 import Duration
from grpc_tools import protoc

PROTOS = Path(__file__).resolve().parents[1] / "Interop/Protos"
INITIAL, TRAILING, LOAD = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin", "endpoint-load-metrics-bin"
SERVICE, NOBODY = "grpc.testing.TestService", "grpc.testing.UnimplementedService"
LOADS = "xds.service.orca.v3.OpenRcaService"
UP, DOWN = [27182, 8, 1828, 45904], [31415, 9, 2653, 58979]
OPTIONS = [
    ("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", 8 << 20),
]


def stubs(file):
    """The messages, made from one of our .proto files."""
    well_known = Path(protoc.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["protoc", f"-I{PROTOS}", f"-I{well_known}", f"--python_out={folder}", f"{file}.proto"]
        assert protoc.main(arguments) == 0, f"protoc refused {file}.proto"
        source = (Path(folder) / f"{file}_pb2.py").read_text()
    module = type(sys)(file.replace("/", "_"))
    exec(compile(source, f"{file}_pb2.py", "exec"), module.__dict__)
    return module


pb = stubs("grpc/testing/test")
orca = stubs("xds/service/orca/v3/orca")


def kind_of(method):
    return ("stream_" if method.client_streaming else "unary_") + ("stream" if method.server_streaming else "unary")


def zeros(size):
    return pb.Payload(body=bytes(size))


# MARK: The server


def load_report(asked):
    return orca.OrcaLoadReport(
        cpu_utilization=asked.cpu_utilization, mem_utilization=asked.memory_utilization,
        request_cost=asked.request_cost, utilization=asked.utilization,
    )


class Service:
    load = orca.OrcaLoadReport()

    def echo(self, context, *more):
        sent = context.invocation_metadata()
        context.send_initial_metadata([pair for pair in sent if pair[0] == INITIAL])
        context.set_trailing_metadata([pair for pair in sent if pair[0] == TRAILING] + list(more))

    def fail_if_asked(self, request, context):
        if request.response_status.code:
            context.abort(list(grpc.StatusCode)[request.response_status.code], request.response_status.message)

    def EmptyCall(self, request, context):
        self.echo(context)
        return pb.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        load = []
        if request.HasField("orca_per_query_report"):
            load = [(LOAD, load_report(request.orca_per_query_report).SerializeToString())]
        self.echo(context, *load)
        self.fail_if_asked(request, context)
        return pb.SimpleResponse(
            payload=zeros(request.response_size), server_id="grpcio" if request.fill_server_id else "",
        )

    def answers(self, request, context):
        self.fail_if_asked(request, context)
        for each in request.response_parameters:
            until = time.monotonic() + each.interval_us / 1e6
            while time.monotonic() < until and context.is_active():
                time.sleep(0.005)
            if each.HasField("compressed") and not each.compressed.value:
                context.disable_next_message_compression()
            yield pb.StreamingOutputCallResponse(payload=zeros(each.size))

    def StreamingOutputCall(self, request, context):
        if any(each.compressed.value for each in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        self.echo(context)
        yield from self.answers(request, context)

    def StreamingInputCall(self, requests, context):
        return pb.StreamingInputCallResponse(aggregated_payload_size=sum(len(each.payload.body) for each in requests))

    def FullDuplexCall(self, requests, context):
        self.echo(context)
        for request in requests:
            if request.HasField("orca_oob_report"):
                self.load = load_report(request.orca_oob_report)
            yield from self.answers(request, context)

    def StreamCoreMetrics(self, request, context):
        interval = max(1, request.report_interval.ToTimedelta().total_seconds())
        while context.is_active():
            yield self.load
            time.sleep(interval)

    def HalfDuplexCall(self, requests, context):
        for request in list(requests):
            yield from self.answers(request, context)


def serve():
    service = Service()

    def handlers(messages, descriptor):
        return {
            method.name: getattr(grpc, f"{kind_of(method)}_rpc_method_handler")(
                getattr(service, method.name),
                request_deserializer=getattr(messages, method.input_type.name).FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
            for method in descriptor.methods
            if hasattr(service, method.name)
        }

    # Without guesses at the bandwidth the window stays at 64 KiB, so that a client's pushback can be seen; and of more than
    # 1,000 calls that wait for a thread some would be cancelled at random.
    options = [
        *OPTIONS, ("grpc.http2.bdp_probe", 0), ("grpc.server.max_pending_requests", 10_000),
        ("grpc.server.max_pending_requests_hard_limit", 10_000),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=options)
    served = {
        SERVICE: handlers(pb, pb.DESCRIPTOR.services_by_name["TestService"]),
        LOADS: handlers(orca, orca.DESCRIPTOR.services_by_name["OpenRcaService"]),
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(*each) for each in served.items()])
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


# MARK: The client


class End:
    """Where the calls go: a method for each of the service's."""

    def __init__(self, address):
        self.address = address
        self.channel = grpc.insecure_channel(address, options=OPTIONS)
        for method in pb.DESCRIPTOR.services_by_name["TestService"].methods:
            setattr(self, method.name, self.method(SERVICE, method))
        for method in orca.DESCRIPTOR.services_by_name["OpenRcaService"].methods:
            setattr(self, method.name, self.method(LOADS, method, orca))

    def method(self, service, method, messages=pb):
        return getattr(self.channel, kind_of(method))(
            f"/{service}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=getattr(messages, method.output_type.name).FromString,
        )

    def large(self, timeout=30, compression=None, metadata=None, **fields):
        request = pb.SimpleRequest(response_size=314159, payload=zeros(271828), **fields)
        response, call = self.UnaryCall.with_call(request, timeout=timeout, compression=compression, metadata=metadata)
        same(response.payload.body, bytes(314159), "answer")
        return call


def same(found, wanted, what):
    assert found == wanted, f"{what}: expected {str(wanted)[:200]}, found {str(found)[:200]}"


def refused(code, call, message=None):
    try:
        call()
    except grpc.RpcError as error:
        same(error.code(), code, "code")
        if message is not None:
            same(error.details(), message, "message")
        return
    raise AssertionError("the call succeeded")


def asking(*sizes, sending=0, wait=0):
    return pb.StreamingOutputCallRequest(
        response_parameters=[pb.ResponseParameters(size=size, interval_us=wait) for size in sizes], payload=zeros(sending),
    )


def sizes(answers):
    return [len(answer.payload.body) for answer in answers]


def inputs(*sizes_, **fields):
    return iter([pb.StreamingInputCallRequest(payload=zeros(size), **fields) for size in sizes_])


def empty_unary(end):
    same(end.EmptyCall(pb.Empty(), timeout=10), pb.Empty(), "answer")


def large_unary(end):
    end.large()


def client_streaming(end):
    same(end.StreamingInputCall(inputs(*UP), timeout=10).aggregated_payload_size, 74922, "sum")


def server_streaming(end):
    same(sizes(end.StreamingOutputCall(asking(*DOWN), timeout=10)), DOWN, "sizes")


def ping_pong(end):
    go_on = threading.Semaphore(1)

    def requests():
        for sent, wanted in zip(UP, DOWN):
            go_on.acquire()
            yield asking(wanted, sending=sent)

    found = []
    for answer in end.FullDuplexCall(requests(), timeout=10):
        found.append(len(answer.payload.body))
        go_on.release()
    same(found, DOWN, "sizes")


def half_duplex(end):
    same(sizes(end.HalfDuplexCall(iter([asking(size) for size in DOWN]), timeout=10)), DOWN, "sizes")


def empty_stream(end):
    same(sizes(end.FullDuplexCall(iter([]), timeout=10)), [], "sizes")


def custom_metadata(end):
    sent = [(INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab")]
    stream = end.FullDuplexCall(iter([asking(314159, sending=271828)]), timeout=10, metadata=sent)
    same(sizes(stream), [314159], "sizes")
    for call in (end.large(metadata=sent), stream):
        same(dict(call.initial_metadata()).get(INITIAL), sent[0][1], "initial metadata")
        same(dict(call.trailing_metadata()).get(TRAILING), sent[1][1], "trailing metadata")


def pick_first_unary(end):
    servers = {end.UnaryCall(pb.SimpleRequest(fill_server_id=True), timeout=10).server_id for _ in range(100)}
    assert len(servers) == 1 and "" not in servers, servers


def orca_oob(end):
    # On a stream of reports that was there before the load changes.
    reports = end.StreamCoreMetrics(orca.OrcaLoadReportRequest(report_interval=Duration(seconds=1)), timeout=20)
    go_on, asked = threading.Semaphore(1), []
    for processor, memory, other in [(0.8210, 0.5847, 0.30499), (0.29309, 0.2, 0.2039)]:
        asked.append(pb.TestOrcaReport(cpu_utilization=processor, memory_utilization=memory, utilization={"util": other}))

    def requests():
        for report in asked:
            go_on.acquire()
            request = asking(1)
            request.orca_oob_report.CopyFrom(report)
            yield request
        # The load is what it is for as long as the stream lasts.
        go_on.acquire()

    answers = end.FullDuplexCall(requests(), timeout=20)
    for report in asked:
        same(len(next(answers).payload.body), 1, "size")
        found = [next(reports)]
        while found[-1] != load_report(report) and len(found) < 4:
            found.append(next(reports))
        same(found[-1], load_report(report), "load")
        go_on.release()
    same(sizes(answers), [], "after the last")
    reports.cancel()


def client_compressed_unary(end):
    yes, no = pb.BoolValue(value=True), pb.BoolValue()
    refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: end.large(expect_compressed=yes))
    end.large(expect_compressed=yes, compression=grpc.Compression.Gzip)
    end.large(expect_compressed=no)


def server_compressed_unary(end):
    for wanted in (True, False):
        end.large(response_compressed=pb.BoolValue(value=wanted))


def compressed_both_ways(end):
    yes = pb.BoolValue(value=True)
    end.large(compression=grpc.Compression.Gzip, expect_compressed=yes, response_compressed=yes)


def client_compressed_streaming(end):
    yes, no = pb.BoolValue(value=True), pb.BoolValue()

    def call(size, expected, compression=None):
        requests = inputs(size, expect_compressed=expected)
        return end.StreamingInputCall(requests, timeout=10, compression=compression).aggregated_payload_size

    refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: call(27182, yes))
    same(call(27182, yes, grpc.Compression.Gzip) + call(45904, no), 73086, "sum")


def server_compressed_streaming(end):
    request = asking(31415, 92653)
    request.response_parameters[0].compressed.value = True
    request.response_parameters[1].compressed.value = False
    same(sizes(end.StreamingOutputCall(request, timeout=10)), [31415, 92653], "sizes")


def status_comes_back(end, message):
    status = pb.EchoStatus(code=2, message=message)
    refused(
        grpc.StatusCode.UNKNOWN, lambda: end.UnaryCall(pb.SimpleRequest(response_status=status), timeout=10), message,
    )
    requests = iter([pb.StreamingOutputCallRequest(response_status=status)])
    refused(grpc.StatusCode.UNKNOWN, lambda: list(end.FullDuplexCall(requests, timeout=10)), message)


def status_code_and_message(end):
    status_comes_back(end, "test status message")


def special_status_message(end):
    status_comes_back(end, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")


def unimplemented_method(end):
    refused(grpc.StatusCode.UNIMPLEMENTED, lambda: end.UnimplementedCall(pb.Empty(), timeout=10))


def unimplemented_service(end):
    call = end.method(NOBODY, pb.DESCRIPTOR.services_by_name["UnimplementedService"].methods[0])
    refused(grpc.StatusCode.UNIMPLEMENTED, lambda: call(pb.Empty(), timeout=10))


def cancel_after_begin(end):
    done = threading.Event()

    def requests():
        done.wait(10)
        yield from ()

    call = end.StreamingInputCall.future(requests(), timeout=10)
    call.cancel()
    done.set()
    same(call.code(), grpc.StatusCode.CANCELLED, "code")


def cancel_after_first_response(end):
    done = threading.Event()

    def requests():
        yield asking(31415, sending=27182)
        done.wait(10)

    call = end.FullDuplexCall(requests(), timeout=10)
    same(len(next(call).payload.body), 31415, "size")
    call.cancel()
    done.set()
    refused(grpc.StatusCode.CANCELLED, lambda: next(call))


def timeout_on_sleeping_server(end):
    done = threading.Event()

    def requests():
        yield asking(sending=27182)
        done.wait(10)

    refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(end.FullDuplexCall(requests(), timeout=0.001)))
    done.set()


def rpc_soak(end):
    for _ in range(50):
        end.large(timeout=5)


def channel_soak(end):
    for _ in range(20):
        another = End(end.address)
        another.large(timeout=5)
        another.channel.close()


def long_lived_channel(end):
    for _ in range(3):
        end.large()
        time.sleep(0.3)


def concurrent_large_unary(end):
    request = pb.SimpleRequest(response_size=314159, payload=zeros(271828))
    for call in [end.UnaryCall.future(request, timeout=60) for _ in range(1000)]:
        same(call.result().payload.body, bytes(314159), "answer")


def thousands_time_out(end):
    # On three channels: a client that resets a thousand streams at once is a flood to our server.
    request, others = asking(1, wait=10_000_000), [End(end.address) for _ in range(3)]
    for call in [other.StreamingOutputCall(request, timeout=0.3) for other in others for _ in range(800)]:
        refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(call))
    for other in others:
        other.large()
        other.channel.close()


def more_than_max_streams(end):
    for call in [end.StreamingOutputCall(asking(7, wait=10_000), timeout=60) for _ in range(1200)]:
        same(sizes(call), [7], "sizes")


def pushback_at_server(end):
    answers = end.StreamingOutputCall(asking(*[100_000] * 100), timeout=20)
    time.sleep(0.2)
    same(sizes(answers), [100_000] * 100, "sizes")


def large_metadata(end):
    try:
        end.EmptyCall(pb.Empty(), timeout=10, metadata=[("x-large", "X" * (63 << 10))])
    except grpc.RpcError as error:
        same(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED, "code")
    end.large()


CASES = [
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, half_duplex, empty_stream, custom_metadata,
    pick_first_unary, orca_oob, client_compressed_unary, server_compressed_unary, compressed_both_ways,
    client_compressed_streaming, server_compressed_streaming, status_code_and_message, special_status_message,
    unimplemented_method, unimplemented_service, cancel_after_begin, cancel_after_first_response,
    timeout_on_sleeping_server, rpc_soak, channel_soak, long_lived_channel, concurrent_large_unary, thousands_time_out,
    more_than_max_streams, pushback_at_server, large_metadata,
]


def call(address, wanted):
    end = End(address)
    for case in CASES:
        if wanted and case.__name__ not in wanted:
            continue
        try:
            case(end)
            print(f"ok {case.__name__}", flush=True)
        except Exception as error:
            print(f"FAILED {case.__name__}: {' '.join(str(error).split())[:300]}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["list"]:
            print(*(case.__name__ for case in CASES), sep="\n")
        case ["server"]:
            serve()
        case ["client", address, *names]:
            call(address, names)
        case _:
            sys.exit("usage: interop_grpcio.py list | server | client ADDRESS [CASE...]")
