"""A collector of traces with the message classes and the server of others: opentelemetry-proto and grpcio."""

import concurrent.futures
import threading

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from harness import wait_until


class Seen:
    """One span with the process that it came from."""

    def __init__(self, span, resource):
        self.span, self.name, self.kind = span, span.name, span.kind
        self.service = resource["service.name"]
        self.resource = resource
        self.id, self.parent, self.trace = span.span_id.hex(), span.parent_span_id.hex(), span.trace_id.hex()
        self.attributes = plain(span.attributes)

    def __repr__(self):
        return f"{self.service}: {self.name} ({self.id} of {self.parent or 'nobody'})"


def plain(attributes):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps what it is sent. `refusals` are what the next exports are answered with instead. With credentials it speaks TLS."""

    def __init__(self, credentials=None):
        self.spans, self.exports, self.refusals = [], 0, []
        self.lock = threading.Lock()
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, self.server)
        if credentials:
            self.port = self.server.add_secure_port("127.0.0.1:0", credentials)
        else:
            self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def Export(self, request, context):
        with self.lock:
            self.exports += 1
            if self.refusals:
                context.abort_with_status(rpc_status.to_status(self.refusals.pop(0)))
            for part in request.resource_spans:
                resource = plain(part.resource.attributes)
                self.spans += [Seen(span, resource) for scope in part.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()

    def environment(self, ratio=1):
        return {"LONJA_HOST_TRACES_ENDPOINT": f"127.0.0.1:{self.port}", "LONJA_HOST_TRACES_RATIO": str(ratio)}

    def of(self, trace):
        with self.lock:
            return [each for each in self.spans if each.trace == trace]

    def whole(self, trace, enough):
        """The spans of a trace, once they are enough."""
        return wait_until(lambda: (spans := self.of(trace)) and enough(spans) and spans, f"a whole trace {trace}")

    def close(self):
        self.server.stop(0).wait()


def busy(milliseconds):
    """UNAVAILABLE, and when to come again."""
    delay = duration_pb2.Duration(nanos=milliseconds * 1_000_000)
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return status_pb2.Status(code=code_pb2.UNAVAILABLE, message="busy", details=[detail])
