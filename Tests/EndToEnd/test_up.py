"""`lonja up`: private stores as children, what is kept in them, and what happens when one of them, or the host, is killed."""

import os
import shutil
import signal
import struct
import subprocess
import threading
import time
from pathlib import Path

import grpc
import pytest

from harness import BINARIES, Running, Up, channel, fetch, wait_until

CLIENT = [("lonja-client", "u-1")]


def servers(state):
    """Process ids whose command line names the folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(state) in line and "lonja up" not in line:
                found[int(entry.name)] = line
    return found


def postmaster(state):
    return next(pid for pid, line in servers(state).items() if f"-D {state}/postgres" in line)


def field(text):
    raw = text.encode()
    return b"\x0a" + bytes([len(raw)]) + raw


def call(port, method, request=b"", metadata=CLIENT, seconds=10):
    with channel(port) as connection:
        return connection.unary_unary(f"/lonja.wallet.v1.Wallet/{method}")(request, metadata=metadata, timeout=seconds)


def watched(port, metadata=CLIENT):
    raw, symbols = call(port, "ListWatched", metadata=metadata), []
    while raw:
        assert raw[0] == 0x0A
        symbols.append(raw[2:2 + raw[1]].decode())
        raw = raw[2 + raw[1]:]
    return symbols


def refusal(*arguments, **options):
    with pytest.raises(grpc.RpcError) as error:
        call(*arguments, **options)
    return error.value.code()


def listening(pids):
    text = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    return [line for line in text.splitlines() if any(f"pid={pid}," in line for pid in pids)]


def test_both_stores_run_without_a_port_and_end_with_the_host(state):
    up = Up(state)
    try:
        running = servers(state)
        assert any("postgres" in line for line in running.values()), running
        assert any("valkey" in line or "redis" in line for line in running.values()), running
        assert listening(running) == []
        assert f"{state}/run" in up.output and "Valkey" in up.output
        for socket in (state / "run").iterdir():
            if socket.is_socket():
                assert socket.stat().st_mode & 0o077 == 0, socket
        up.terminate()
        assert up.wait(60) == 0, up.output[-2000:]
        wait_until(lambda: not servers(state), "no server is left", 10)
    finally:
        up.close()


def test_what_is_watched_is_kept(state):
    up = Up(state)
    try:
        assert watched(up.rpc) == []
        for symbol in ("AAPL", "MSFT", "AAPL"):
            call(up.rpc, "Watch", field(symbol))
        assert sorted(watched(up.rpc)) == ["AAPL", "MSFT"]
        assert watched(up.rpc, [("lonja-client", "u-2")]) == []
        call(up.rpc, "Unwatch", field("MSFT"))
        call(up.rpc, "Unwatch", field("'; DROP TABLE watched; --"))
        assert watched(up.rpc, [("lonja-client", "' OR '1'='1")]) == []
        assert refusal(up.rpc, "Watch", field("NOPE")) == grpc.StatusCode.NOT_FOUND
        assert refusal(up.rpc, "Watch", field("a b")) == grpc.StatusCode.INVALID_ARGUMENT
        assert refusal(up.rpc, "ListWatched", metadata=[]) == grpc.StatusCode.UNAUTHENTICATED
        assert watched(up.rpc) == ["AAPL"]
    finally:
        up.close()
    again = Up(state)
    try:
        assert watched(again.rpc) == ["AAPL"]
    finally:
        again.close()


def test_a_killed_host_leaves_nothing_and_the_next_one_recovers(state):
    up = Up(state)
    try:
        call(up.rpc, "Watch", field("AAPL"))
        assert servers(state)
        up.process.send_signal(signal.SIGKILL)
        up.process.wait()
        wait_until(lambda: not servers(state), "no server is left", 20)
    finally:
        up.close()
    again = Up(state)
    try:
        assert watched(again.rpc) == ["AAPL"]
    finally:
        again.close()


def test_a_killed_database_recovers_in_mid_traffic(state, tmp_path):
    up = Up(state)
    try:
        call(up.rpc, "Watch", field("AAPL"))
        body = tmp_path / "body"
        body.write_bytes(b"\x00" + struct.pack(">I", 0))
        load = subprocess.Popen(
            ["h2load", "-c", "4", "-m", "10", "-D", "6", "-d", body, "-H", "content-type: application/grpc",
             "-H", "te: trailers", "-H", "lonja-client: u-1", "-H", "grpc-timeout: 2S",
             f"http://127.0.0.1:{up.rpc}/lonja.wallet.v1.Wallet/ListWatched"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        codes, slowest, stop = [], [0.0], threading.Event()

        def ask():
            while not stop.is_set():
                begin = time.monotonic()
                try:
                    call(up.rpc, "ListWatched", seconds=2)
                    codes.append("OK")
                except grpc.RpcError as error:
                    codes.append(error.code().name)
                slowest[0] = max(slowest[0], time.monotonic() - begin)
                time.sleep(0.05)

        asker = threading.Thread(target=ask)
        asker.start()
        try:
            time.sleep(1.5)
            first = postmaster(state)
            os.kill(first, signal.SIGKILL)
            output, _ = load.communicate(timeout=60)
            wait_until(lambda: postmaster(state) != first, "another postmaster", 30)
            wait_until(lambda: codes[-3:] == ["OK"] * 3, f"answers after the restart, saw {codes[-20:]}", 30)
        finally:
            stop.set()
            asker.join(10)
        assert "0 failed, 0 errored, 0 timeout" in output, output
        assert set(codes) <= {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED"}, set(codes)
        assert slowest[0] < 4, "a call ends by its deadline, whatever the database does"
        assert watched(up.rpc) == ["AAPL"]
        assert up.process.poll() is None, "the host goes on"
    finally:
        up.close()


def test_migrate_and_a_database_of_a_later_build(state):
    up = Up(state)
    try:
        environment = {"LONJA_PLUGIN": "wallet", "LONJA_WALLET_POSTGRES_HOST": f"{state}/run"}
        migrate = Running([BINARIES / "lonja", "migrate"], environment)
        try:
            assert migrate.wait(60) == 0, migrate.output
        finally:
            migrate.close()
        later = subprocess.run(
            ["psql", "-qAt", "-h", f"{state}/run", "-U", "wallet", "-c",
             "INSERT INTO lonja_migrations (number, name, sha256)"
             " SELECT max(number) + 1, 'later', 'x' FROM lonja_migrations RETURNING number"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()
        refused = Running([BINARIES / "lonja", "migrate"], environment)
        try:
            assert refused.wait(60) == 69
            assert f"migration {later}" in refused.output and "wallet" in refused.output, refused.output
        finally:
            refused.close()
    finally:
        up.close()


def test_a_store_that_runs_elsewhere_is_used_and_none_started(state, tmp_path_factory):
    first = Up(state)
    elsewhere = {f"LONJA_{name}_POSTGRES_HOST": f"{state}/run" for name in ("NOTIFICATION", "PROFILE", "WALLET")}
    for name in ("AUTH", "GATEWAY", "MARKET"):
        elsewhere[f"LONJA_{name}_VALKEY_ADDRESS"] = f"unix:{state}/run/valkey.sock"
    other = tmp_path_factory.mktemp("elsewhere")
    try:
        call(first.rpc, "Watch", field("AAPL"))
        second = Up(other, elsewhere)
        try:
            assert watched(second.rpc) == ["AAPL"]
            assert servers(other) == {}
        finally:
            second.close()
    finally:
        first.close()


def test_a_folder_serves_one_host_at_a_time(state):
    first = Up(state)
    try:
        second = Running([BINARIES / "lonja", "up"], {"LONJA_STATE": str(state)})
        try:
            assert second.wait(20) == 69
            assert f"LONJA_STATE={state} is in use" in second.output, second.output
        finally:
            second.close()
        assert first.ready()
    finally:
        first.close()


def test_a_folder_that_cannot_be_is_one_clear_line(tmp_path):
    for bad in (tmp_path / "a" / "b", "/proc/nothing", tmp_path / ("x" * 120)):
        up = Running([BINARIES / "lonja", "up"], {"LONJA_STATE": str(bad)})
        try:
            assert up.wait(20) == 64, up.output
            assert len(up.output.splitlines()) == 1 and "LONJA_STATE" in up.output, up.output
        finally:
            up.close()


def test_a_plugin_of_somebody_else_has_its_settings(state, tmp_path):
    shutil.copy(BINARIES / "libHelloFixture.so", tmp_path / "libHelloPlugin.so")
    up = Up(state, {"LONJA_PLUGIN_PATH": f"{tmp_path}:{BINARIES}", "LONJA_HELLO_WORD": "Buenas"})
    try:
        assert fetch(up.http, "/hello/AAPL").body.startswith(b"Buenas, Apple")
    finally:
        up.close()
