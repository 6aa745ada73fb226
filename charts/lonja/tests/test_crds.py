"""Kinds that the API's own schemas do not know: each field is one that the project's CRD has, of the right type.

Taken from the CRDs of Traefik 3 (traefik.io/v1alpha1), prometheus-operator (monitoring.coreos.com/v1) and cert-manager 1.18
(cert-manager.io/v1), as far as used.
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
HOURS = {"type": "string", "pattern": "^[0-9]+h$"}
SPECS = {
    "Certificate": shape(
        ["issuerRef", "secretName"],
        secretName=TEXT,
        isCA={"const": True},
        commonName={"type": "string", "minLength": 1, "maxLength": 64},
        dnsNames=every(TEXT),
        duration=HOURS,
        renewBefore=HOURS,
        privateKey=shape(algorithm={"enum": ["RSA", "ECDSA", "Ed25519"]}, size={"enum": [256, 384, 521]},
                         encoding={"enum": ["PKCS1", "PKCS8"]}, rotationPolicy={"enum": ["Never", "Always"]}),
        usages=every({"enum": ["signing", "digital signature", "cert sign", "server auth", "client auth"]}),
        issuerRef=shape(["name"], name=TEXT, kind=TEXT, group=TEXT),
    ),
    "Issuer": {**shape(selfSigned=shape(), ca=shape(["secretName"], secretName=TEXT)), "minProperties": 1, "maxProperties": 1},
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
VERSIONS = {"Certificate": "cert-manager.io/v1", "Issuer": "cert-manager.io/v1", "IngressRoute": "traefik.io/v1alpha1", "PodMonitor": "monitoring.coreos.com/v1",
            "PrometheusRule": "monitoring.coreos.com/v1"}
SETS = ("ingress.kind=IngressRoute", "tls.mode=cert-manager")
NUMBERS = {"Certificate": 9, "Issuer": 2}


@pytest.mark.parametrize("kind", SPECS)
def test_fields_are_those_of_the_crd(kind):
    found = of_kind(objects("prod", sets=SETS), kind)
    assert len(found) == NUMBERS.get(kind, 1)
    for each in found:
        assert each["apiVersion"] == VERSIONS[kind]
        jsonschema.validate(each["spec"], SPECS[kind])


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
