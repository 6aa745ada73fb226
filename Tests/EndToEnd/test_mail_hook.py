"""Attack 29: what becomes of a mail, as SendGrid reports it to POST /hooks/mail, and who pretends to be SendGrid."""

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts import Browser, new_email
from harness import BINARIES, Lonja, Running, Up, fetch, free_ports, open_folder, wait_until

SERVER = Path(__file__).resolve().parents[1] / "MailDriverTests" / "Servers" / "sendgrid_server.py"
KEY = "SG.hook-test"
SIGNATURE, TIMESTAMP = "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"


class SendGrid:
    """Takes mails as SendGrid does, and reports what became of them."""

    def __init__(self, folder):
        self.log = folder / "sendgrid.log"
        self.log.touch()
        (self.port,) = free_ports(1)
        self.process = Running([sys.executable, "-u", SERVER, self.log, KEY, f"port={self.port}"])
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(public).decode()

    def mail_to(self, address):
        def find():
            mails = [json.loads(line) for line in self.log.read_text().splitlines()]
            return next((mail for mail in mails if mail.get("recipients") == [address]), None)

        return wait_until(find, f"a mail to {address}", 20)

    def report(self, events, at=None, key=None):
        """The content and the fields of a report that is signed now."""
        body = json.dumps(events).encode() if isinstance(events, list) else events
        timestamp = str(int(time.time() if at is None else at))
        signature = (key or self.key).sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return body, {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: timestamp, "content-type": "application/json"}

    def close(self):
        self.process.close()


class Place:
    """A whole Lonja whose mails go to SendGrid, with two doors: that of its own process, and a gateway in another."""

    def __init__(self, folder):
        self.sendgrid = SendGrid(folder)
        self.up = Up(folder / "state", {
            "LONJA_NOTIFICATION_MAIL_DRIVER": "sendgrid",
            "LONJA_NOTIFICATION_MAIL_SENDGRID_URL": f"http://127.0.0.1:{self.sendgrid.port}",
            "LONJA_NOTIFICATION_MAIL_SENDGRID_KEY": KEY,
            "LONJA_NOTIFICATION_MAIL_SENDGRID_WEBHOOK_KEY": self.sendgrid.public,
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8",
        })
        address = f"127.0.0.1:{self.up.rpc}"
        names = ["NOTIFICATION", "PROFILE", "AUTH", "MARKET", "WALLET"]
        self.gateway = Lonja("gateway", {f"LONJA_ADDRESS_{name}": address for name in names})
        self.http = self.up.http
        self.origin = f"http://localhost:{self.http}"

    def mails(self, *words):
        """What `lonja mails` prints, a list of fields for each mail."""
        environment = {**os.environ, "LONJA_ADDRESS_NOTIFICATION": f"127.0.0.1:{self.up.rpc}"}
        done = subprocess.run([BINARIES / "lonja", "mails", *words], capture_output=True, text=True, env=environment, timeout=60)
        assert done.returncode == 0, done.stderr
        return {line.split("\t")[0]: line.split("\t")[1:] for line in done.stdout.splitlines()}

    def send_mail(self, address=None):
        """Somebody registers, and SendGrid takes the mail."""
        address = address or new_email()
        Browser(self).register(address)
        mail = self.sendgrid.mail_to(address)["outboxID"]
        wait_until(lambda: self.mails()[mail][0] == "sent", "the mail is sent")
        return address, mail

    def close(self):
        for each in (self.gateway, self.up, self.sendgrid):
            each.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    running = Place(open_folder(tmp_path_factory.mktemp("hook")))
    yield running
    running.close()


@pytest.fixture(params=["one process", "two processes"])
def door(place, request):
    """The port of the public API, and a call of the webhook there."""
    port = place.http if request.param == "one process" else place.gateway.http

    def post(body, fields):
        return fetch(port, "/hooks/mail", "POST", fields, body)

    return post


def event(kind, mail, **more):
    return {
        "email": "x@example.com", "timestamp": int(time.time()), "event": kind, "sg_event_id": os.urandom(12).hex(),
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001", "outbox_id": mail, "attempt": "1", **more,
    }


