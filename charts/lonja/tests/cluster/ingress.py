"""Traefik in front, as K3s has it: it reads the rendered Ingress from the API, and the endpoints behind it."""

import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

PORT = 443


class Ingress:
    def __init__(self, folder, api, host):
        self.host = host
        self.log = folder / "traefik.log"
        program = pathlib.Path(sys.executable).parent / "traefik"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen([
                program, "--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO",
                # The entry points of K3s.
                "--entrypoints.web.address=:80", f"--entrypoints.websecure.address=:{PORT}", "--entrypoints.websecure.http.tls=true",
                "--providers.kubernetesingress=true", f"--providers.kubernetesingress.endpoint={api.url}",
                "--providers.kubernetesingress.token=none",
            ], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, env={"PATH": os.environ["PATH"]})

    def connect(self, source=None, seconds=20):
        """A connection with TLS; `source` is an address of loopback to come from, as each client has its own."""
        context = ssl.create_default_context()
        # The controller's own certificate, as the chart has it where no secret is named.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", PORT), seconds, (source, 0) if source else None)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname=self.host)

    def status(self, path):
        with self.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {self.host}\r\nconnection: close\r\n\r\n".encode())
            return int(connection.recv(4096).split()[1])

    def wait(self, path, seconds=60):
        """Until the path is answered by what is behind."""
        until, last = time.monotonic() + seconds, None
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                last = self.status(path)
                if last == 200:
                    return
            except (OSError, ValueError, IndexError) as error:
                last = error
            time.sleep(0.1)
        raise AssertionError(f"{path} through Traefik: {last}\n{self.log.read_text()[-3000:]}")

    def close(self):
        self.process.terminate()
        self.process.wait(20)
