"""curl and h2load against the gateway, the admin address and the gRPC port."""

import re
import struct
import subprocess

import pytest

from harness import curl

VERSIONS = {"1.1": ["--http1.1"], "2": ["--http2-prior-knowledge"]}
ECHO = "/lonja.test.v1.Echo/Unary"


@pytest.mark.parametrize("version", VERSIONS)
def test_gateway_serves_both_versions_on_one_port(everything, version):
    used, status, body = curl(*VERSIONS[version], f"http://127.0.0.1:{everything.http}/api/v1/quotes/AAPL")
    assert (used, status) == (version, 200), body
    assert b'"symbol":"AAPL"' in body.replace(b" ", b"")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/plugins"])
def test_admin_serves_both_versions(everything, version, path):
    used, status, body = curl(*VERSIONS[version], f"http://127.0.0.1:{everything.admin}{path}")
    assert (used, status) == (version, 200), body
    assert body


@pytest.mark.parametrize("version", VERSIONS)
def test_head_has_no_body(everything, version):
    used, status, body = curl(*VERSIONS[version], "-I", f"http://127.0.0.1:{everything.http}/api/v1/quotes/AAPL")
    assert (used, status) == (version, 200)
    assert body.strip().endswith(b"\r\n") or b"{" not in body


def test_http1_keeps_the_connection(everything):
    url = f"http://127.0.0.1:{everything.http}/api/v1/quotes/AAPL"
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "10", "--http1.1", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{num_connects}\n", url, url],
        capture_output=True, text=True, timeout=20,
    )
    assert done.stdout.split() == ["1", "0"], done.stderr


def test_metrics_are_prometheus_text(everything):
    curl("--http1.1", f"http://127.0.0.1:{everything.http}/api/v1/quotes/AAPL")
    _, _, body = curl("--http1.1", f"http://127.0.0.1:{everything.admin}/metrics")
    lines = body.decode().splitlines()
    sample = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? (NaN|[+-]?Inf|[-+0-9.eE]+)( \d+)?$')
    bad = [line for line in lines if line and not line.startswith("#") and not sample.match(line)]
    assert not bad, bad[:5]
    assert any(line.startswith("# TYPE ") for line in lines)
    text = body.decode()
    for plugin in ("market", "gateway", "wallet"):
        assert f'lonja_plugin_info{{name="{plugin}"' in text
    for series in (
        'http_server_requests_total{method="GET",route="/api/v1/quotes/{symbol}",status="200"}',
        'mesh_server_calls_total{service="lonja.market.v1.Market",method="GetQuote",code="OK",from="local"}',
        'mesh_server_call_seconds_count{service="lonja.market.v1.Market",method="GetQuote",from="local"}',
        'lonja_loop_lag_seconds_count{loop="0"}',
        'lonja_driver_generation{slot="market.quotes"} 1',
    ):
        assert series in text, series


def test_grpc_port_refuses_another_content_type(echo_server):
    version, status, _ = curl(
        "--http2-prior-knowledge", "-H", "content-type: application/json", "-d", "{}", f"http://127.0.0.1:{echo_server.rpc}{ECHO}"
    )
    assert (version, status) == ("2", 415)


def test_h2load_sees_no_error(echo_server, tmp_path):
    text = b"hello"
    message = b"\x0a" + bytes([len(text)]) + text
    body = tmp_path / "body"
    body.write_bytes(b"\x00" + struct.pack(">I", len(message)) + message)
    done = subprocess.run(
        ["h2load", "-c", "8", "-m", "100", "-n", "20000", "-d", body, "-H", "content-type: application/grpc",
         "-H", "te: trailers", f"http://127.0.0.1:{echo_server.rpc}{ECHO}"],
        capture_output=True, text=True, timeout=120,
    )
    assert "20000 succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout, done.stdout
    assert "status codes: 20000 2xx" in done.stdout, done.stdout