def test_what_sendgrid_reports_is_shown(place, door):
    _, mail = place.send_mail()
    report = place.sendgrid.report([event("processed", mail), event("delivered", mail, response="250 OK"), event("open", mail)])
    assert place.mails()[mail][5] == "-"
    answer = door(*report)
    assert answer.status == 204 and answer.body == b"", answer.body
    fields = place.mails()[mail]
    assert (fields[0], fields[5]) == ("sent", "delivered: 250 OK"), fields
    assert door(*report).status == 204, "again, as when our answer was lost"
    metrics = fetch(place.up.admin, "/metrics").body.decode()
    counts = [line.split()[-1] for line in metrics.splitlines() if 'notification_events_total{driver="sendgrid",kind="delivered"' in line]
    assert len(counts) == 1 and float(counts[0]) <= 2, "each event counts once: one through each door"


def test_nothing_goes_to_an_address_that_a_mail_came_back_from(place, door):
    address, mail = place.send_mail()
    bounce = event("bounce", mail, type="bounce", status="5.1.1", reason=f"550 5.1.1 <{address}>: no such user")
    assert door(*place.sendgrid.report([bounce])).status == 204
    fields = place.mails("--state", "dead")[mail]
    assert fields[5].startswith("bounced: 550 5.1.1") and fields[6].startswith("it came back: 550 5.1.1"), fields
    assert address not in " ".join(fields)
    before = place.mails()
    Browser(place).post("/auth/password-resets", {"email": address.upper()})

    def later():
        return next((fields for name, fields in place.mails("--state", "dead").items() if name not in before), None)

    stopped = wait_until(later, "the mail that was not sent")
    assert stopped[6].startswith("not sent: a mail to this address came back on ") and "550 5.1.1" in stopped[6], stopped
    assert len([line for line in place.sendgrid.log.read_text().splitlines() if address in line.lower()]) == 1


def test_29_nobody_else_reports(place, door):
    """Attack 29: no or a forged signature, an altered byte, an old timestamp, a replay; and no effect."""
    _, mail = place.send_mail()
    events = [event("bounce", mail, type="bounce", status="5.1.1", reason="forged")]
    body, fields = place.sendgrid.report(events)
    other = ec.generate_private_key(ec.SECP256R1())
    now = time.time()
    attempts = {
        "unsigned": (body, {"content-type": "application/json"}, 401),
        "no signature": (body, {TIMESTAMP: fields[TIMESTAMP]}, 401),
        "no time": (body, {SIGNATURE: fields[SIGNATURE]}, 401),
        "a session instead": (body, {"cookie": "lonja=x", "authorization": "Bearer x"}, 401),
        "another's key": (*place.sendgrid.report(events, key=other), 403),
        "no signature at all": (body, {**fields, SIGNATURE: "AAAA"}, 403),
        "an altered byte": (body.replace(b"5.1.1", b"5.1.2"), fields, 403),
        "a byte more": (body + b" ", fields, 403),
        "another time": (body, {**fields, TIMESTAMP: str(int(fields[TIMESTAMP]) + 1)}, 403),
        "an old one again": (*place.sendgrid.report(events, at=now - 302), 403),
        "one of the future": (*place.sendgrid.report(events, at=now + 330), 403),
        "no events": (*place.sendgrid.report(b"{}"), 400),
        "too long": (*place.sendgrid.report(b" " * (1 << 20) + b"[]"), 413),
    }
    for name, (content, sent, status) in attempts.items():
        answer = door(content, sent)
        assert answer.status == status, (name, answer.status, answer.body)
        assert answer.headers["content-type"] == "application/problem+json", name
    assert place.mails()[mail][0] == "sent" and place.mails()[mail][5] == "-", "nothing of it was believed"


def test_29_without_a_key_the_door_is_closed(tmp_path_factory):
    folder = open_folder(tmp_path_factory.mktemp("closed"))
    sendgrid = SendGrid(folder)
    up = Up(folder / "state")
    try:
        report = sendgrid.report([event("delivered", "6b1f1c9e-3c55-4b0b-9c40-0d6f6e3b7a11")])
        answer = fetch(up.http, "/hooks/mail", "POST", report[1], report[0])
        assert answer.status == 404 and answer.json["code"] == "mail-reports-closed", answer.body
    finally:
        up.close()
        sendgrid.close()
