"""GET /quotes/stream: server-sent events with prices."""

import json

import pytest

from front import connection_to

VERBATIM = {"event", "data", "id", "retry"}


def events(world, path, count, seconds=20):
    """The first events that carry data, as (name, data) pairs, and the headers of the answer."""
    connection = connection_to(world.http, seconds)
    try:
        connection.request("GET", f"/api/v1{path}", headers={"accept": "text/event-stream"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        found, name, data = [], "message", []
        while len(found) < count:
            line = response.readline().decode().rstrip("\r\n")
            if line == "":
                if data:
                    found.append((name, "\n".join(data)))
                name, data = "message", []
            elif not line.startswith(":"):
                field, _, value = line.partition(":")
                assert field in VERBATIM, line
                value = value.removeprefix(" ")
                if field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
        return found, response.headers
    finally:
        connection.close()


def test_the_first_events_are_quotes(world):
    found, headers = events(world, "/quotes/stream?symbols=AAPL,MSFT", 2)
    assert headers["content-type"].split(";")[0] == "text/event-stream"
    assert "no-" in headers["cache-control"]
    symbols = set()
    for _, data in found:
        quote = json.loads(data)
        symbols.add(quote["symbol"])
        assert quote["price"]["amount"]
    assert symbols <= {"AAPL", "MSFT"}


@pytest.mark.parametrize("path", ["/quotes/stream?symbols=NOPE", "/quotes/stream"])
def test_a_stream_of_nothing_is_refused(world, path):
    connection = connection_to(world.http, 10)
    try:
        connection.request("GET", f"/api/v1{path}")
        response = connection.getresponse()
        assert response.status in (400, 404, 422)
        assert response.headers["content-type"].startswith("application/problem+json")
    finally:
        connection.close()
