"""Traces as a collector sees them that nobody here wrote: one request at the gateway is one trace over all processes."""

import secrets
import subprocess
import time

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from accounts import new_account
from certificates import Authority
from collector import Collector, busy
from exchange import Exchange
from harness import BINARIES, ROOT, Lonja, fetch, free_ports, open_folder, wait_until
from trading import new_key

SERVER, CLIENT = trace_pb2.Span.SPAN_KIND_SERVER, trace_pb2.Span.SPAN_KIND_CLIENT


@pytest.fixture
def collector():
    running = Collector()
    yield running
    running.close()


class Pair:
    """A market, and a gateway before it, whose gateway begins traces as `ratio` says."""

    def __init__(self, market, gateway):
        self.market = Lonja("market", market)
        try:
            self.gateway = Lonja("gateway", {"LONJA_ADDRESS_MARKET": f"127.0.0.1:{self.market.rpc}", **gateway})
        except BaseException:
            self.market.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gateway.close()
        self.market.close()


def quote(port, trace=None, flags="01"):
    """Asks for a price within a trace; gives the trace and the caller's span."""
    trace, span = trace or secrets.token_hex(16), secrets.token_hex(8)
    answer = fetch(port, "/api/v1/quotes/AAPL", headers={"traceparent": f"00-{trace}-{span}-{flags}"})
    assert answer.status == 200, answer.body
    return trace, span


def assert_a_tree(spans, root_parent=""):
    """Every span is a part of another one of the trace, but for the first."""
    ids = {each.id for each in spans}
    assert len(ids) == len(spans), spans
    roots = [each for each in spans if each.parent not in ids]
    assert [each.parent for each in roots] == [root_parent], spans
    for each in spans:
        assert 0 < each.span.start_time_unix_nano <= each.span.end_time_unix_nano <= time.time_ns(), each
    return roots[0]


def test_a_request_is_one_trace_over_both_processes(collector):
    with Pair(collector.environment(), collector.environment()) as pair:
        trace, caller = quote(pair.gateway.http)
        spans = collector.whole(trace, lambda spans: len(spans) >= 4)
        root = assert_a_tree(spans, caller)
        assert (root.service, root.name, root.kind) == ("gateway", "GET /api/v1/quotes/{symbol}", SERVER)
        assert root.attributes["http.response.status_code"] == 200
        line = [root]
        while below := [each for each in spans if each.parent == line[-1].id]:
            assert len(below) == 1, spans
            line += below
        method = "lonja.market.v1.Market.GetQuote"
        assert [(each.service, each.name, each.kind) for each in line[1:]] == [
            ("gateway", f"Sent.{method}", CLIENT), ("gateway", f"Attempt.{method}", CLIENT),
            ("market", f"Recv.{method}", SERVER),
        ]
        assert line[-1].attributes["rpc.grpc.status_code"] == 0 and not line[-1].attributes["lonja.local"]
        assert all(each.resource["service.namespace"] == "lonja" for each in spans)
        metrics = fetch(pair.gateway.admin, "/metrics").body.decode()
        assert 'mesh_trace_spans_total{outcome="exported"}' in metrics and "mesh_trace_spans_dropped_total 0" in metrics
        # What no route takes gives no name: it is the peer's to invent.
        stray = secrets.token_hex(16)
        header = {"traceparent": f"00-{stray}-{secrets.token_hex(8)}-01"}
        assert fetch(pair.gateway.http, "/api/v1/invented/path", headers=header).status == 404
        only = collector.whole(stray, bool)[0]
        assert only.name == "HTTP" and only.attributes == {"http.response.status_code": 404}
        # What fails is said to, by its code alone.
        missing = secrets.token_hex(16)
        header = {"traceparent": f"00-{missing}-{secrets.token_hex(8)}-00"}
        assert fetch(pair.gateway.http, "/api/v1/quotes/NOPENOPE", headers=header).status == 404
        spans = collector.whole(missing, lambda spans: len(spans) >= 4)
        faults = {each.name.partition(".")[0]: each.span.status for each in spans}
        assert (faults["Sent"].code, faults["Sent"].message) == (trace_pb2.Status.STATUS_CODE_ERROR, "NOT_FOUND")
        assert faults["Recv"].code == trace_pb2.Status.STATUS_CODE_UNSET


def test_a_stranger_names_a_trace_and_does_not_have_it_recorded(collector):
    with Pair(collector.environment(0), collector.environment(0)) as pair:
        traces = [quote(pair.gateway.http)[0] for _ in range(10)]
        # All there is of them goes out with the end.
        pair.gateway.terminate()
        assert pair.gateway.wait() == 0
        pair.market.terminate()
        assert pair.market.wait() == 0
        assert not [each for trace in traces for each in collector.of(trace)]
        assert collector.exports == 0


