"""Asks notification for mails, and measures how long each request takes."""

import asyncio
import importlib
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path

import grpc
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]


def stubs():
    """grpcio's stubs of notification.proto, made in a folder of this run."""
    folder = tempfile.mkdtemp(prefix="lonja-swap-stubs-")
    arguments = ["protoc", f"-I{ROOT / 'Protos'}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
    arguments += [f"--python_out={folder}", f"--grpc_python_out={folder}", "lonja/notification/v1/notification.proto"]
    if protoc.main(arguments):
        raise SystemExit("protoc refuses notification.proto")
    sys.path.insert(0, folder)
    return [importlib.import_module(f"lonja.notification.v1.notification_pb2{end}") for end in ("", "_grpc")]


pb, services = stubs()


def request(dice):
    """A mail to somebody who gets no other, of one of the kinds there are."""
    mail = pb.Mail()
    kind = dice.choice(["verify_email", "reset_password", "password_changed", "account_exists"])
    if kind in ("verify_email", "reset_password"):
        proof = getattr(mail, kind).proof
        proof.token, proof.code = uuid.uuid4().hex * 2, "ABCD2345"
        proof.expires_at.FromSeconds(int(time.time()) + 3600)
    else:
        getattr(mail, kind).SetInParent()
    name = f"{dice.choice(['ana', 'josé.luis', 'o.brien'])}".replace("é", "e")
    return pb.SendMailRequest(
        id=str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        recipient=pb.Recipient(
            email=f"{name}.{dice.getrandbits(64):x}@example.com", name=dice.choice(["Ana", "José", "山田"]),
            language=dice.choice(["es", "en"]),
        ),
        mail=mail,
    )


class Load:
    """Sends `count` mails with `width` requests at once; a request that fails because the host is gone is sent again."""

    def __init__(self, count, width, seed, rate=None):
        self.dice = random.Random(seed)
        self.requests = [request(self.dice) for _ in range(count)]
        self.width, self.rate = width, rate
        self.accepted, self.times, self.refused = [], [], []

    async def run(self, port, progress):
        options = [("grpc.enable_http_proxy", 0), ("grpc.max_reconnect_backoff_ms", 500),
                   ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100)]
        todo = iter(self.requests)
        begin = time.monotonic()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            stub = services.NotificationStub(channel)

            async def worker():
                for mail in todo:
                    if self.rate:
                        ahead = begin + len(self.accepted) / self.rate - time.monotonic()
                        if ahead > 0:
                            await asyncio.sleep(ahead)
                    await self.one(stub, mail)
                    progress(len(self.accepted))

            await asyncio.gather(*(worker() for _ in range(self.width)))

    async def one(self, stub, mail):
        while True:
            start = time.time()
            try:
                await stub.SendMail(mail, timeout=20)
            except grpc.aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    self.refused.append((mail.id, str(error.code()), error.details()))
                    return
                await asyncio.sleep(0.1)
                continue
            self.times.append((start, time.time()))
            self.accepted.append(mail.id)
            return
