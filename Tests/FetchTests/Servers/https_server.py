"""An HTTPS server for the tests: https_server.py CERT KEY. Prints its port."""
import gzip
import http.server
import ssl
import struct
import sys
import zlib


def bomb(megabytes):
    """Zeros, compressed some thousand times: one piece again and again."""
    coder = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    piece = coder.compress(zeros) + coder.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(megabytes):
        check = zlib.crc32(zeros, check)
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return head + piece * megabytes + coder.flush() + struct.pack("<II", check, megabytes << 20)


def deflate(data, bits):
    coder = zlib.compressobj(9, zlib.DEFLATED, bits)
    return coder.compress(data) + coder.flush()


TEXT = b"".join(b"line %d of something that is compressed about fourfold\n" % (n * n * 7919 % 1000003) for n in range(180_000))
PLAIN = b"decoded " * 1000
GOOD = gzip.compress(PLAIN)
CODED = {
    "/gzip": ("gzip", GOOD),
    "/broken": ("gzip", GOOD[:10] + b"\xff" * 40),
    "/cut": ("gzip", GOOD[:-20]),
    "/cut-trailer": ("gzip", GOOD[:-3]),
    "/wrong-check": ("gzip", GOOD[:-8] + bytes([GOOD[-8] ^ 1]) + GOOD[-7:]),
    "/wrong-length": ("gzip", GOOD[:-1] + b"\x01"),
    "/more": ("gzip", GOOD + b"more"),
    "/zeros-behind": ("gzip", GOOD + bytes(8)),
    "/members": ("gzip", GOOD + gzip.compress(b"") + GOOD),
    "/tiny-members": ("gzip", gzip.compress(b"") * 20_000),
    "/zlib": ("deflate", deflate(PLAIN, 15)),
    "/raw": ("deflate", deflate(PLAIN, -15)),
    "/cut-zlib": ("deflate", deflate(PLAIN, 15)[:-1]),
    "/more-raw": ("deflate", deflate(PLAIN, -15) + b"x"),
    "/br": ("br", GOOD),
    "/twice": ("gzip, gzip", gzip.compress(GOOD)),
    "/identity": ("identity", PLAIN),
    "/empty": ("gzip", b""),
    "/text": ("gzip", gzip.compress(TEXT)),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body, coding = b"hello", None
        if self.path.startswith("/bomb"):
            body, coding = bomb(512), "gzip"
        elif self.path in CODED:
            coding, body = CODED[self.path]
        elif self.path.startswith("/large"):
            body = b"x" * (10 << 20)
        elif self.path.startswith("/transfer"):
            # libcurl 7.88 would undo it unasked.
            self.send_response(200)
            self.send_header("transfer-encoding", "gzip, chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD))
            return
        elif self.path.startswith("/asked"):
            body = self.headers.get("accept-encoding", "none").encode()
        elif self.path.startswith("/down"):
            self.send_response(302)
            self.send_header("location", "http://localhost/")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        self.send_response(200)
        if coding:
            self.send_header("content-encoding", coding)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(GOOD)))
        self.end_headers()

    def do_POST(self):
        left = int(self.headers["content-length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


cert, key = sys.argv[1:3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
