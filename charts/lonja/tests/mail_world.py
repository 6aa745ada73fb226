"""The private mail server as its chart gives it, and what is around it: another network with a name server that serves what
the server's own command prints, a server that receives mail, and the notification plugin.
"""

import asyncio
import email
import email.policy
import os
import pathlib
import shutil
import smtplib
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import uuid

import dns.resolver
import yaml
from aiosmtpd.smtp import SMTP

from confined import Container, Network, Volumes, decoded, named
from rendering import CHART, MAIL, objects, of_kind, pod_template
from settings import ROOT
from shops import BIN, USER, run
from test_program import PROGRAM

POD, WORLD, NAMES, ELSEWHERE = "10.42.0.9", "10.42.0.1", "203.0.113.53", "203.0.113.50"
DOMAIN, SENDER, USER_NAME = "lonja.example", "no-reply@lonja.example", "lonja"


def eventually(condition, what, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")


class Receiver:
    """A mail server of somebody else, that offers TLS; addresses that begin with `later` are told to wait while it is busy."""

    def __init__(self, network, certificate):
        self.mails, self.busy = [], False
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.loop = asyncio.new_event_loop()
        with network.inside():
            self.socket = socket.create_server((ELSEWHERE, 25))

        async def serve():
            await self.loop.create_server(
                lambda: SMTP(self, hostname="mx.example.org", tls_context=context, loop=self.loop), sock=self.socket)

        self.loop.run_until_complete(serve())
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.busy and address.startswith("later"):
            return "451 4.3.0 come again"
        if address.startswith("never"):
            return "550 5.1.1 nobody"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append({"to": envelope.rcpt_tos, "from": envelope.mail_from, "raw": envelope.original_content,
                           "tls": session.ssl is not None, "name": session.host_name, "peer": session.peer[0]})
        return "250 2.0.0 taken"

    def got(self, recipient, seconds=20, what=None):
        return eventually(lambda: next((m for m in self.mails if m["to"] == [recipient]), None),
                          what or f"a mail to {recipient}", seconds)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.socket.close()


class MailWorld:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lonja-mail-"))
        self.folder.chmod(0o755)
        self.pod, self.world = Network(), Network()
        self.pod.joined_to(self.world, [f"{POD}/24"], [f"{WORLD}/24", f"{NAMES}/32", f"{ELSEWHERE}/32"])
        self.secrets = {"lonja-mail": {}, "lonja-prod": {}}
        self.apply_secrets()
        made = subprocess.run(["sh", CHART / "bootstrap/certificates", "prod"], capture_output=True, text=True, check=True).stdout
        self.certificates = {each["metadata"]["name"]: decoded(each) for each in yaml.safe_load_all(made) if each}
        self.containers, self.zone, self.names, self.host, self.data = {}, "", None, None, None
        self.write_etc()
        self.receiver = Receiver(self.world, self.certificate())

    def apply_secrets(self, **variables):
        """What `bootstrap/mail` prints, as if it were applied."""
        made = subprocess.run(["sh", CHART / "bootstrap/mail", "prod"], capture_output=True, text=True, check=True,
                              env={**os.environ, **variables}).stdout
        for each in filter(None, yaml.safe_load_all(made)):
            self.secrets[each["metadata"]["namespace"]][each["metadata"]["name"]] = decoded(each)
        self.password = self.secrets["lonja-mail"]["lonja-mail"]["password"].decode()

    def write_etc(self):
        """Users as the image has them, and names as a kubelet gives them."""
        lines = (MAIL / "image/Containerfile").read_text()
        assert all(text in lines for text in ("--uid 65532 --gid postfix", "--uid 65533 --gid opendkim", "--gid 65530 postdrop"))
        (self.folder / "passwd").write_text(
            "root:x:0:0::/root:/bin/sh\npostfix:x:65532:65532::/var/spool/lonja-mail:/usr/sbin/nologin\n"
            "opendkim:x:65533:65533::/nonexistent:/usr/sbin/nologin\n")
        (self.folder / "group").write_text("root:x:0:\npostdrop:x:65530:\npostfix:x:65532:\nopendkim:x:65533:\n")
        for namespace, dots in (("lonja-mail", 5), ("lonja-prod", 2)):
            (self.folder / f"resolv-{namespace}").write_text(
                f"nameserver {NAMES}\nsearch {namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:{dots}\n")

    def certificate(self):
        pair = [self.folder / "mx.crt", self.folder / "mx.key"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mx.example.org",
                        "-out", pair[0], "-keyout", pair[1]], check=True, capture_output=True)
        return pair

    # The server.

    def start(self, *sets):
        """The pod as rendered with `sets`; what is in its claim stays from the one before."""
        every = objects("mail", chart=MAIL, sets=sets)
        stateful = of_kind(every, "StatefulSet")[0]
        self.template = pod_template(stateful)
        volumes = Volumes(self.folder / "mail", every, self.secrets["lonja-mail"])
        claims = [each["metadata"]["name"] for each in stateful["spec"]["volumeClaimTemplates"]]
        self.volumes = volumes.make(self.template, claims)
        for name in ("dkim", "postfix"):
            self.start_container(name)
        self.wait_until_ready()

    def start_container(self, name):
        etc = [(self.folder / each, f"/etc/{each}") for each in ("passwd", "group")]
        etc.append((self.folder / "resolv-lonja-mail", "/etc/resolv.conf"))
        self.containers[name] = Container(self.template, named(self.template, name), self.volumes, self.pod, self.folder, etc=etc)

    def wait_until_ready(self):
        for name, container in self.containers.items():
            rendered = named(self.template, name)
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                eventually(lambda c=container, r=rendered, p=probe: c.first and c.probe(p, r),
                           lambda c=container, p=probe: f"{p} of {c.name}\n{c.log}")

    def stop(self, signal=9):
        """Ends both containers at once, as a kubelet does, and gives what they ended with."""
        for container in self.containers.values():
            container.signal(signal)
        return {name: container.end(signal) for name, container in self.containers.items()}

    @property
    def log(self):
        return self.containers["postfix"].log

    # What the world sees.

    def publish(self):
        """Puts what the command prints where it belongs, in a name server that nobody here wrote."""
        done = self.containers["dkim"].exec("sh", "/etc/lonja-mail/server/dns.sh")
        assert done.returncode == 0, done.stderr
        self.zone = done.stdout
        head = "$TTL 60\n@ IN SOA names.example. post.example. 1 60 60 60 60\n@ IN NS names.example.\n"
        zones = {DOMAIN: head + self.zone,
                 "example.org": f"{head}@ IN MX 10 mx\nmx IN A {ELSEWHERE}\n",
                 "cluster.local": f"{head}lonja-mail.lonja-mail.svc IN A {POD}\n"}
        config = f"server:\n ip-address: {NAMES}\n username: \"\"\n database: \"\"\n zonesdir: {self.folder}\n pidfile: \"\"\n" \
            f" xfrdfile: \"\"\n zonelistfile: {self.folder}/zonelist\n logfile: {self.folder}/names.log\n server-count: 1\n" \
            "remote-control:\n control-enable: no\n"
        for name, text in zones.items():
            (self.folder / name).write_text(text)
            subprocess.run(["nsd-checkzone", name, self.folder / name], check=True, capture_output=True)
            config += f"zone:\n name: {name}\n zonefile: {name}\n"
        (self.folder / "nsd.conf").write_text(config)
        if self.names:
            self.names.terminate()
            self.names.wait()
        self.names = subprocess.Popen(
            self.world.command("setpriv", "--pdeathsig", "KILL", "nsd", "-d", "-c", self.folder / "nsd.conf"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: self.text(f"_dmarc.{DOMAIN}"), "an answer of the name server")

    def records(self, name, kind="TXT"):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.timeout, resolver.lifetime = [NAMES], 0.2, 2
        with self.world.inside():
            try:
                return list(resolver.resolve(name, kind))
            except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN, dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers):
                return []

    def text(self, name):
        """The TXT record of a name, as verifiers read it."""
        return b"".join(b"".join(each.strings) for each in self.records(name)[:1])

    def connection(self):
        """A connection to the submission port from where the plugin is, nothing said yet."""
        with self.world.inside():
            return smtplib.SMTP(POD, 587, timeout=10)

    def session(self, password=None, user=USER_NAME):
        """The same, with TLS whose certificate is checked, and logged in if there is a password."""
        context = ssl.create_default_context(cadata=self.secrets["lonja-prod"]["lonja-mail-ca"]["ca.crt"].decode())
        connection = self.connection()
        connection._host = "lonja-mail.lonja-mail"
        connection.starttls(context=context)
        if password is not None:
            connection.login(user, password)
        return connection

    # The plugin.

    def start_host(self, *sets):
        every = objects("prod", sets=sets)
        deployment = next(each for each in of_kind(every, "Deployment") if each["metadata"]["name"] == "lonja-notification")
        template = pod_template(deployment)
        secrets = {**self.secrets["lonja-prod"], **self.certificates, "lonja-postgres": {"notification": b"none"},
                   "lonja-notification": {"notification.outbox.key": b"A" * 43 + b"="}}
        secrets["lonja-postgres-ca"] = {"ca.crt": secrets["lonja-mail-ca"]["ca.crt"]}
        volumes = Volumes(self.folder / "host", every, secrets).make(template)
        if not self.data:
            self.start_postgres()
        container = {**named(template, "lonja"), "command": [str(PROGRAM.resolve())]}
        # The database is the only thing that is elsewhere than the chart says.
        env = [f"LONJA_NOTIFICATION_POSTGRES_HOST={self.data}", "LONJA_NOTIFICATION_POSTGRES_TLS=disable"]
        self.host = Container(template, container, volumes, self.world, self.folder, programs=[ROOT], env=env, more=[self.data],
                              etc=[(self.folder / "resolv-lonja-prod", "/etc/resolv.conf")])
        eventually(lambda: self.host.process.poll() is not None or "200" in self.curl("http://127.0.0.1:9090/readyz", "-o", "/dev/null", "-w", "%{http_code}"),
                   lambda: self.host.log[-3000:], 40)
        assert self.host.process.poll() is None, self.host.log[-3000:] + self.log

    def start_postgres(self):
        self.data = self.folder / "postgres"
        self.data.mkdir()
        shutil.chown(self.data, USER)
        run(BIN / "initdb", "-D", self.data / "pg", "-U", "notification", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run(BIN / "pg_ctl", "-D", self.data / "pg", "-w", "-l", self.data / "log", "-o",
            f"-c listen_addresses='' -c unix_socket_directories='{self.data}' -c fsync=off", "start")
        run(BIN / "createdb", "-h", self.data, "-U", "notification", "notification")

    def curl(self, *arguments, **options):
        return subprocess.run(self.world.command("curl", "-sS", "--max-time", "10", *arguments), capture_output=True, check=False,
                              **options).stdout.decode("latin-1")

    def send(self, address, name="José Ñandú"):
        """Asks the plugin for a mail, as auth does, and returns its id."""
        identity, answer = self.ask("auth", address, name)
        assert "grpc-status: 0" in answer, answer + self.host.log[-2000:]
        return identity

    def ask(self, plugin, address, name):
        """The same as any plugin: its id, and what was answered."""
        for key, content in self.certificates[f"lonja-{plugin}-tls"].items():
            (self.folder / f"{plugin}-{key}").write_bytes(content)
        identity = str(uuid.uuid4())
        proof = field(1, b"t" * 43) + field(2, b"ABCD2345") + field(3, b"\x08" + varint(int(time.time()) + 3600))
        request = field(1, identity.encode()) + field(2, field(1, address.encode()) + field(2, name.encode()) + field(3, b"es")) \
            + field(3, field(3, field(1, proof)))
        own = self.folder / plugin
        answer = self.curl(
            "--http2", "--cacert", f"{own}-ca.crt", "--cert", f"{own}-tls.crt", "--key", f"{own}-tls.key",
            "--resolve", "notification:50051:127.0.0.1", "-H", "content-type: application/grpc", "-H", "te: trailers", "-D", "-", "-o", "/dev/null",
            "--data-binary", "@-", "https://notification:50051/lonja.notification.v1.Notification/SendMail",
            input=b"\x00" + struct.pack(">I", len(request)) + request)
        return identity, answer

    def close(self):
        for container in [*self.containers.values(), *([self.host] if self.host else [])]:
            container.end()
        if self.data and (self.data / "pg/postmaster.pid").exists():
            run(BIN / "pg_ctl", "-D", self.data / "pg", "-m", "immediate", "stop", check=False)
        if self.names:
            self.names.kill()
            self.names.wait()
        self.receiver.close()
        self.pod.close()
        self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number, content):
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def parsed(mail):
    return email.message_from_bytes(mail["raw"], policy=email.policy.SMTP)


def usable():
    missing = [each for each in ("nsd", "opendkim", "saslpasswd2", "ip") if not shutil.which(each)]
    missing += [] if os.path.exists("/usr/lib/postfix/sbin/master") else ["postfix"]
    return not missing
