"""Services in processes of their own that speak mutual TLS: who is let in, what a rule allows, and certificates that are
changed while calls go on."""

import ssl
import subprocess
import threading
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from certificates import Authority
from harness import BINARIES, Lonja, Running, Up, channel, fetch, free_ports, wait_until
from wire import PREFACE, PingFrame, SettingsFrame, Wire

QUOTE = "/api/v1/quotes/AAPL"
GET_QUOTE = "/lonja.market.v1.Market/GetQuote"
AAPL = b"\x0a\x04AAPL"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def pair(authority, tmp_path):
    """A market and a gateway; the rules of the market are in its configuration, which tests change."""
    rules = tmp_path / "market.yaml"
    rules.write_text("host:\n  rpc:\n    tls:\n      callers: 'market: gateway'\n")
    market = Lonja("market", {**authority.issue("market", "market.lonja.svc", "market"), "LONJA_CONFIG": str(rules)})
    try:
        gateway = Lonja("gateway", {
            **authority.issue("gateway", "gateway"), "LONJA_ADDRESS_MARKET": f"127.0.0.1:{market.rpc}",
            "LONJA_GATEWAY_LIMITS_ENABLED": "false",
        })
    except BaseException:
        market.close()
        raise
    yield market, gateway, rules
    gateway.close()
    market.close()


def foreign_call(port, credentials, method=GET_QUOTE, request=AAPL):
    """A call by grpcio, whose client checks the name in the certificate too."""
    options = [("grpc.ssl_target_name_override", "market"), ("grpc.enable_http_proxy", 0)]
    with grpc.secure_channel(f"127.0.0.1:{port}", credentials, options) as connection:
        return connection.unary_unary(method)(request, timeout=10)


def refusal(*arguments):
    with pytest.raises(grpc.RpcError) as error:
        foreign_call(*arguments)
    return error.value.code()


def metric(port, line):
    for text in fetch(port, "/metrics").body.decode().splitlines():
        if text.startswith(line + " "):
            return float(text.rpartition(" ")[2])
    return 0.0


def test_the_gateway_is_let_in_and_nobody_else(authority, pair, tmp_path):
    market, gateway, _ = pair
    assert fetch(gateway.http, QUOTE).status == 200
    assert metric(market.admin, 'lonja_tls_handshakes_total{slot="rpc",side="server",outcome="ok"}') >= 1
    # A foreign client with the gateway's certificate is the gateway.
    assert b"AAPL" in foreign_call(market.rpc, authority.credentials("gateway"))
    # One with a certificate that no rule names is let in to health alone.
    authority.issue("web", "web")
    assert refusal(market.rpc, authority.credentials("web")) == grpc.StatusCode.PERMISSION_DENIED
    serving = foreign_call(market.rpc, authority.credentials("web"), "/grpc.health.v1.Health/Check", b"")
    assert health_pb2.HealthCheckResponse.FromString(serving).status == health_pb2.HealthCheckResponse.SERVING
    assert metric(
        market.admin,
        'mesh_authorization_refusals_total{service="lonja.market.v1.Market",method="GetQuote",caller="web"}',
    ) == 1
    # Plain, without a certificate, and with one of another authority.
    with channel(market.rpc) as connection, pytest.raises(grpc.RpcError) as error:
        health_pb2_grpc.HealthStub(connection).Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    bare = grpc.ssl_channel_credentials(authority.path.read_bytes())
    assert refusal(market.rpc, bare) == grpc.StatusCode.UNAVAILABLE
    stranger = Authority(tmp_path, "stranger")
    stranger.issue("gateway", "gateway")
    stolen = grpc.ssl_channel_credentials(
        authority.path.read_bytes(), (tmp_path / "gateway.key").read_bytes(), (tmp_path / "gateway.pem").read_bytes()
    )
    assert refusal(market.rpc, stolen) == grpc.StatusCode.UNAVAILABLE
    for outcome in ("plain", "no-certificate", "unknown-authority"):
        line = f'lonja_tls_handshakes_total{{slot="rpc",side="server",outcome="{outcome}"}}'
        assert metric(market.admin, line) >= 1, outcome


def test_a_gateway_without_tls_or_before_another_service_gets_no_answer(authority, pair):
    market, gateway, _ = pair
    for environment in (
        {"LONJA_ADDRESS_MARKET": f"127.0.0.1:{market.rpc}"},
        {**authority.issue("second", "gateway"), "LONJA_ADDRESS_MARKET": f"127.0.0.1:{gateway.rpc}"},
    ):
        lost = Lonja("gateway", environment)
        try:
            assert fetch(lost.http, QUOTE).status == 503
        finally:
            lost.close()


