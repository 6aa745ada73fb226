"""lonja.test.v1.Echo for both sides of the tests: all knowledge of its fields is here.

Metadata named `x-echo…` comes back as initial metadata, `x-echo-trailer…` as trailing metadata.
"""

import time
from concurrent import futures

import grpc
from google.protobuf import any_pb2, wrappers_pb2
from google.rpc import status_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status

MODULE = "lonja.test.v1.echo_pb2"


class Echo:
    """A typed client of the service on a channel."""

    def __init__(self, stubs, connection):
        self.messages = stubs(MODULE)
        self.service = self.messages.DESCRIPTOR.services_by_name["Echo"]
        for method in self.service.methods:
            kind = ("stream_" if method.client_streaming else "unary_") + ("stream" if method.server_streaming else "unary")
            call = getattr(connection, kind)(
                f"/{self.service.full_name}/{method.name}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=getattr(self.messages, method.output_type.name).FromString,
            )
            setattr(self, kind, call)

    def request(self, text="", **fields):
        """Fields: count (answers wanted), delay_ms (before each), fail_code and fail_message (status to end with)."""
        return self.messages.EchoRequest(text=text, **fields)


class PeerEcho:
    """The same service on grpcio, for our client to talk to."""

    def __init__(self, messages):
        self.messages = messages

    def begin(self, context):
        sent = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-echo")]
        context.send_initial_metadata([pair for pair in sent if not pair[0].startswith("x-echo-trailer")])
        context.set_trailing_metadata([pair for pair in sent if pair[0].startswith("x-echo-trailer")])

    def answer(self, request, context):
        if request.delay_ms:
            until = time.monotonic() + request.delay_ms / 1000
            while time.monotonic() < until and context.is_active():
                time.sleep(0.005)
        if request.fail_code:
            detail = any_pb2.Any()
            detail.Pack(wrappers_pb2.StringValue(value=request.fail_message))
            context.abort_with_status(
                rpc_status.to_status(status_pb2.Status(code=request.fail_code, message=request.fail_message, details=[detail]))
            )
        return self.messages.EchoResponse(text=request.text)

    def unary_unary(self, request, context):
        self.begin(context)
        return self.answer(request, context)

    def stream_unary(self, requests, context):
        self.begin(context)
        return self.messages.EchoResponse(text="".join(self.answer(request, context).text for request in requests))

    def unary_stream(self, request, context):
        self.begin(context)
        for _ in range(request.count):
            yield self.answer(request, context)

    def stream_stream(self, requests, context):
        self.begin(context)
        for request in requests:
            yield self.answer(request, context)


def serve(stubs):
    """A grpcio server with Echo, health and reflection; gives it and its port."""
    messages = stubs(MODULE)
    service = messages.DESCRIPTOR.services_by_name["Echo"]
    peer, handlers = PeerEcho(messages), {}
    for method in service.methods:
        kind = ("stream_" if method.client_streaming else "unary_") + ("stream" if method.server_streaming else "unary")
        handlers[method.name] = getattr(grpc, f"{kind}_rpc_method_handler")(
            getattr(peer, kind),
            request_deserializer=getattr(messages, method.input_type.name).FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))
    state = health.HealthServicer()
    state.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    reflection.enable_server_reflection((service.full_name, reflection.SERVICE_NAME), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