def test_the_ratio_is_followed(collector, tmp_path):
    config = tmp_path / "lonja.yaml"
    config.write_text("host:\n  traces:\n    ratio: 0.0\n")
    environment = {**collector.environment(), "LONJA_CONFIG": str(config)}
    del environment["LONJA_HOST_TRACES_RATIO"]
    with Pair(collector.environment(0), environment) as pair:
        first, _ = quote(pair.gateway.http)
        config.write_text("host:\n  traces:\n    ratio: 1.0\n")
        later = []

        def recorded():
            later.append(quote(pair.gateway.http)[0])
            time.sleep(0.2)
            return any(collector.of(each) for each in later)

        wait_until(recorded, "a recorded trace", 30)
        assert not collector.of(first)


def test_a_busy_collector_is_asked_again_when_it_said_and_the_last_spans_are_not_lost(collector):
    collector.refusals += [busy(300)]
    with Pair({}, collector.environment()) as pair:
        trace, _ = quote(pair.gateway.http)
        assert len(collector.whole(trace, lambda spans: len(spans) >= 3)) == 3
        assert collector.exports == 2
        last = [quote(pair.gateway.http)[0] for _ in range(5)]
        pair.gateway.terminate()
        assert pair.gateway.wait() == 0, pair.gateway.output
        assert all(len(collector.of(each)) == 3 for each in last)


def test_without_a_collector_nothing_is_held_up(collector):
    collector.close()
    with Pair({}, collector.environment()) as pair:
        for _ in range(20):
            quote(pair.gateway.http)
        began = time.monotonic()
        pair.gateway.terminate()
        assert pair.gateway.wait() == 0
        assert time.monotonic() - began < 10


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def collector_of(authority, mutual):
    """One with a certificate of the name `collector`, which may want one of its clients."""
    authority.issue("collector", "collector")
    pair = tuple((authority.folder / f"collector.{end}").read_bytes() for end in ("key", "pem"))
    return Collector(grpc.ssl_server_credentials([pair], authority.path.read_bytes() if mutual else None, mutual))


def tls(authority, **more):
    settings = {"authorities": authority.path, "name": "collector", **more}
    return {f"LONJA_HOST_TRACES_TLS_{key.upper()}": str(value) for key, value in settings.items()}


@pytest.mark.parametrize("mutual", [False, True], ids=["server", "mutual"])
def test_spans_go_to_a_collector_in_tls(authority, mutual):
    collector = collector_of(authority, mutual)
    own = {}
    if mutual:
        authority.issue("gateway", "gateway")
        own = {"certificate": authority.folder / "gateway.pem", "key": authority.folder / "gateway.key"}
    try:
        with Pair({}, {**collector.environment(), **tls(authority, **own)}) as pair:
            trace, _ = quote(pair.gateway.http)
            assert len(collector.whole(trace, lambda spans: len(spans) >= 3)) == 3
            hands = 'lonja_tls_handshakes_total{slot="traces",side="client",outcome="ok"} 1'
            assert hands in fetch(pair.gateway.admin, "/metrics").body.decode()
            # It is asked for one that is renewed, too.
            if mutual:
                authority.issue("gateway", "gateway")
                wait_until(lambda: "certificates changed" in pair.gateway.output, "that the certificate is taken up")
                trace, _ = quote(pair.gateway.http)
                assert len(collector.whole(trace, lambda spans: len(spans) >= 3)) == 3
    finally:
        collector.close()


def test_no_span_goes_to_whom_is_not_meant(authority, tmp_path):
    """A collector of another authority, one with another name, one that wants a certificate, one in plain text."""
    other = tmp_path / "other"
    other.mkdir()
    cases = [
        (collector_of(authority, False), tls(Authority(other, "other")), "unknown-authority"),
        (collector_of(authority, False), tls(authority, name="elsewhere"), "wrong-name"),
        (collector_of(authority, True), tls(authority), None),
        (Collector(), tls(authority), "plain"),
    ]
    try:
        for collector, settings, outcome in cases:
            with Pair({}, {**collector.environment(), **settings}) as pair:
                quote(pair.gateway.http)
                line = f'lonja_tls_handshakes_total{{slot="traces",side="client",outcome="{outcome}"}}'
                if outcome:
                    wait_until(lambda: line in fetch(pair.gateway.admin, "/metrics").body.decode(), line)
                pair.gateway.terminate()
                assert pair.gateway.wait() == 0, pair.gateway.output
                assert "spans cannot be exported and are lost" in pair.gateway.output
            assert collector.exports == 0
    finally:
        for collector, _, _ in cases:
            collector.close()


