"""The part of the Kubernetes API that Traefik's provider of ingresses uses: lists, and watches that go on."""

import http.server
import json
import queue
import re
import threading
import urllib.parse

from node import GATEWAY

KINDS = {
    "configmaps": "ConfigMap", "endpointslices": "EndpointSlice", "ingressclasses": "IngressClass", "ingresses": "Ingress",
    "namespaces": "Namespace", "nodes": "Node", "secrets": "Secret", "services": "Service",
    # Traefik's own.
    "ingressroutes": "IngressRoute", "ingressroutetcps": "IngressRouteTCP", "ingressrouteudps": "IngressRouteUDP",
    "middlewares": "Middleware", "middlewaretcps": "MiddlewareTCP", "serverstransports": "ServersTransport",
    "serverstransporttcps": "ServersTransportTCP", "tlsoptions": "TLSOption", "tlsstores": "TLSStore",
    "traefikservices": "TraefikService",
}
PATH = re.compile(r"^/(?:api|apis/([^/]+))/(v\w+)(?:/namespaces/[^/]+)?/(\w+)$")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, body, status=200):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        # The address of the ingress, which its controller reports.
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer({})

    def do_GET(self):
        path, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        if path == "/version":
            return self.answer({"major": "1", "minor": "37", "gitVersion": "v1.37.0"})
        found = PATH.match(path)
        if not found or found[3] not in KINDS:
            return self.answer({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}, 404)
        group, version, plural = found.groups()
        api = f"{group}/{version}" if group else version
        typed = lambda each: {**each, "kind": KINDS[plural], "apiVersion": api}
        if query.get("watch") not in ("true", "1"):
            items, at = self.server.objects.list(plural)
            return self.answer({
                "kind": f"{KINDS[plural]}List", "apiVersion": api, "metadata": {"resourceVersion": at},
                "items": [typed(each) for each in items],
            })
        return self.watch(plural, typed, api, query.get("sendInitialEvents") == "true")

    def watch(self, plural, typed, api, initial):
        items, at, events = self.server.objects.watch(plural)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            if initial:
                for each in items:
                    self.event("ADDED", typed(each))
                mark = {"resourceVersion": at, "annotations": {"k8s.io/initial-events-end": "true"}}
                self.event("BOOKMARK", {"kind": KINDS[plural], "apiVersion": api, "metadata": mark})
            while not self.server.ended.is_set():
                try:
                    kind, each = events.get(timeout=0.5)
                except queue.Empty:
                    continue
                self.event(kind, typed(each))
        except OSError:
            pass
        finally:
            self.close_connection = True
            self.server.objects.unwatch(plural, events)

    def event(self, kind, each):
        line = json.dumps({"type": kind, "object": each}).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()


class API(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # A connection that ends while an event is written to it is nothing to tell of.
    handle_error = lambda self, request, client_address: None

    def __init__(self, objects):
        super().__init__((GATEWAY, 0), Handler)
        self.objects, self.ended = objects, threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://{GATEWAY}:{self.server_port}"

    def close(self):
        self.ended.set()
        self.shutdown()
        self.server_close()
