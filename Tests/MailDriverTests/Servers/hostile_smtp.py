"""A mail server that means no good: hostile_smtp.py LOG KIND CERT KEY. Prints its port, and writes into LOG what it is sent.
KIND: banner (2 MB of it), slow (a byte a minute), after-220 (plaintext behind the answer to STARTTLS), loop (334 for ever),
silent, garbage."""
import asyncio
import json
import ssl
import sys

log = open(sys.argv[1], "a", buffering=1)
kind, cert, key = sys.argv[2:5]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)


def note(line):
    text = line.decode("latin-1").strip()
    # base64 of the password, in PLAIN and in LOGIN.
    log.write(json.dumps({"line": text, "secret": "cGFzcyB3b3Jk" in text or "AUTH PLAIN" in text}) + "\n")
    return text


async def serve(reader, writer):
    try:
        if kind == "banner":
            for _ in range(1000):
                writer.write(b"220-" + b"x" * 2000 + b"\r\n")
                await writer.drain()
        if kind == "slow":
            for byte in b"220 mail.example ESMTP\r\n":
                writer.write(bytes([byte]))
                await asyncio.sleep(60)
        if kind == "silent":
            await asyncio.sleep(600)
        if kind == "garbage":
            writer.write(b"\x00\xff\x00HTTP/1.1 200 OK\r\n\r\n" * 100)
            await writer.drain()
        writer.write(b"220 mail.example ESMTP\r\n")
        isTLS = False
        while line := await reader.readline():
            text = note(line)
            word = text.upper().split(" ")[0]
            if word == "EHLO":
                writer.write(b"250-mail.example\r\n" + (b"250 AUTH PLAIN LOGIN\r\n" if isTLS else b"250 STARTTLS\r\n"))
            elif word == "STARTTLS":
                if kind == "after-220":
                    writer.write(b"220 go ahead\r\n250-mail.example\r\n250 AUTH PLAIN\r\n235 welcome\r\n")
                    await writer.drain()
                else:
                    writer.write(b"220 go ahead\r\n")
                    await writer.drain()
                await writer.start_tls(context)
                isTLS = True
            elif kind == "loop":
                writer.write(b"334 \r\n")
            else:
                writer.write(b"250 fine\r\n")
            await writer.drain()
    except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
