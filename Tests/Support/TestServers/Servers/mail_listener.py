"""How the mail servers of the tests listen, which are made of aiosmtpd: a script of a test target adds this folder to its
path, and calls serve with its own class of server."""
import asyncio
import ssl


async def serve(server, handler, mode, cert, key, *, port=0, **options):
    """Listens on loopback, and prints the port first. MODE: plain, starttls, tls. The options are aiosmtpd's."""
    context = None
    if mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
    loop = asyncio.get_running_loop()
    options = {
        "enable_SMTPUTF8": True,
        "require_starttls": mode == "starttls",
        "tls_context": context if mode == "starttls" else None,
        "loop": loop,
        **options,
    }
    implicit = context if mode == "tls" else None
    listener = await loop.create_server(lambda: server(handler(), **options), "127.0.0.1", port, ssl=implicit)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()
