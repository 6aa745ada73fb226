"""A private mail server on aiosmtpd: smtp_server.py LOG MODE CERT KEY [OPTION…]. Prints its port. Writes a line of JSON into
LOG for each mail it takes, before it answers. User "lonja", password "pass word".

MODE: starttls, tls, plain. The local part of the recipient asks for refusals: never, later, greylist, relay, reject (at the
end of the mail), defer (the same), silent (no answer to the end), lost (closes after the end). OPTION: auth, busy-auth,
port=N, noutf8."""
import asyncio
import json
import logging
import pathlib
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult

from parsed_mail import parse

sys.path.append(str(pathlib.Path(__file__).parents[2] / "Support/TestServers/Servers"))
from mail_listener import serve  # noqa: E402

# aiosmtpd warns of its own ways.
logging.getLogger("mail.log").setLevel(logging.ERROR)
log = open(sys.argv[1], "a", buffering=1)
mode, cert, key = sys.argv[2:5]
options = set(sys.argv[5:])

AT_RCPT = {
    "never": "550 5.1.1 <{0}>: Recipient address rejected: nobody of that name",
    "later": "450 4.2.1 <{0}>: mailbox is busy",
    "greylist": "451 4.7.1 Greylisted, please try again in 300 seconds",
    "relay": "554 5.7.1 <{0}>: Relay access denied",
    "policy": "550 5.7.1 <{0}>: we want no mail from you",
}
AT_END = {
    "reject": "554 5.6.0 this content is not accepted",
    "spam": "550 looks like spam",
    "defer": "451 4.3.0 try again",
    "full": "552 5.2.2 mailbox full",
}


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if address.startswith("banned@"):
            return "550 5.7.1 sender is not allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 fine"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        text = AT_RCPT.get(address.split("@")[0])
        if text:
            return text.format(address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name in AT_END:
            return AT_END[name]
        log.write(json.dumps({
            "via": "smtp", "time": time.time(), "recipients": envelope.rcpt_tos, "sender": envelope.mail_from,
            "tls": session.ssl is not None, "peer": session.peer[1], "client": session.host_name,
            **parse(envelope.original_content),
        }) + "\n")
        if name == "lost":
            server.transport.abort()
            return "250 never seen"
        if name == "silent":
            await asyncio.sleep(600)
        return "250 2.0.0 Ok: queued as 4bXyZ"


def authenticator(server, session, envelope, mechanism, data):
    log.write(json.dumps({"auth": data.login.decode(), "tls": session.ssl is not None}) + "\n")
    if "busy-auth" in options:
        return AuthResult(success=False, handled=False, message="451 4.7.0 Maximum credits exceeded")
    return AuthResult(success=(data.login, data.password) == (b"lonja", b"pass word"), handled=False)


class Server(SMTP):
    async def push(self, status):
        text = status if isinstance(status, str) else status.decode()
        if "noutf8" in options and text == "250-SMTPUTF8":
            return
        await super().push(status)


async def main():
    await serve(
        Server,
        Handler,
        mode,
        cert,
        key,
        port=next((int(each[5:]) for each in options if each.startswith("port=")), 0),
        data_size_limit=5_000_000,
        authenticator=authenticator if options & {"auth", "busy-auth"} else None,
        auth_required="auth" in options,
        auth_require_tls=mode == "starttls",
    )


asyncio.run(main())
