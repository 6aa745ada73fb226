"""What both servers share: HTTP/1.1, and the conditions. The first part of a path says the condition: /throttled/v2/…; the
paths /facts and /seen are the tests' own and are not counted."""
import asyncio
import sys
from urllib.parse import parse_qsl

from world import dump, texts


class Refused(Exception):
    """An answer that is none: status, body, fields."""

    def __init__(self, status, body="", fields=None, kind="text/html; charset=utf-8"):
        super().__init__(status)
        self.status, self.body, self.fields, self.kind = status, body, fields or {}, kind


def check(condition, message):
    """A request that the real server would not understand."""
    if not condition:
        raise Refused(400, message)


class QuoteServer:
    """`answer` and `facts` are the subclass's."""

    def __init__(self):
        self.seen = 0

    def refusal(self, condition):
        """The status of a condition as this server tells it."""
        raise NotImplementedError

    def answer(self, path, query, fields):
        raise NotImplementedError

    def facts(self):
        raise NotImplementedError

    def respond(self, method, target, fields):
        """Status, content type, more fields, body; or `silent`."""
        path, _, text = target.partition("?")
        if path == "/facts":
            return 200, "application/json", {}, dump(texts(self.facts()))
        if path == "/seen":
            return 200, "application/json", {}, dump({"requests": self.seen})
        self.seen += 1
        condition, _, rest = path[1:].partition("/")
        if condition == "silent":
            return None
        if condition == "malformed":
            return 200, "application/json", {}, '{"AAPL":{"quote":{"latestPrice":12.'
        if condition == "shapeless":
            return 200, "application/json", {}, '"hello"'
        if condition == "truncated":
            return 200, "application/json", {"Content-Length": "100000"}, '{"AAPL":'
        if condition == "moved":
            return 302, "text/html", {"Location": "/normal/" + rest + "?" + text}, ""
        if condition == "foreign":
            return 404, "text/html", {}, "<html>Not Found</html>"
        if condition == "broken":
            return 502, "text/html", {}, "<html>Bad Gateway</html>"
        try:
            if condition not in ("normal", "last"):
                raise self.refusal(condition)
            check(method == "GET", "only GET")
            query = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
            check(len({name for name, _ in query}) == len(query), "a parameter is there twice")
            body = self.answer(rest, dict(query), fields)
            return 200, "application/json; charset=utf-8", self.extra(condition), dump(body)
        except Refused as refused:
            return refused.status, refused.kind, refused.fields, refused.body

    def extra(self, condition):
        return {}

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                method, target, _ = first.split(" ")
                pairs = (line.partition(":") for line in lines if line)
                result = self.respond(method, target, {name.strip().lower(): value.strip() for name, _, value in pairs})
                if result is None:
                    await reader.read()
                    return
                status, kind, more, body = result
                content = body.encode()
                fields = {"Content-Type": kind, "Content-Length": str(len(content)), **more}
                text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{text}\r\n".encode() + content)
                await writer.drain()
                if "Content-Length" in more:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run(self):
        port = next((int(each[5:]) for each in sys.argv if each.startswith("port=")), 0)
        server = await asyncio.start_server(self.serve, "127.0.0.1", port)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()
