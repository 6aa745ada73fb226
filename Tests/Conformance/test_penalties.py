"""Who is cut off for abuse again and again is let in no more for a while: on the public port and on that of gRPC, but for trusted
proxies, and services under mutual TLS."""

import re
import ssl
import time

import pytest

from harness import Up, fetch, open_folder
from wire import Frames, PingFrame, request

FREE = 3
"""Connections that may be cut off before the first penalty."""


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    running = Up(open_folder(tmp_path_factory.mktemp("penalties")) / "state", {"LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.7"})
    yield running
    running.close()


def abuse(port, source, **options):
    """A connection that asks for signs of life all the time; whether it was let in, and cut off for that."""
    with Frames(port, source=source, **options) as client:
        client.put(*(PingFrame(0, b"12345678") for _ in range(10)))
        ended = client.is_ended()
        return ended and client.ending is not None


def is_served(port, source):
    with Frames(port, source=source) as client:
        client.put(client.head(request()))
        return client.outcome(1, 5) == ("answer", 200)


def count(up, line):
    text = fetch(up.admin, "/metrics").body.decode()
    return next((int(value) for value in re.findall(rf"^{re.escape(line)} (\d+)$", text, re.MULTILINE)), 0)


def test_the_public_port_turns_them_away_for_a_while(up):
    penalties, refusals = (
        count(up, line) for line in ('mesh_penalties_total{reason="pings"}', 'mesh_http2_abuse_total{reason="penalty"}')
    )
    with Frames(up.http, source="127.0.0.5") as before:
        for _ in range(FREE + 1):
            assert abuse(up.http, "127.0.0.5")
        begun = time.monotonic()
        assert not abuse(up.http, "127.0.0.5") and not is_served(up.http, "127.0.0.5")
        assert is_served(up.http, "127.0.0.6"), "somebody else"
        before.put(before.head(request()))
        assert before.outcome(1, 5) == ("answer", 200), "who was there before may only share the address"
    assert count(up, 'mesh_penalties_total{reason="pings"}') == penalties + 1
    assert count(up, 'mesh_http2_abuse_total{reason="penalty"}') == refusals + 2
    assert "an address is let in no more for a while" in up.output
    while not is_served(up.http, "127.0.0.5"):
        assert time.monotonic() - begun < 20
        time.sleep(0.5)
    assert time.monotonic() - begun > 8
    # From now on once is enough.
    assert abuse(up.http, "127.0.0.5") and not is_served(up.http, "127.0.0.5")


def test_both_ports_know_the_address(up):
    for _ in range(FREE + 1):
        assert abuse(up.rpc, "127.0.0.8")
    assert not abuse(up.rpc, "127.0.0.8") and not is_served(up.http, "127.0.0.8")


def test_a_trusted_proxy_is_let_in(up):
    for _ in range(3 * FREE):
        assert abuse(up.http, "127.0.0.7")
    assert is_served(up.http, "127.0.0.7")


def test_services_under_mutual_tls_are_let_in(tmp_path_factory):
    state = open_folder(tmp_path_factory.mktemp("mutual")) / "state"
    up = Up(state, {"LONJA_HOST_RPC_TLS_LOCAL": "true"})
    try:
        context = ssl.create_default_context(cafile=state / "tls/authority.pem")
        context.check_hostname = False
        context.load_cert_chain(state / "tls/host.pem", state / "tls/host.key")
        context.set_alpn_protocols(["h2"])
        for _ in range(3 * FREE):
            assert abuse(up.rpc, "127.0.0.5", tls=context)
        assert count(up, 'mesh_http2_abuse_total{reason="pings"}') == 3 * FREE
        assert count(up, 'mesh_http2_abuse_total{reason="penalty"}') == 0
    finally:
        up.close()
