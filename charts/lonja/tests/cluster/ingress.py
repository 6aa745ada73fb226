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
    """`provider` is kubernetesingress, or kubernetescrd for IngressRoutes."""

    def __init__(self, node, address, api, host, provider="kubernetesingress", ports=(80, PORT)):
        """In the sandbox `traefik` of the node, which has this address."""
        self.host, self.address, (plain, self.port) = host, address, ports
        self.log = node.folder / f"traefik-{provider}.log"
        program = pathlib.Path(sys.executable).parent / "traefik"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen([
                "ip", "netns", "exec", "traefik", program, "--log.level=INFO",
                "--global.checknewversion=false", "--global.sendanonymoususage=false",
                # The entry points of K3s.
                f"--entrypoints.web.address=:{plain}", f"--entrypoints.websecure.address=:{self.port}",
                "--entrypoints.websecure.http.tls=true",
                f"--providers.{provider}=true", f"--providers.{provider}.endpoint={api.url}", f"--providers.{provider}.token=none",
            ], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=node.folder, env={"PATH": os.environ["PATH"]})

    def connect(self, seconds=20):
        """A connection with TLS."""
        context = ssl.create_default_context()
        # The controller's own certificate, as the chart has it where no secret is named.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((self.address, self.port), seconds)
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
