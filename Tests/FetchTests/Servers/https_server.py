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


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body, coding = b"hello", None
        if self.path.startswith("/bomb"):
            body, coding = bomb(512), "gzip"
        elif self.path.startswith("/gzip"):
            body, coding = gzip.compress(b"decoded " * 1000), "gzip"
        elif self.path.startswith("/broken"):
            body, coding = gzip.compress(b"decoded " * 1000)[:10] + b"\xff" * 40, "gzip"
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

    def log_message(self, *args):
        pass


cert, key = sys.argv[1:3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
