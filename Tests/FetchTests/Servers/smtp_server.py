"""A mail server for the tests, on aiosmtpd: smtp_server.py MODE CERT KEY [OPTION…]. Prints its port, then a line of JSON for
each message it takes and each credential it sees. After SIGUSR1 it prints "settled" once it has done all that clients which
are gone had sent. MODE: plain, starttls, tls. OPTION: auth, auth-plain-text, no8bit, noutf8,
noauthmech."""
import asyncio
import json
import pathlib
import signal
import sys

from aiosmtpd.smtp import SMTP, AuthResult

sys.path.append(str(pathlib.Path(__file__).parents[2] / "Support/TestServers/Servers"))
from mail_listener import serve  # noqa: E402

mode, cert, key = sys.argv[1:4]
options = set(sys.argv[4:])


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "later":
            return "450 4.2.1 mailbox is busy"
        if name == "never":
            return "550 5.1.1 no such user"
        if name == "many":
            return "452-4.5.3 too many\r\n452 4.5.3 recipients"
        if name == "dropped":
            server.transport.abort()
            return "451 gone"
        if name == "goodbye":
            server.transport.write(b"421 4.3.2 shutting down\r\n")
            server.transport.close()
            return "421 again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        say(
            sender=envelope.mail_from,
            options=envelope.mail_options,
            recipients=envelope.rcpt_tos,
            content=envelope.original_content.decode("latin-1") if len(envelope.original_content) < 100000 else "",
            size=len(envelope.original_content),
            peer=session.peer[1],
            tls=session.ssl is not None,
            utf8=envelope.smtp_utf8,
        )
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "lost":
            server.transport.abort()
            return "250 never seen"
        if name == "silent":
            await asyncio.sleep(600)
        if name == "defer":
            return "451 4.7.1 greylisted, try again"
        if name == "reject":
            return "554 5.7.1 spam"
        return "250 2.0.0 queued as 42"

    async def handle_QUIT(self, server, session, envelope):
        say(quit=session.peer[1])
        return "221 2.0.0 bye"


def authenticator(server, session, envelope, mechanism, data):
    user, password = data.login.decode(), data.password.decode()
    say(auth=mechanism, user=user, tls=session.ssl is not None)
    good = (user, password) == ("user", "pass w\u00f6rd")
    return AuthResult(success=good, handled=False)


class Server(SMTP):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "noauthmech" not in options:
            # XOAUTH2 is not aiosmtpd's own.
            self._auth_methods["XOAUTH2"] = type(next(iter(self._auth_methods.values())))(self.xoauth2, False)

    async def xoauth2(self, server, args):
        import base64
        blob = base64.b64decode(args[1]).decode()
        say(auth="XOAUTH2", blob=blob)
        if blob == "user=user\x01auth=Bearer token\x01\x01":
            return AuthResult(success=True, handled=False, auth_data=True)
        reply = await self.challenge_auth(json.dumps({"status": "400"}))
        say(answer=reply.decode() if isinstance(reply, bytes) else None)
        return AuthResult(success=False, handled=False)

    async def smtp_EHLO(self, hostname):
        self._tls_on = self.session.ssl is not None
        await super().smtp_EHLO(hostname)

    async def push(self, status):
        text = status if isinstance(status, str) else status.decode()
        if "no8bit" in options and text == "250-8BITMIME":
            return
        if "noutf8" in options and text == "250-SMTPUTF8":
            return
        await super().push(status)


async def settle():
    # What they sent is in the sockets already: every turn of the loop takes what is there, and no reply is awaited.
    for _ in range(100):
        await asyncio.sleep(0)
    print("settled", flush=True)


async def main():
    loop, settling = asyncio.get_running_loop(), []
    loop.add_signal_handler(signal.SIGUSR1, lambda: settling.append(loop.create_task(settle())))
    await serve(
        Server,
        Handler,
        mode,
        cert,
        key,
        data_size_limit=20_000_000,
        authenticator=authenticator if options & {"auth", "auth-plain-text"} else None,
        auth_required="auth" in options,
        auth_require_tls="auth-plain-text" not in options and mode != "tls",
    )


asyncio.run(main())
