"""The way in of a cluster that runs already, for tests that need no processes of their own: TLS, under the cluster's name.

charts/lonja/tests/cluster sets LONJA_TEST_INGRESS to a JSON file: host, address, port, from (the first half of
the addresses that clients may have), outbox, logs, state.
"""

import http.client
import json
import os
import socket
import ssl
from pathlib import Path

from accounts import EarlyAccounts, Outbox
from harness import Answer

INGRESS = os.environ.get("LONJA_TEST_INGRESS")


class FrontConnection(http.client.HTTPSConnection):
    """Comes from an address of its own, which the proxy tells the gateway; what a client says of itself it does not pass on."""

    def __init__(self, front, address, seconds):
        context = ssl.create_default_context()
        # The controller's own certificate.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(front.host, front.port, timeout=seconds, context=context)
        self.context, self.source, self.address = context, (address, 0), front.address

    def connect(self):
        plain = socket.create_connection((self.address, self.port), self.timeout, self.source)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)


class Front:
    """Stands where tests have the port of a gateway."""

    # As https wants them.
    cookies = "__Host-"

    def __init__(self, host, address, port, clients):
        self.host, self.address, self.port, self.clients = host, address, port, clients

    def source(self, address):
        """The address of this machine that stands for a client's."""
        return f"{self.clients}.{address.split('.', 2)[2]}"

    def connection(self, address=None, seconds=20):
        """`address` is one that `source` gave."""
        address = address or self.source("10.0.255.1")
        return FrontConnection(self, address, seconds)

    def fetch(self, path, method, headers, body, seconds):
        connection = self.connection(seconds=seconds)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


def connection_to(http_of_world, seconds):
    """A connection to a gateway's port, or through a front."""
    if isinstance(http_of_world, Front):
        return http_of_world.connection(seconds=seconds)
    return http.client.HTTPConnection("127.0.0.1", http_of_world, timeout=seconds)


class Outside:
    """As an Exchange, of which nothing but the outside is known, and what the pods wrote."""

    def __init__(self):
        said = json.loads(Path(INGRESS).read_text())
        self.http = self.front = Front(said["host"], said["address"], said["port"], said["from"])
        self.origin = f"https://{said['host']}"
        self.outbox, self.state = Outbox(Path(said["outbox"])), Path(said["state"])
        self.folder_of_logs = Path(said["logs"])
        self.early = EarlyAccounts(self)

    @property
    def logs(self):
        return "\n".join(path.read_text(errors="replace") for path in self.folder_of_logs.glob("*.log"))
