"""The market routes of the public API, through the gateway, in one process and in two."""

import re

import pytest

from harness import fetch

AMOUNT = re.compile(r"^\d+(\.\d+)?$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def get(world, path, status=200):
    answer = fetch(world.http, f"/api/v1{path}")
    assert answer.status == status, answer.body
    return answer.json


def check_quote(quote, symbol):
    assert quote["symbol"] == symbol
    assert AMOUNT.match(quote["price"]["amount"]) and quote["price"]["currency"] == "USD"
    assert TIME.match(quote["asOf"])
    assert isinstance(quote["delaySeconds"], int) and isinstance(quote["stale"], bool)
    assert "replay" in str(quote["source"]).lower()


def test_quote(world):
    check_quote(get(world, "/quotes/AAPL"), "AAPL")


def test_quotes_name_what_is_missing(world):
    answer = get(world, "/quotes?symbols=AAPL,MSFT,NOPE")
    assert [quote["symbol"] for quote in answer["items"]] == ["AAPL", "MSFT"]
    for quote in answer["items"]:
        check_quote(quote, quote["symbol"])
    assert [entry["symbol"] for entry in answer["missing"]] == ["NOPE"]


def test_companies_are_real_and_synthetic(world):
    items, path = [], "/companies"
    while path:
        page = get(world, path)
        items += page["items"]
        path = f"/companies?cursor={page['nextCursor']}" if page.get("nextCursor") else None
    symbols = [item["symbol"] for item in items]
    assert len(symbols) == len(set(symbols)) >= 25
    assert {"AAPL", "MSFT"} <= set(symbols)


def test_companies_can_be_searched(world):
    items = get(world, "/companies?query=aapl")["items"]
    assert "AAPL" in [item["symbol"] for item in items]
    assert len(items) < 10


def test_company(world):
    company = get(world, "/companies/AAPL")
    assert company["symbol"] == "AAPL"
    assert "Apple" in company["name"]


def test_history(world):
    bars = get(world, "/companies/AAPL/history?range=max")["items"]
    assert len(bars) > 1000
    moments = [bar.get("date") or bar.get("time") for bar in bars]
    assert moments == sorted(moments) and len(set(moments)) == len(moments)
    for bar in bars[:: len(bars) // 50]:
        low, high = float(bar["low"]), float(bar["high"])
        assert low <= float(bar["open"]) <= high and low <= float(bar["close"]) <= high


def test_history_ranges_grow(world):
    lengths = [len(get(world, f"/companies/AAPL/history?range={name}")["items"]) for name in ("1m", "3m", "6m", "1y", "5y", "max")]
    assert lengths == sorted(lengths) and len(set(lengths)) == len(lengths), lengths


@pytest.mark.parametrize(
    "path, status",
    [
        ("/quotes/NOPE", 404),
        ("/companies/NOPE", 404),
        ("/companies/NOPE/history?range=max", 404),
        ("/companies/AAPL/history?range=fortnight", 400),
        ("/quotes/AAPL?colour=blue", 400),
        ("/companies?query=a&query=b", 400),
        ("/nothing/here", 404),
    ],
)
def test_errors_are_problems(world, path, status):
    answer = fetch(world.http, f"/api/v1{path}")
    assert answer.status == status, answer.body
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert re.match(r"^[A-Za-z0-9_.-]+$", problem["code"]), problem
    assert problem["title"]


def test_bad_field_is_named(world):
    problem = fetch(world.http, "/api/v1/companies/AAPL/history?range=fortnight").json
    assert [error["field"] for error in problem["errors"]] == ["range"]
    assert all(error["code"] and error["message"] for error in problem["errors"])


def test_wrong_method_names_the_right_ones(world):
    answer = fetch(world.http, "/api/v1/quotes/AAPL", method="DELETE")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


WITHOUT_TIME = [
    "/companies/AAPL",
    "/companies?query=a",
    "/companies/AAPL/history?range=max",
    "/companies/AAPL/actions",
    "/quotes/NOPE",
    "/companies/AAPL/history?range=fortnight",
]


@pytest.mark.parametrize("path", WITHOUT_TIME + ["/quotes/AAPL", "/quotes?symbols=AAPL,MSFT,NOPE"])
def test_two_processes_answer_like_one(one_process, split, path):
    """Same status, same shape, same values apart from moments and what moves with the replayed clock."""
    one, two = (fetch(each.http, f"/api/v1{path}") for each in (one_process, split))
    assert (one.status, one.headers["content-type"]) == (two.status, two.headers["content-type"])
    strict = path in WITHOUT_TIME
    assert still(one.json, strict) == still(two.json, strict)


def still(value, strict, key=""):
    """The value with moments and ids replaced; unless strict, numbers that move with the clock too."""
    if isinstance(value, dict):
        return {name: still(each, strict, name) for name, each in value.items()}
    if isinstance(value, list):
        return [still(each, strict, key) for each in value]
    if key in ("instance", "requestId", "traceId") or (isinstance(value, str) and TIME.match(value)):
        return "moment or id"
    if not strict and (isinstance(value, int) or (isinstance(value, str) and re.match(r"^-?\d+(\.\d+)?$", value))):
        return "moving number"
    return value
