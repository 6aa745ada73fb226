"""An API server as far as a job needs it that reads and changes Secrets: TLS, tokens, rights of a Role, versions."""

import base64
import http.server
import json
import re
import ssl
import threading

PATH = re.compile(r"/api/v1/namespaces/([a-z0-9-]+)/secrets/([a-z0-9.-]+)")
TOKEN = "of-the-account"


class SecretsAPI:
    def __init__(self, namespace, rules, names, certificate, key, port=0):
        """`rules` are those of the account's Role; `names` the Secrets that there are, empty."""
        self.namespace, self.rules = namespace, rules
        self.secrets = {name: {} for name in names}
        self.versions = {name: 1 for name in names}
        # (verb, Secret, status) of every request; what another writer does once a Secret has been read.
        self.requests, self.meanwhile, self.lock = [], {}, threading.Lock()
        # Secrets that it does not let be changed.
        self.closed = set()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.give(*api.answer("get", self.path, self.headers, b""))

            def do_PATCH(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.give(*api.answer("patch", self.path, self.headers, body))

            def give(self, status, answer):
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.server.server_port}"

    def allows(self, verb, name):
        return any(verb in rule["verbs"] and "secrets" in rule["resources"] and name in rule.get("resourceNames", [name])
                   for rule in self.rules)

    def answer(self, verb, path, headers, body):
        with self.lock:
            found = PATH.fullmatch(path)
            name = found[2] if found else path
            status, answer = self.judge(verb, found, name, headers, body)
            self.requests.append((verb, name, status))
            if verb == "get" and status == 200 and name in self.meanwhile:
                self.meanwhile.pop(name)()
            return status, answer

    def judge(self, verb, found, name, headers, body):
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {}
        if not found or found[1] != self.namespace or not self.allows(verb, name):
            return 403, {}
        if name not in self.secrets:
            return 404, {}
        if verb == "patch":
            if name in self.closed:
                return 422, {}
            if headers["content-type"] != "application/merge-patch+json":
                return 415, {}
            change = json.loads(body)
            if change["metadata"].get("resourceVersion", self.versions[name]) != str(self.versions[name]):
                return 409, {}
            for key, value in change["data"].items():
                if value is None:
                    self.secrets[name].pop(key, None)
                else:
                    self.secrets[name][key] = base64.b64decode(value, validate=True)
            self.versions[name] += 1
        data = {key: base64.b64encode(value).decode() for key, value in self.secrets[name].items()}
        # With what else is in a real one, and looks alike.
        return 200, {
            "kind": "Secret", "apiVersion": "v1", **({"data": data} if data else {}), "type": "Opaque",
            "metadata": {
                "name": name, "namespace": self.namespace, "resourceVersion": str(self.versions[name]),
                "annotations": {"other": '{"data":{"tls.crt":"bm8="},"resourceVersion":"7"}'},
                "managedFields": [{"fieldsV1": {"f:data": {"f:tls.crt": {}}}}],
            },
        }

    def changed(self):
        return [name for verb, name, status in self.requests if verb == "patch" and status == 200]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
