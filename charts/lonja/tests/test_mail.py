"""The private mail server, started as its chart says: who may submit, what leaves, and what survives."""

import base64
import os
import re
import smtplib
import socket
import ssl
import subprocess
import warnings

import dkim
import pytest
import spf

import confined
from confined import named
from mail_world import DOMAIN, POD, SENDER, MailWorld, eventually, parsed, usable
from rendering import MAIL, objects
from test_program import PROGRAM

pytestmark = [
    pytest.mark.skipif(not confined.possible(), reason="no namespaces or no root here, and Postfix begins as root"),
    pytest.mark.skipif(not usable(), reason="packages are missing; tests/run installs them"),
    pytest.mark.skipif(not PROGRAM.exists(), reason="no build of lonja: swift build, or LONJA_PROGRAM"),
]
# Bits of the kernel's masks.
SETGID, SETUID, NET_BIND_SERVICE = 1 << 6, 1 << 7, 1 << 10


@pytest.fixture(scope="module")
def world():
    made = MailWorld()
    try:
        made.start()
        made.publish()
        made.start_host()
        yield made
    finally:
        made.close()


def signature(mail):
    """The fields of a mail's one signature."""
    [text] = parsed(mail).get_all("DKIM-Signature")
    return dict(part.split("=", 1) for part in re.sub(r"\s", "", text).split(";") if part)


def verified(world, raw):
    return dkim.verify(raw, dnsfunc=lambda name, timeout=5: world.text(name.decode().rstrip(".")) or None)


def refusal(attempt):
    """The code that a server refuses an attempt with; None if it does not."""
    try:
        attempt()
    except smtplib.SMTPRecipientsRefused as refused:
        return next(iter(refused.recipients.values()))[0]
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    return None


def submit(connection, sender=SENDER, to="ana@example.org", text=None):
    text = text or f"From: {sender}\r\nTo: {to}\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n"
    return connection.sendmail(sender, [to], text)


def test_only_master_is_root_and_it_has_three_rights(world):
    submit(world.session(world.password), to="processes@example.org")
    world.receiver.got("processes@example.org", what=lambda: world.log)
    masks = {}
    for name, status in world.containers["postfix"].processes():
        masks.setdefault(name, set()).add((status["Uid"][0], int(status["CapPrm"][0], 16), int(status["CapEff"][0], 16)))
        # Every identity of a process is the same one: none can go back.
        assert len(set(status["Uid"])) == len(set(status["Gid"])) == 1, name
        assert status["NoNewPrivs"] == ["1"] and int(status["CapBnd"][0], 16) == SETGID | SETUID | NET_BIND_SERVICE
        assert status["Groups"] == (["0"] if name == "master" else ["65532"]), name
    assert {"master", "smtpd", "cleanup", "qmgr", "smtp", "tlsmgr", "pickup"} <= set(masks)
    rights = SETGID | SETUID | NET_BIND_SERVICE
    assert masks.pop("master") == {("0", rights, rights)}
    assert set().union(*masks.values()) == {("65532", 0, 0)}
    others = list(world.containers["dkim"].processes())
    assert [name for name, _ in others] == ["opendkim"]
    assert {(s["Uid"][0], int(s["CapBnd"][0], 16)) for _, s in others} == {("65533", 0)}


def test_postfix_cannot_begin_without_root():
    """Why its namespace is not `restricted`. Should Debian's Postfix learn it, this fails, and the chart can do better."""
    master = "/usr/lib/postfix/sbin/master"
    with open(master, "rb") as program:
        assert b"reserved for the superuser" in program.read()
    drop = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups", "--"]
    for command in ([master, "-d"], ["postfix", "start-fg"]):
        assert subprocess.run([*drop, *command], capture_output=True, check=False, timeout=20).returncode == 1


def test_each_container_has_only_its_own_secrets(world):
    postfix, dkim_ = world.containers["postfix"], world.containers["dkim"]
    assert postfix.exec("sh", "-c", "ls /etc/lonja-mail/dkim").returncode != 0
    assert dkim_.exec("sh", "-c", "ls /etc/lonja-mail/tls || ls /etc/lonja-mail/password").returncode != 0
    as_postfix = ["setpriv", "--reuid=postfix", "--regid=postfix", "--clear-groups", "--", "cat"]
    assert postfix.exec(*as_postfix, "/etc/postfix/main.cf").returncode == 0
    for file in ("/etc/lonja-mail/tls/tls.key", "/etc/lonja-mail/password/password"):
        assert "Permission denied" in postfix.exec(*as_postfix, file).stderr, file
    for name, process in world.containers.items():
        assert "Read-only file system" in process.exec("sh", "-c", "echo x >/etc/x").stderr, name
    everything = "".join(open(f"/proc/{status['Pid'][0]}/cmdline").read() for process in world.containers.values()
                         for _, status in process.processes()) + world.log
    assert world.password not in everything


