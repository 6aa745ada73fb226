"""The other kind of ingress that the chart can render, in a Traefik that reads no other."""

from cluster import HOST, manifests
from ingress import Ingress


def test_traefik_takes_the_rendered_ingressroute(cluster):
    (route,) = [each for each in manifests("ingress.kind=IngressRoute") if each["kind"] == "IngressRoute"]
    cluster.objects.put("ingressroutes", route)
    second = Ingress(cluster.node, cluster.ingress.address, cluster.api, HOST, "kubernetescrd", (8000, 8443))
    try:
        second.wait("/api/v1/quotes/AAPL")
        second.wait("/openapi.json")
        second.wait("/")
        assert second.status("/api/v1/nowhere") == 404
        assert second.status("/hooks/nowhere") == 404
        # The longer path wins: the client has a page for what it does not know, the API a problem.
        with second.connect() as connection:
            connection.sendall(f"GET /api/nowhere HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode())
            said = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"application/problem+json" in said, said[:500]
    finally:
        second.close()
