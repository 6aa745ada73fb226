"""The receiving ends: a server that speaks SendGrid's API and a mail server; both note every mail they take."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SERVERS = Path(__file__).resolve().parents[1] / "MailDriverTests" / "Servers"
KEY = "SG.swap-test"


class End:
    """A server in a process of its own, with the mails it has taken so far."""

    def __init__(self, script, log, *arguments):
        self.log, self.offset, self.mails = log, 0, []
        log.touch()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, "-u", SERVERS / script, log, *arguments],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{script} does not start")
        self.port = int(line)

    def read(self):
        """Takes in what is new; a line that is not complete yet waits."""
        with self.log.open("rb") as file:
            file.seek(self.offset)
            new = file.read()
        end = new.rfind(b"\n") + 1
        self.offset += end
        for line in new[:end].splitlines():
            found = json.loads(line)
            if "outboxID" in found:
                self.mails.append(found)
        return self.mails

    def close(self):
        self.process.kill()
        self.process.wait()


def certificates(folder):
    """An authority and a certificate for localhost."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL, cwd=folder)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "smtp.key", "-out", "smtp.csr",
            "-addext", "subjectAltName=DNS:localhost")
    openssl("x509", "-req", "-in", "smtp.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-copy_extensions", "copy", "-out", "smtp.pem")


class Ends:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lonja-swap-")
        path = Path(self.folder.name)
        certificates(path)
        self.authority = path / "ca.pem"
        self.sendgrid = End("sendgrid_server.py", path / "sendgrid.log", KEY)
        self.smtp = End("smtp_server.py", path / "smtp.log", "starttls", path / "smtp.pem", path / "smtp.key", "auth")

    def settings(self, driver):
        """The part of the configuration that is about mail."""
        return {
            "driver": driver,
            "sendgrid": {"url": f"http://127.0.0.1:{self.sendgrid.port}"},
            "smtp": {
                "host": "localhost", "port": self.smtp.port, "user": "lonja",
                "certificateAuthorities": str(self.authority), "connections": 8,
            },
        }

    def mails(self):
        return self.sendgrid.read() + self.smtp.read()

    def close(self):
        self.sendgrid.close()
        self.smtp.close()
        self.folder.cleanup()