def test_without_tls_there_is_no_auth(world):
    connection = world.connection()
    connection.ehlo("client.example")
    assert connection.has_extn("starttls") and not connection.has_extn("auth")
    assert connection.docmd("AUTH", "PLAIN AGxvbmphAHg=")[0] == 530
    connection = world.connection()
    connection.ehlo("client.example")
    assert connection.docmd("MAIL", f"FROM:<{SENDER}>")[0] == 530
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        world.connection().starttls(context=old)


@pytest.mark.parametrize("user, password", [
    ("lonja", "wrong"), ("lonja", ""), ("nobody", None), ("root", None), ("lonja@elsewhere.example", None)])
def test_others_are_refused(world, user, password):
    phrase = base64.b64encode(f"\0{user}\0{world.password if password is None else password}".encode()).decode()
    connection = world.session()
    connection.ehlo()
    assert connection.docmd("AUTH", f"PLAIN {phrase}")[0] == 535
    # A second guess needs another connection.
    assert connection.docmd("AUTH", f"PLAIN {phrase}")[0] == 421


def test_it_is_no_open_relay(world):
    before = len(world.receiver.mails)
    assert refusal(lambda: submit(world.session())) == 554
    for sender in ("ana@lonja.example", "postmaster@lonja.example", "no-reply@example.org", "no-reply@lonja.example.org", ""):
        assert refusal(lambda: submit(world.session(world.password), sender)) == 553, sender
    for to in ("ana", "ana@host"):
        assert refusal(lambda: submit(world.session(world.password), to=to)) == 504, to
    assert world.session(world.password).docmd("VRFY", "postmaster")[0] == 502
    # What readers would see as its sender: another, two, a name that looks like one, none.
    date = "Date: Fri, 27 Nov 2026 10:00:00 +0000\r\n"
    for head in ("From: ana@example.org\r\n", f"From: {SENDER}\r\nFrom: {SENDER}\r\n", f"From: {SENDER} <ana@example.org>\r\n",
                 f"From: <{SENDER}>, ana@example.org\r\n"):
        assert refusal(lambda: submit(world.session(world.password), text=f"{head}{date}\r\nx\r\n")) == 550, head
    assert refusal(lambda: submit(world.session(world.password), text=f"From: {SENDER}\r\n{date}\r\n" + "x\r\n" * 100000)) == 552
    assert world.receiver.mails[before:] == []
    submit(world.session(world.password), to="nameless@example.org", text=f"{date}\r\nx\r\n")
    nameless = world.receiver.got("nameless@example.org", what=lambda: world.log)
    assert parsed(nameless)["From"] == SENDER and verified(world, nameless["raw"])
    with world.world.inside():
        for port in (25, 465, 8891):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((POD, port), 2)


def test_only_auth_may_ask_for_mails(world):
    """By the rules and certificates of the chart: the gateway is let in, but not to this, and web is not even named."""
    for plugin in ("gateway", "web"):
        _, answer = world.ask(plugin, "nobody@example.org", "Nobody")
        assert "grpc-status: 7" in answer and f"{plugin} may not call" in answer.replace("%20", " "), answer
    plain = world.curl("--http2-prior-knowledge", "http://127.0.0.1:50051/lonja.notification.v1.Notification/SendMail", "-D", "-")
    assert "HTTP/2" not in plain
    assert not [mail for mail in world.receiver.mails if mail["to"] == ["nobody@example.org"]]