@pytest.mark.parametrize("settings, text", [
    ({"certificate": "/nowhere"}, "host.traces.tls.key is not set, but a certificate and its key go together"),
    ({"name": "collector"}, "host.traces.tls.authorities is not set, but TLS to the collector needs it"),
    ({"authorities": "/nowhere"}, "/nowhere: No such file or directory"),
])
def test_settings_of_tls_that_do_not_go_together_stop_the_start(settings, text):
    rpc, http, admin = free_ports(3)
    done = subprocess.run(
        [BINARIES / "lonja", "serve"], capture_output=True, text=True, timeout=30,
        env={
            "PATH": "/usr/bin:/bin", "LONJA_PLUGIN": "market", "LONJA_RPC_LISTEN": f"127.0.0.1:{rpc}",
            "LONJA_HTTP_LISTEN": f"127.0.0.1:{http}", "LONJA_ADMIN_LISTEN": f"127.0.0.1:{admin}",
            "LONJA_HOST_TRACES_ENDPOINT": "127.0.0.1:4317",
            **{f"LONJA_HOST_TRACES_TLS_{key.upper()}": value for key, value in settings.items()},
        },
    )
    assert done.returncode == 78 and text in done.stdout + done.stderr


def test_a_trade_is_one_trace_over_its_processes(collector, tmp_path_factory, issuer):
    state = open_folder(tmp_path_factory.mktemp("traced")) / "state"
    running = Exchange(state, issuer, True, collector.environment())
    try:
        _, browser = new_account(running)
        trace = secrets.token_hex(16)
        order = {"symbol": "AAPL", "side": "buy", "type": "limit", "quantity": "1", "limitPrice": "0.5", "timeInForce": "gtc"}
        headers = {"idempotency-key": new_key(), "traceparent": f"00-{trace}-00f067aa0ba902b7-00"}
        answer = browser.send("POST", "/wallet/orders", order, headers)
        assert answer.status == 201, answer.body
        services = {"gateway", "wallet", "profile", "market"}
        spans = collector.whole(trace, lambda spans: services <= {each.service for each in spans} and settled(spans))
        root = assert_a_tree(spans, "00f067aa0ba902b7")
        assert (root.service, root.name) == ("gateway", "POST /api/v1/wallet/orders")
        # What a service answers is a part of an attempt that another one made for a call of its own.
        by_id = {each.id: each for each in spans}
        for each in spans:
            if each.name.startswith("Recv."):
                attempt = by_id[each.parent]
                call = by_id[attempt.parent]
                method = each.name.removeprefix("Recv.")
                assert (attempt.name, call.name) == (f"Attempt.{method}", f"Sent.{method}")
                assert attempt.service == call.service != each.service
        # The log has each call, with its trace.
        line = next(
            each for each in running.members["wallet"][0].output.splitlines() if '"answered"' in each and trace in each
        )
        assert "/lonja.wallet.v1." in line and '"OK"' in line and '"remote"' in line, line
        # What they asked their stores for belongs to what they answered.
        asked = {by_id[each.parent].service for each in spans if each.name.startswith("postgresql ")}
        assert {"wallet", "profile"} <= asked
        assert all(each.service == by_id[each.parent].service for each in spans if each.name.startswith(("postgresql ", "valkey ")))
    finally:
        running.close()


def settled(spans):
    """Whether each attempt has the span of who answered it, and the request has ended."""
    parents = {each.parent for each in spans}
    return all(each.id in parents for each in spans if each.name.startswith("Attempt.")) and any(
        each.name.startswith("POST ") for each in spans
    )


def test_our_messages_are_those_of_the_specification(tmp_path):
    """Numbers, types and labels of every field that we have, as in the descriptors of opentelemetry-proto."""
    protos = ROOT / "Protos"
    files = sorted(str(path.relative_to(protos)) for path in (protos / "opentelemetry").rglob("*.proto"))
    made = tmp_path / "ours"
    assert protoc.main(["protoc", f"-I{protos}", "--include_imports", f"-o{made}", *files]) == 0
    ours = descriptor_pool.DescriptorPool()
    written = descriptor_pb2.FileDescriptorSet.FromString(made.read_bytes()).file
    for file in written:
        ours.Add(file)
    theirs = {
        message.full_name: message
        for module in (common_pb2, resource_pb2, trace_pb2, trace_service_pb2)
        for message in module.DESCRIPTOR.message_types_by_name.values()
    }
    names = [f"{file.package}.{message.name}" for file in written for message in file.message_type]
    assert len(names) == 11
    for name in names:
        message, specified = ours.FindMessageTypeByName(name), theirs[name]
        for field in message.fields:
            other = specified.fields_by_name[field.name]
            assert (field.number, field.type, field.is_repeated) == (other.number, other.type, other.is_repeated), field.full_name
        for kind in message.enum_types:
            other = specified.enum_types_by_name[kind.name]
            assert {v.name: v.number for v in kind.values} == {v.name: v.number for v in other.values}, (name, kind.name)
    service = ours.FindServiceByName("opentelemetry.proto.collector.trace.v1.TraceService")
    theirs = trace_service_pb2.DESCRIPTOR.services_by_name["TraceService"]
    assert [(m.name, m.input_type.full_name, m.output_type.full_name) for m in service.methods] == [
        (m.name, m.input_type.full_name, m.output_type.full_name) for m in theirs.methods
    ]
