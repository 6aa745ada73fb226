"""The command of the Valkey pod, as rendered, with Debian's Redis in its place (the same program before the fork)."""

import os
import socket
import subprocess
import time

import pytest

from rendering import STORES, containers, objects, of_kind


@pytest.fixture
def valkey(tmp_path):
    every = objects(chart=STORES)
    pod = next(each for each in of_kind(every, "StatefulSet") if each["metadata"]["name"] == "lonja-valkey")
    config = next(each for each in of_kind(every, "ConfigMap") if each["metadata"]["name"] == "lonja-valkey")["data"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {"/etc/valkey-password": "password", "/etc/valkey": "config", "/run/valkey": "run", "/data": "data"}
    for folder in places.values():
        (tmp_path / folder).mkdir()
    (tmp_path / "password/password").write_text("word of valkey")
    (tmp_path / "config/valkey.conf").write_text(
        config["valkey.conf"].replace("port 6379", f"port {port}").replace("/data", str(tmp_path / "data"))
        .replace("bind * -::*", "bind 127.0.0.1"))
    container = containers(pod["spec"]["template"])[0]
    script = container["args"][0].replace("valkey-server", "redis-server")
    for mount in container["volumeMounts"]:
        if mount["mountPath"] in places:
            script = script.replace(mount["mountPath"] + "/", str(tmp_path / places[mount["mountPath"]]) + "/")
    running = subprocess.Popen(["sh", "-ec", script], stdout=subprocess.DEVNULL)

    def cli(*arguments, word="word of valkey"):
        env = {**os.environ, "REDISCLI_AUTH": word}
        return subprocess.run(["redis-cli", "-p", str(port), *arguments], env=env, capture_output=True, text=True,
                              check=False).stdout.strip()

    try:
        for _ in range(200):
            if cli("ping") == "PONG":
                break
            time.sleep(0.05)
        yield cli, running
    finally:
        running.kill()
        running.wait()


def test_valkey_keeps_and_refuses(valkey):
    cli, running = valkey
    assert cli("ping") == "PONG"
    assert "NOAUTH" in cli("ping", word="") and "NOAUTH" in cli("ping", word="another")
    settings = {key: cli("config", "get", key).split("\n")[-1] for key in ("appendonly", "appendfsync", "maxmemory-policy",
                                                                          "maxmemory")}
    assert settings == {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction",
                        "maxmemory": str(200 * 1024 * 1024)}
    # No process shows the password.
    with open(f"/proc/{running.pid}/cmdline", encoding="utf8") as line:
        assert "word of valkey" not in line.read()
