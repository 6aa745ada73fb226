"""Kinds that the API's own schemas do not know: each field is one that the project's CRD has, of the right type.

Taken from the CRDs of Traefik 3 (traefik.io/v1alpha1) and prometheus-operator (monitoring.coreos.com/v1), as far as used.
"""

import jsonschema
import pytest

from rendering import objects, of_kind


def shape(required=(), **fields):
    return {"type": "object", "additionalProperties": False, "properties": fields, "required": list(required)}


def every(items):
    return {"type": "array", "items": items, "minItems": 1}


TEXT = {"type": "string", "minLength": 1}
LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
SPECS = {
    "IngressRoute": shape(
        ["routes"],
        entryPoints=every(TEXT),
        routes=every(shape(["kind", "match", "services"], kind={"const": "Rule"}, match=TEXT, priority={"type": "integer"},
                           services=every(shape(["name", "port"], name=TEXT, port={"type": ["string", "integer"]})))),
        tls=shape(secretName=TEXT, options={"type": "object"}),
    ),
    "PodMonitor": shape(
        ["selector", "podMetricsEndpoints"],
        jobLabel=TEXT,
        selector=shape(matchLabels=LABELS),
        podTargetLabels=every(TEXT),
        podMetricsEndpoints=every(shape(port=TEXT, path=TEXT, interval={"pattern": "^[0-9]+(s|m)$"})),
    ),
    "PrometheusRule": shape(
        ["groups"],
        groups=every(shape(["name", "rules"], name=TEXT, rules=every(
            shape(["alert", "expr"], alert=TEXT, expr=TEXT, **{"for": {"pattern": "^[0-9]+(s|m|h)$"}}, labels=LABELS,
                  annotations=LABELS)))),
    ),
}
VERSIONS = {"IngressRoute": "traefik.io/v1alpha1", "PodMonitor": "monitoring.coreos.com/v1",
            "PrometheusRule": "monitoring.coreos.com/v1"}
SETS = ("ingress.kind=IngressRoute",)


@pytest.mark.parametrize("kind", SPECS)
def test_fields_are_those_of_the_crd(kind):
    found = of_kind(objects("prod", sets=SETS), kind)
    assert len(found) == 1
    assert found[0]["apiVersion"] == VERSIONS[kind]
    jsonschema.validate(found[0]["spec"], SPECS[kind])


def test_no_kind_goes_unseen():
    known = {each["kind"] for each in objects("prod", sets=SETS) if "." in each["apiVersion"].split("/")[0]
             and not each["apiVersion"].split("/")[0].endswith(".k8s.io")}
    assert known == set(SPECS)


def test_ingress_and_route_lead_to_the_same():
    ingress = of_kind(objects("prod"), "Ingress")[0]["spec"]["rules"][0]
    paths = {(path["path"], path["backend"]["service"]["name"]) for path in ingress["http"]["paths"]}
    routes = of_kind(objects("prod", sets=SETS), "IngressRoute")[0]["spec"]["routes"]
    host = f"Host(`{ingress['host']}`)"
    expected = {(host if path == "/" else f"{host} && (Path(`{path}`) || PathPrefix(`{path}/`))", service)
                for path, service in paths}
    assert {(route["match"], route["services"][0]["name"]) for route in routes} == expected
