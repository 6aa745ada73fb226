"""The DNS of the cluster: services' names, answered with the addresses that they have at the moment."""

import ipaddress
import socket
import struct
import threading

# As CoreDNS of K3s.
LIFETIME = 5
A, AAAA = 1, 28
NO_SUCH_NAME = 3


class Names:
    def __init__(self, address, lookup):
        """`lookup` gives the addresses of a name, none while it has none, and None if there is no such name."""
        self.lookup = lookup
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, sender = self.socket.recvfrom(1500)
                self.socket.sendto(self.answer(query), sender)
            except OSError:
                return

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += query[at] + 1
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        found = self.lookup(".".join(labels).lower())
        records = b"".join(
            struct.pack("!HHHIH", 0xC00C, A, 1, LIFETIME, 4) + ipaddress.IPv4Address(each).packed for each in found or []
        ) if kind == A else b""
        # An answer, with authority, to a question that wanted recursion.
        flags = 0x8580 | (NO_SUCH_NAME if found is None else 0)
        return query[:2] + struct.pack("!HHHHH", flags, 1, len(records) // 16, 0, 0) + question + records

    def close(self):
        self.socket.close()
