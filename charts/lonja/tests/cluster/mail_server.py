"""A mail server of aiosmtpd: mail_server.py ADDRESS CERTIFICATE KEY LOG PASSWORD. STARTTLS and a login are required; each mail
that it takes is a line of JSON in LOG.
"""

import asyncio
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# aiosmtpd warns of its own ways.
logging.getLogger("mail.log").setLevel(logging.ERROR)
address, certificate, key, log, phrase = sys.argv[1:]


class Handler:
    async def handle_DATA(self, server, session, envelope):
        with open(log, "a") as file:
            file.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "size": len(envelope.content)}) + "\n")
        return "250 2.0.0 taken"


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"lonja" and data.password == phrase.encode())


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    made = lambda: SMTP(Handler(), hostname="lonja-mail", tls_context=context, require_starttls=True,
                        auth_required=True, authenticator=login, enable_SMTPUTF8=True)
    server = await asyncio.get_running_loop().create_server(made, address, 587)
    print("ready")
    await server.serve_forever()


asyncio.run(main())
