"""The program itself takes what is rendered: variables, configuration and secret files of every pod, as a process of a
build that is there (sh Tests/run makes one). Stores and peers are away, so it may go no further than to miss them.
"""

import base64
import concurrent.futures
import contextlib
import functools
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time

import pytest
import yaml

from rendering import CHART, containers, name, objects, of_kind, pods
from settings import ROOT

BUILDS = [ROOT / ".build" / mode / "lonja" for mode in ("debug", "release")]
PROGRAM = pathlib.Path(os.environ.get("LONJA_PROGRAM", next((str(each) for each in BUILDS if each.exists()), "")) or "/none")
# Drained; missing a store, its mail server or a peer.
FINE = {0, 69}

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="no build of lonja: swift build, or LONJA_PROGRAM")


def free_ports(number):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@functools.cache
def certificates(environment):
    """The Secrets of mutual TLS."""
    done = subprocess.run(["sh", CHART / "bootstrap/certificates", environment], capture_output=True, text=True, check=True)
    return {each["metadata"]["name"]: each["data"] for each in yaml.safe_load_all(done.stdout) if each}


def laid_out(each, made, config, folder, ports):
    """The pod's environment, with its mounted files below `folder` and these ports instead of its own."""
    env = {variable["name"]: variable["value"] for variable in containers(made)[0]["env"]}
    (folder / "config").mkdir()
    # It reads certificates at once; those of stores not before it connects.
    text = config[each["metadata"]["name"]]
    for part in ("tls", "collector-ca"):
        text = text.replace(f"/etc/lonja/{part}/", f"{folder}/{part}/")
    (folder / "config" / "lonja.yaml").write_text(text)
    (folder / "secrets").mkdir()
    for volume in made["spec"]["volumes"]:
        if volume["name"] == "certificate":
            (folder / "tls").mkdir()
            held = certificates(each["metadata"]["namespace"].removeprefix("lonja-"))[volume["secret"]["secretName"]]
            for item in volume["secret"]["items"]:
                (folder / "tls" / item["path"]).write_bytes(base64.b64decode(held[item["key"]]))
        if volume["name"] == "collector-ca":
            (folder / "collector-ca").mkdir()
            authority = certificates("dev")["lonja-web-tls"]["ca.crt"]
            (folder / "collector-ca/collector.crt").write_bytes(base64.b64decode(authority))
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                # Made up, of the form that each wants.
                prefix = "one:" if item["path"] == "profile.pepper" else ""
                (folder / "secrets" / item["path"]).write_text(f"{prefix}{'A' * 43}=\n")
    here = {"/etc/lonja/config": folder / "config", "/etc/lonja/secrets": folder / "secrets", "/run/lonja": folder}
    for variable, value in env.items():
        for mount, to in here.items():
            env[variable] = env[variable].replace(mount, str(to))
    for variable, port in zip(sorted(v for v in env if v.endswith("_LISTEN")), ports, strict=False):
        env[variable] = f"127.0.0.1:{port}"
    return env


TRACED = ("traces.enabled=true", "traces.certificate=true", "external.collector.ca.name=ca", "external.collector.ca.key=ca.crt")


@pytest.mark.parametrize("environment, sets", [("dev", ()), ("dev", ("tls.mode=secret", *TRACED)), ("prod", ())])
def test_the_program_takes_what_is_rendered(environment, sets, tmp_path):
    every = objects(environment, sets=sets)
    config = {each["metadata"]["name"]: each["data"]["lonja.yaml"]
              for each in of_kind(every, "ConfigMap") if "lonja.yaml" in each["data"]}
    lonja = [(each, made) for each, made in pods(every) if containers(made)[0]["name"] == "lonja"]
    assert len(lonja) == 8
    # All are known before any is used, so that they differ.
    ports = free_ports(3 * len(lonja))
    commands = []
    for number, (each, made) in enumerate(lonja):
        folder = tmp_path / each["metadata"]["name"] / "x"
        folder.mkdir(parents=True)
        env = laid_out(each, made, config, folder, ports[3 * number:][:3])
        commands.append((name(each), [PROGRAM, *containers(made)[0]["args"]], env))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wrong = [text for text in pool.map(lambda command: complaint(*command), commands) if text]
    assert not wrong, "\n".join(wrong)


def complaint(pod, command, env):
    """What is wrong with the end of a pod's program; nothing if it is as it should be."""
    running = subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(4)
    if running.poll() is None:
        running.send_signal(signal.SIGTERM)
    try:
        output, _ = running.communicate(timeout=15)
        code = running.returncode
    except subprocess.TimeoutExpired:
        running.kill()
        output, _ = running.communicate()
        code = "hangs"
    # A signal that comes before the program listens for it ends it as any other.
    return None if code in FINE | {-signal.SIGTERM} else f"{pod}: {code} {output[-400:]}"


# HTTP/2's preface, and no settings.
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS = 4


def settles(port, context=None):
    """Whether the server at a port speaks HTTP/2 with whoever comes so: in plain text without a context."""
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as stream:
            if context:
                stream = context.wrap_socket(stream, server_hostname="web")
            with stream:
                stream.sendall(HELLO)
                frame = stream.recv(9)
                return len(frame) == 9 and frame[3] == SETTINGS and (not context or stream.selected_alpn_protocol() == "h2")
    except (ssl.SSLError, ConnectionError):
        return False


def client(folder, secret=None):
    """One that has the certificate of a plugin, or none."""
    folder.mkdir()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["h2"])
    context.load_verify_locations(cadata=base64.b64decode(certificates("dev")["lonja-web-tls"]["ca.crt"]).decode())
    if secret:
        for key in ("tls.crt", "tls.key"):
            (folder / key).write_bytes(base64.b64decode(secret[key]))
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


def test_a_plugin_serves_who_has_a_certificate_and_nobody_else(tmp_path):
    """web, which needs no store."""
    every = objects("dev", sets=("tls.mode=secret",))
    [config] = [each["data"]["lonja.yaml"] for each in of_kind(every, "ConfigMap") if each["metadata"]["name"] == "lonja-web"]
    [(each, made)] = [(each, made) for each, made in pods(every) if each["metadata"]["name"] == "lonja-web"]
    folder = tmp_path / "web"
    folder.mkdir()
    env = laid_out(each, made, {"lonja-web": config}, folder, free_ports(3))
    port = int(env["LONJA_RPC_LISTEN"].rsplit(":", 1)[1])
    with (folder / "log").open("w") as log:
        running = subprocess.Popen([PROGRAM, "serve"], env=env, stdout=log, stderr=log)
    try:
        mine = client(tmp_path / "gateway", certificates("dev")["lonja-gateway-tls"])
        until = time.monotonic() + 60
        while not settles(port, mine):
            assert running.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.2)
        assert not settles(port, client(tmp_path / "none"))
        # Of the same form, by another authority.
        assert not settles(port, client(tmp_path / "foreign", certificates("prod")["lonja-gateway-tls"]))
        # Valkey's is for serving alone.
        assert not settles(port, client(tmp_path / "valkey", certificates("dev")["lonja-valkey-tls"]))
        assert not settles(port)
        assert settles(port, mine)
    finally:
        running.kill()
        running.wait()
