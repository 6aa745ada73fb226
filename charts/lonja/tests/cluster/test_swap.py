"""`kubectl apply` of a ConfigMap swaps the mail driver in the running container, by the rename that a kubelet does."""

import json
import pathlib
import subprocess
import sys
import time

from accounts import Browser, new_email
from cluster import MAIL
from settings import ROOT

PHRASE = "pass word"


class MailServer:
    """aiosmtpd at the address of lonja-mail, which wants TLS and a password."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=lonja-mail.lonja-mail",
                     "-keyout", "smtp.key", "-out", "smtp.csr", "-addext", "subjectAltName=DNS:lonja-mail.lonja-mail")
        self.openssl("x509", "-req", "-in", "smtp.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                     "-copy_extensions", "copy", "-out", "smtp.pem")
        self.authority = (folder / "ca.pem").read_text()
        self.log = folder / "log"
        self.process = None

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def start(self):
        script = pathlib.Path(__file__).with_name("mail_server.py")
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-u", script, MAIL, self.folder / "smtp.pem", self.folder / "smtp.key", self.log, PHRASE],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        assert self.process.stdout.readline().strip() == "ready"

    def mails(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def driver(pod):
    (slot,) = [each for each in json.loads(pod.admin("/plugins"))["slots"] if each["slot"] == "notification.mail"]
    return slot["driver"], slot["lastFailure"]


def generation(pod):
    return json.loads(pod.admin("/plugins"))["configurationGeneration"]


def until(condition, what, seconds=30):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, what
        time.sleep(0.05)


def to_smtp(config):
    mail = config["notification"]["mail"]
    mail["driver"] = "smtp"
    # Its place and its authorities are in the rendered configuration already.
    mail["smtp"] = {**mail["smtp"], "user": "lonja"}


def test_a_changed_configmap_swaps_the_mail_driver(cluster, shop):
    (pod,) = cluster.deployment("notification").pods
    process, restarts = pod.process, pod.restarts
    assert driver(pod)[0] == "outbox"
    server = MailServer(cluster.folder / "mail")
    try:
        # First without a server: what serves goes on.
        cluster.kept["Secret", "lonja-mail"] = {
            "kind": "Secret", "metadata": {"name": "lonja-mail"}, "stringData": {"password": PHRASE},
        }
        cluster.kept["Secret", "lonja-mail-ca"] = {
            "kind": "Secret", "metadata": {"name": "lonja-mail-ca"}, "stringData": {"ca.crt": server.authority},
        }
        pod.volumes.refresh("secrets")
        pod.volumes.refresh("smtp-ca")
        cluster.apply_config("notification", to_smtp)
        until(lambda: driver(pod)[1], "a failed swap is told of")
        assert driver(pod)[0] == "outbox"
        address = new_email("files")
        Browser(shop).register(address)
        assert shop.outbox.to(address).subject

        server.start()
        # A configuration that failed is tried again when it changes, or by `lonja swap`.
        before = generation(pod)
        cluster.apply_config("notification", lambda config: config["notification"]["mail"].update(driver="outbox"))
        until(lambda: generation(pod) > before, "the configuration is read again")
        began = time.monotonic()
        cluster.apply_config("notification", to_smtp)
        until(lambda: driver(pod)[0] == "smtp", "the driver is smtp")
        took = time.monotonic() - began
        said = pod.execute("lonja", "drivers")
        assert said.returncode == 0 and "smtp" in said.stdout, said.stdout + said.stderr
        address = new_email("server")
        Browser(shop).register(address)
        until(lambda: any(address in mail["to"] for mail in server.mails()), "the mail comes through the server")
        assert shop.outbox.none_to(address)
        assert (pod.process, pod.restarts) == (process, restarts), "no restart"
        print(f"\nmail driver swapped {took:.2f} s after the rename of ..data, in process {process} as before", end="")
    finally:
        cluster.apply_config("notification", lambda config: config["notification"]["mail"].update(driver="outbox"))
        until(lambda: driver(pod)[0] == "outbox", "the driver is outbox again")
        server.close()