def test_rules_change_without_a_restart(pair):
    market, gateway, rules = pair
    assert fetch(gateway.http, QUOTE).status == 200
    rules.write_text("host:\n  rpc:\n    tls:\n      callers: 'market: wallet'\n")
    wait_until(lambda: fetch(gateway.http, QUOTE).status == 403, "that the gateway is refused")
    rules.write_text("host:\n  rpc:\n    tls:\n      callers: 'market/lonja.market.v1.Markt: wallet'\n")
    wait_until(lambda: "changed rules of callers refused" in market.output, "that a rule of nothing is refused")
    assert fetch(gateway.http, QUOTE).status == 403
    rules.write_text("host:\n  rpc:\n    tls:\n      callers: 'market: wallet, gateway'\n")
    wait_until(lambda: fetch(gateway.http, QUOTE).status == 200, "that the gateway is let in again")


def test_rules_hold_within_a_process_too(tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("host:\n  rpc:\n    tls:\n      callers: 'market: wallet'\n")
    both = Lonja("market,gateway", {"LONJA_CONFIG": str(rules), "LONJA_GATEWAY_LIMITS_ENABLED": "false"})
    try:
        assert fetch(both.http, QUOTE).status == 403
        calls = 'mesh_server_calls_total{service="lonja.market.v1.Market",method="GetQuote",code='
        refusals = 'mesh_authorization_refusals_total{service="lonja.market.v1.Market",method="GetQuote",caller="gateway"}'
        assert metric(both.admin, calls + '"PERMISSION_DENIED",from="local"}') == metric(both.admin, refusals) >= 1
        # Without certificates nobody beyond a connection is anybody.
        with channel(both.rpc) as connection:
            assert b"AAPL" in connection.unary_unary(GET_QUOTE)(AAPL, timeout=10)
        for text, status in (("market: wallet gateway", 200), ("market:", 403), ("", 200)):
            rules.write_text(f"host:\n  rpc:\n    tls:\n      callers: '{text}'\n")
            wait_until(lambda: fetch(both.http, QUOTE).status == status, f"that '{text}' holds")
    finally:
        both.close()


def test_certificates_are_changed_under_load(authority, pair):
    market, gateway, _ = pair
    statuses, over = [], threading.Event()

    def ask():
        while not over.is_set():
            statuses.append(fetch(gateway.http, QUOTE).status)

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        reloads = 'lonja_tls_reloads_total{slot="rpc",outcome="replaced"}'
        for process, file, names in [
            (market, "market", ("market",)), (gateway, "gateway", ("gateway",)), (market, "market", ("market",)),
        ]:
            before = metric(process.admin, reloads)
            authority.issue(file, *names)
            wait_until(lambda: metric(process.admin, reloads) == before + 1, "that the certificate is taken up")
            time.sleep(1)
        # A key that is not the certificate's changes nothing.
        (authority.folder / "market.key").write_bytes((authority.folder / "gateway.key").read_bytes())
        refused = 'lonja_tls_reloads_total{slot="rpc",outcome="refused"}'
        wait_until(lambda: metric(market.admin, refused) == 1, "that the wrong key is refused")
        assert "the key is not the certificate's" in market.output
    finally:
        over.set()
        for caller in callers:
            caller.join()
    assert set(statuses) == {200}, {status: statuses.count(status) for status in set(statuses)}
    assert len(statuses) > 100
    assert 0 < metric(market.admin, 'lonja_tls_certificate_expiry_seconds{slot="rpc"}') <= 2 * 86400


def start_refused(environment, *command):
    done = subprocess.run(
        [BINARIES / "lonja", *(command or ("serve",))], env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True,
        text=True, timeout=30,
    )
    return done.returncode, done.stderr


def test_settings_that_do_not_go_together_stop_the_start(authority):
    rpc, http, admin = free_ports(3)
    good = authority.issue("alone", "market")
    base = {
        "LONJA_PLUGIN": "market", "LONJA_RPC_LISTEN": f"127.0.0.1:{rpc}", "LONJA_HTTP_LISTEN": f"127.0.0.1:{http}",
        "LONJA_ADMIN_LISTEN": f"127.0.0.1:{admin}",
    }
    cases = [
        ({**good, "LONJA_HOST_RPC_TLS_KEY": ""}, "host.rpc.tls.key is not set, but TLS needs it beside"),
        ({**good, "LONJA_HOST_RPC_TLS_KEY": "/nowhere"}, "/nowhere: No such file or directory"),
        (authority.issue("other", "wallet"), "host.rpc.tls.certificate is for wallet, not for market"),
        ({**good, "LONJA_HOST_RPC_TLS_CALLERS": "market gateway"}, '"market gateway" has no ":" between'),
        (
            {**good, "LONJA_HOST_RPC_TLS_CALLERS": "market/lonja.market.v1.Market/GetPrice: gateway"},
            "has a rule, but market has no such method",
        ),
        ({"LONJA_HOST_RPC_TLS_LOCAL": "true"}, "host.rpc.tls.local is for lonja up"),
    ]
    for environment, text in cases:
        code, output = start_refused({**base, **environment})
        assert (code, text in output) == (78, True), (environment, output)


def test_one_line_switches_tls_on_locally(state):
    local = {"LONJA_HOST_RPC_TLS_LOCAL": "true"}
    up = Up(state, {**local, "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8"})
    try:
        assert fetch(up.http, QUOTE).status == 200
        with channel(up.rpc) as connection, pytest.raises(grpc.RpcError):
            health_pb2_grpc.HealthStub(connection).Check(health_pb2.HealthCheckRequest(), timeout=5)
        at = ["--wallet", f"127.0.0.1:{up.rpc}", "--profile", f"127.0.0.1:{up.rpc}"]
        code, output = start_refused({**local, "LONJA_STATE": str(state)}, "audit", *at)
        assert code == 0, output
        assert start_refused({}, "audit", *at)[0] == 69
        # Another process beside it, with the same certificate.
        names = {"CERTIFICATE": "host.pem", "KEY": "host.key", "AUTHORITIES": "authority.pem"}
        files = {f"LONJA_HOST_RPC_TLS_{key}": f"{state}/tls/{name}" for key, name in names.items()}
        beside = Lonja("gateway", {**files, "LONJA_ADDRESS_MARKET": f"127.0.0.1:{up.rpc}"})
        try:
            assert fetch(beside.http, QUOTE).status == 200
        finally:
            beside.close()
    finally:
        up.close()


def test_who_speaks_no_tls_does_not_load_its_library(pair):
    market, _, _ = pair
    plain = Lonja("market")
    try:
        loaded = {process: "libssl" in open(f"/proc/{process.process.pid}/maps").read() for process in (plain, market)}
    finally:
        plain.close()
    assert loaded == {plain: False, market: True}


IDLE = 2_000


@pytest.mark.parametrize("is_mutual, most", [(False, 33_000), (True, 44_000)])
def test_idle_connections_are_small(authority, is_mutual, most):
    """Each after its handshake and one PING: of it 16 KB are what one without TLS takes, 19 KB are OpenSSL's (14 KB where the
    peer shows no certificate, which is kept), and nothing is left of the handshake's buffers."""
    issued = authority.issue("idle", "market")
    certificate, key, authorities = (issued[f"LONJA_HOST_RPC_TLS_{part}"] for part in ("CERTIFICATE", "KEY", "AUTHORITIES"))
    context = ssl.create_default_context(cafile=authorities)
    context.check_hostname = False
    context.set_alpn_protocols(["h2"])
    environment = {"LONJA_HOST_LOOPS": "1", "ECHO_TLS_CERTIFICATE": certificate, "ECHO_TLS_KEY": key}
    if is_mutual:
        environment["ECHO_TLS_AUTHORITIES"] = authorities
        context.load_cert_chain(certificate, key)
    running = Running([BINARIES / "EchoServer"], environment)
    wires = []

    def resident():
        with open(f"/proc/{running.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    def connect(count):
        ping, pong = (PingFrame(0, b"12345678", flags=flags).serialize() for flags in ([], ["ACK"]))
        begin = PREFACE + SettingsFrame(0).serialize() + SettingsFrame(0, flags=["ACK"]).serialize() + ping
        for number in range(count):
            wires.append(Wire(port, source=f"127.0.1.{number % 50 + 1}", tls=context))
            wires[-1].send(begin)
            data = b""
            while pong not in data:
                piece = wires[-1].read()
                assert piece, "it has been closed"
                data += piece

    try:
        port = running.first_port()
        connect(50)
        before = resident()
        connect(IDLE)
        each = (resident() - before) / IDLE
        print(f"{each:.0f} bytes a connection")
        assert each < most, f"{each:.0f} bytes a connection"
    finally:
        for wire in wires:
            wire.close()
        running.close()