def test_what_the_plugin_sends_arrives_signed(world):
    identity = world.send("ana@example.org")
    mail = world.receiver.got("ana@example.org", what=lambda: world.log + world.host.log[-3000:])
    assert mail["from"] == SENDER and mail["tls"] and mail["name"] == "mail.lonja.example" and mail["peer"] == POD
    message = parsed(mail)
    names = [name for name, _ in message.items()]
    # One of each; what the driver wrote stays in its order, below the signature.
    assert names[0] == "DKIM-Signature" and len(names) == len(set(names)), names
    expected = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
    assert [name for name in names if name in expected] == [name for name in names[1:] if name in expected]
    assert set(expected) <= set(names) and message["Auto-Submitted"] == "auto-generated"
    assert identity in message["Message-ID"] and message["From"].addresses[0].addr_spec == SENDER
    assert message["To"].addresses[0].addr_spec == "ana@example.org"
    # Nothing of the cluster in it.
    for text in (b"10.42.0", b"Received", b"svc.cluster", b"Authenticated"):
        assert text not in mail["raw"], text
    assert b"ABCD-2345" in mail["raw"] and [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    fields = signature(mail)
    assert (fields["d"], fields["s"], fields["a"], fields["c"]) == (DOMAIN, "lonja1", "rsa-sha256", "relaxed/relaxed")
    assert "l" not in fields and {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"} \
        <= set(fields["h"].lower().split(":"))
    assert verified(world, mail["raw"])
    # A verifier that would take anything verifies nothing.
    for old, new in ((b"ABCD-2345", b"ABCD-2346"), (b"Subject:", b"Subject: X"), (b"\r\nFrom:", b"\r\nFrom: x@evil.example\r\nFrom:")):
        changed = mail["raw"].replace(old, new, 1)
        assert changed != mail["raw"] and not verified(world, changed), old
    assert not dkim.verify(mail["raw"], dnsfunc=lambda name, timeout=5: None)


def test_what_is_published_is_what_others_look_for(world, monkeypatch):
    first = world.text(f"lonja1._domainkey.{DOMAIN}")
    assert first.startswith(b"v=DKIM1; k=rsa; ") and all(len(s) <= 255 for r in world.records(f"lonja1._domainkey.{DOMAIN}") for s in r.strings)

    def looked_up(name, kind, *_, **__):
        found = world.records(name.rstrip("."), kind)
        return [((name, kind), tuple(each.strings) if kind == "TXT" else each.address) for each in found]

    # Another program's reading of SPF: of the envelope, and of EHLO.
    monkeypatch.setattr(spf, "DNSLookup", looked_up)
    for sender in (SENDER, "postmaster@mail.lonja.example"):
        assert spf.check2("203.0.113.25", sender, "mail.lonja.example")[0] == "pass", sender
        assert spf.check2("203.0.113.26", sender, "mail.lonja.example")[0] == "fail", sender
    assert world.text(DOMAIN) == b"v=spf1 ip4:203.0.113.25 -all"
    assert world.text("mail.lonja.example") == b"v=spf1 a -all"
    assert [str(each) for each in world.records("mail.lonja.example", "A")] == ["203.0.113.25"]
    assert [str(each) for each in world.records(DOMAIN, "MX")] == ["10 mx.lonja.example."]
    assert world.text(f"_dmarc.{DOMAIN}") == b"v=DMARC1; p=quarantine; adkim=s; aspf=s; rua=mailto:postmaster@lonja.example"
    assert world.text(f"_smtp._tls.{DOMAIN}") == b"v=TLSRPTv1; rua=mailto:postmaster@lonja.example"
    assert re.fullmatch(rb"v=STSv1; id=[0-9a-f]{20}", world.text(f"_mta-sts.{DOMAIN}"))
    assert "; the PTR of 203.0.113.25 must be mail.lonja.example." in world.zone
    policy = world.containers["dkim"].exec("sh", "/etc/lonja-mail/server/dns.sh", "policy").stdout
    assert policy == "version: STSv1\nmode: testing\nmx: mx.lonja.example\nmax_age: 604800\n"
    # Another policy has another id, and without servers for mail to the domain there is none.
    def printed(*variables):
        return world.containers["dkim"].exec("env", *variables, "sh", "/etc/lonja-mail/server/dns.sh").stdout

    assert printed() == world.zone
    assert sorted(set(world.zone.splitlines()) - set(printed("MTA_STS=enforce").splitlines()))[0].startswith("_mta-sts.")
    assert "_mta-sts" not in printed("MX=") and "_smtp._tls" not in printed("MX=") and "_domainkey" in printed("MX=")
    assert "AAAA 2001:db8::25" in printed("ADDRESSES=203.0.113.25 2001:db8::25")


def test_a_mail_that_comes_back_ends_in_the_log(world):
    identity = world.send("never@example.org")
    eventually(lambda: "to=<never@example.org>" in world.log and "status=bounced" in world.log, lambda: world.log)
    eventually(lambda: f"to=<{SENDER}>" in world.log, lambda: world.log)
    line = next(line for line in world.log.splitlines() if f"to=<{SENDER}>" in line)
    assert "relay=none" in line and "what came back is in the log" in line, line
    assert identity


def test_nothing_leaves_unsigned(world):
    world.containers["dkim"].end()
    world.containers.pop("dkim")
    assert not world.containers["postfix"].probe("readinessProbe", named(world.template, "postfix"))
    assert refusal(lambda: submit(world.session(world.password), to="unsigned@example.org")) in (421, 451, 454)
    world.start_container("dkim")
    world.wait_until_ready()
    submit(world.session(world.password), to="signed@example.org")
    assert verified(world, world.receiver.got("signed@example.org")["raw"])
    assert not [mail for mail in world.receiver.mails if mail["to"] == ["unsigned@example.org"]]


def test_a_deferred_mail_survives_and_keys_rotate(world):
    """One mail is signed with the first key and has to wait; Postfix is killed, the second key comes, and both verify."""
    world.receiver.busy = True
    identity = world.send("later@example.org")
    eventually(lambda: "status=deferred" in world.log and "come again" in world.log, lambda: world.log)
    queued = world.containers["postfix"].exec("postqueue", "-p")
    assert "later@example.org" in queued.stdout, queued.stdout + queued.stderr
    # The container alone begins anew, with what it had in its volumes; then the whole pod.
    assert world.containers["postfix"].end(9) != 0
    world.start_container("postfix")
    world.wait_until_ready()
    assert "later@example.org" in world.containers["postfix"].exec("postqueue", "-p").stdout
    assert all(code != 0 for code in world.stop(9).values())

    second = subprocess.run(["sh", MAIL.parent / "lonja/bootstrap/mail", "prod"], env={**os.environ, "ONLY": "dkim"},
                            capture_output=True, check=True).stdout
    world.secrets["lonja-mail"]["lonja-mail-dkim"]["lonja2"] = second
    both = ("dkim.selectors={lonja1,lonja2}",)
    # Published before it signs.
    world.start(*both)
    world.publish()
    assert world.text(f"lonja1._domainkey.{DOMAIN}") and world.text(f"lonja2._domainkey.{DOMAIN}")
    assert "later@example.org" in world.containers["postfix"].exec("postqueue", "-p").stdout
    world.send("between@example.org")
    between = world.receiver.got("between@example.org", what=lambda: world.log)
    assert signature(between)["s"] == "lonja1" and verified(world, between["raw"])

    # It ends when it is told to, and the next pod finds its spool in order.
    assert world.stop(15) == {"dkim": 0, "postfix": 0}
    world.start(*both, "dkim.signing=lonja2")
    world.send("after@example.org")
    after = world.receiver.got("after@example.org", what=lambda: world.log)
    assert signature(after)["s"] == "lonja2" and verified(world, after["raw"])
    world.receiver.busy = False
    assert world.containers["postfix"].exec("postqueue", "-f").returncode == 0
    later = world.receiver.got("later@example.org", what=lambda: world.log)
    assert identity in parsed(later)["Message-ID"]
    assert signature(later)["s"] == "lonja1" and verified(world, later["raw"])
    assert len([mail for mail in world.receiver.mails if mail["to"] == ["later@example.org"]]) == 1
    eventually(lambda: "Mail queue is empty" in world.containers["postfix"].exec("postqueue", "-p").stdout, lambda: world.log)
    assert not [line for line in world.log.splitlines() if re.search(r"\b(warning|fatal|error|panic):", line)], world.log

    world.stop(9)
    world.start("dkim.selectors={lonja2}", "dkim.signing=lonja2")
    world.publish()
    assert not verified(world, later["raw"]) and verified(world, after["raw"])


def test_password_and_certificate_rotate(world):
    """All new at once. A mail of the time between waits in the outbox, and goes when the plugin has them too."""
    before, authority = world.password, world.secrets["lonja-prod"]["lonja-mail-ca"]["ca.crt"]
    world.apply_secrets(ONLY="login")
    assert before != world.password and authority != world.secrets["lonja-prod"]["lonja-mail-ca"]["ca.crt"]
    keys = ("dkim.selectors={lonja2}", "dkim.signing=lonja2")
    assert objects("mail", chart=MAIL, sets=keys) != objects("mail", chart=MAIL, sets=(*keys, "secretRevision=second"))
    world.stop(15)
    world.start(*keys, "secretRevision=second")
    old = world.session()
    old.ehlo()
    assert old.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0lonja\0{before}".encode()).decode())[0] == 535
    identity = world.send("waiting@example.org")
    eventually(lambda: "SSL_accept error" in world.log or "lost connection after STARTTLS" in world.log, lambda: world.log)
    assert not [mail for mail in world.receiver.mails if mail["to"] == ["waiting@example.org"]]
    world.host.end(15)
    world.start_host("plugins.notification.secretRevision=second")
    mail = world.receiver.got("waiting@example.org", 40, what=lambda: world.log + world.host.log[-3000:])
    assert identity in parsed(mail)["Message-ID"] and signature(mail)["s"] == "lonja2"
