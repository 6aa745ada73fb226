"""Certificates that tests make and change by openssl."""

import subprocess

import grpc


class Authority:
    """Signs certificates by openssl, and puts them where others look."""

    def __init__(self, folder, name="authority"):
        self.folder, self.path = folder, folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        self.openssl("-days", "2", "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.path)

    def openssl(self, *arguments):
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subprocess.run(["openssl", "req", "-x509", *new_key, *map(str, arguments)], check=True, capture_output=True)

    def issue(self, file, *services):
        """A certificate of these services, in the place of what had that name before."""
        names = ",".join(f"DNS:{service}" for service in services)
        base = self.folder / file
        self.openssl(
            "-CA", self.path, "-CAkey", self.key, "-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName={names}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", f"{base}.key.new", "-out", f"{base}.pem.new",
        )
        for end in ("key", "pem"):
            (self.folder / f"{file}.{end}.new").rename(f"{base}.{end}")
        return {
            "LONJA_HOST_RPC_TLS_CERTIFICATE": f"{base}.pem", "LONJA_HOST_RPC_TLS_KEY": f"{base}.key",
            "LONJA_HOST_RPC_TLS_AUTHORITIES": str(self.path),
        }

    def credentials(self, file):
        paths = (self.path, self.folder / f"{file}.key", self.folder / f"{file}.pem")
        return grpc.ssl_channel_credentials(*(path.read_bytes() for path in paths))
