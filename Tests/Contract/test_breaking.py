"""That the comparison finds what breaks clients, and nothing else; and that this version breaks nobody."""

import copy

import pytest

from breaking import changes
from document import released, served

OPERATION = ("/api/v1/wallet/orders", "post")


@pytest.fixture
def old():
    return served()


@pytest.fixture
def new(old):
    return copy.deepcopy(old)


def schema(document, name):
    return document["components"]["schemas"][name]


def test_this_version_breaks_nobody():
    assert changes(released(), served()) == []


def test_the_same_breaks_nothing(old, new):
    assert changes(old, new) == []


def remove_path(new):
    del new["paths"]["/api/v1/wallet"]


def remove_method(new):
    del new["paths"]["/api/v1/profile"]["patch"]


def remove_answered_field(new):
    del schema(new, "Quote")["properties"]["price"]


def remove_taken_field(new):
    del schema(new, "PlaceOrderRequest")["properties"]["quantity"]


def require_a_field(new):
    schema(new, "PlaceOrderRequest")["required"].append("timeInForce")


def add_a_required_field(new):
    schema(new, "LoginRequest")["properties"]["second"] = {"type": "string"}
    schema(new, "LoginRequest")["required"].append("second")


def add_a_required_parameter(new):
    new["paths"]["/api/v1/wallet"]["get"].setdefault("parameters", []).append(
        {"name": "currency", "in": "query", "required": True, "schema": {"type": "string"}}
    )


def remove_a_parameter(new):
    operation = new["paths"]["/api/v1/companies"]["get"]
    operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "sector"]


def answer_something_else(new):
    schema(new, "Order")["properties"]["state"]["enum"].append("lost")


def narrow_an_enumeration(new):
    schema(new, "PlaceOrderRequest")["properties"]["type"]["enum"].remove("limit")


def widen_an_answer(new):
    schema(new, "Order")["properties"]["state"]["type"] = "integer"


def change_a_type(new):
    schema(new, "Money")["properties"]["amount"]["type"] = "number"


def change_a_status(new):
    responses = new["paths"][OPERATION[0]][OPERATION[1]]["responses"]
    responses["200"] = responses.pop("201")


def shorten_a_text(new):
    schema(new, "RegisterRequest")["properties"]["givenName"]["maxLength"] = 3


def close_a_route(new):
    new["paths"]["/api/v1/quotes/{symbol}"]["get"]["security"] = [{"cookie": []}]


def move_a_route_to_another_scope(new):
    new["paths"]["/api/v1/wallet"]["get"]["security"][1]["key"] = ["account"]


def rename_a_problem(new):
    new["x-problems"]["another"] = new["x-problems"].pop("timeout")


def move_a_problem(new):
    new["x-problems"]["timeout"]["status"] = 418


def other_media_type(new):
    content = new["paths"]["/api/v1/profile/photo"]["put"]["requestBody"]["content"]
    del content["image/png"]


@pytest.mark.parametrize("alter, said", [
    (remove_path, "GET /api/v1/wallet is gone"), (remove_method, "PATCH /api/v1/profile is gone"),
    (remove_answered_field, ".price is gone"), (remove_taken_field, ".quantity is gone"),
    (require_a_field, ".timeInForce is now required"), (add_a_required_field, ".second is now required"),
    (add_a_required_parameter, "parameter currency is new and required"), (remove_a_parameter, "parameter sector is gone"),
    (narrow_an_enumeration, "no longer takes limit"), (widen_an_answer, "type integer instead of string"),
    (answer_something_else, "may be lost now"), (change_a_type, "type number instead of string"), (change_a_status, "201 is gone"),
    (shorten_a_text, "maxLength 3 instead of 100"), (close_a_route, "needs a session"),
    (move_a_route_to_another_scope, "needs the scope account"),
    (rename_a_problem, "problem timeout is gone"), (move_a_problem, "has status 418"), (other_media_type, "image/png is gone"),
])
def test_what_breaks_is_found(old, new, alter, said):
    alter(new)
    found = changes(old, new)
    assert any(said in each for each in found), found


def add_a_path(new):
    new["paths"]["/api/v1/news"] = {"get": {"responses": {"200": {"description": "News."}}}}


def add_an_answered_field(new):
    schema(new, "Quote")["properties"]["volume"] = {"type": "string"}


def add_a_field_that_may_be_left_out(new):
    schema(new, "PlaceOrderRequest")["properties"]["note"] = {"type": "string"}


def take_more(new):
    schema(new, "RegisterRequest")["properties"]["givenName"]["maxLength"] = 1000
    schema(new, "PlaceOrderRequest")["properties"]["type"]["enum"].append("stop")


def add_a_problem(new):
    new["x-problems"]["tired"] = {"status": 503}
    schema(new, "Problem")["properties"]["code"]["enum"].append("tired")


def say_more(new):
    schema(new, "Quote")["description"] = "Better said."


@pytest.mark.parametrize(
    "alter", [add_a_path, add_an_answered_field, add_a_field_that_may_be_left_out, take_more, add_a_problem, say_more]
)
def test_what_breaks_nobody_is_let_through(old, new, alter):
    alter(new)
    assert changes(old, new) == []
