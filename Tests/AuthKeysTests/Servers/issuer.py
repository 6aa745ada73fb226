"""A small OpenID Connect issuer that signs whatever it is told to: issuer.py

It prints its port. What it does is changed by POST /control with a JSON object, whose members stay until others replace
them; GET /counts says what was asked of it. See `control` for the members.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

CLIENT, SECRET = "lonja test", "s3cret:/+ %"
REDIRECT = "http://localhost:8080/api/v1/auth/google/callback"

keys = {name: rsa.generate_private_key(65537, 2048) for name in ("k1", "k2", "k3")}
curve_key = ec.generate_private_key(ec.SECP256R1())
counts = {"metadata": 0, "keys": 0, "token": 0, "codes": []}
codes = {}
control = {
    "published": ["k1"],  # names of the keys in the set
    "key": "k1",  # the key that signs; its name is the kid
    "signature": "RS256",  # or ES256, HS256 (with the public key as secret), none, empty, garbage
    "header": {},  # members to set in the header; null takes one away
    "claims": {},  # the same of the payload
    "twice": {},  # members that the payload gets once more, at its end
    "twice_header": {},
    "offset": 0,  # seconds that the issuer's clock is ahead
    "metadata": {},  # members to set in the metadata; null takes one away
    "metadata_status": 200,
    "keys_status": 200,
    "keys_text": None,  # instead of the set
    "only": False,  # whether the set has no key of another kind
    "cache_control": None,  # of the set
    "token_status": 200,
    "token_text": None,  # instead of the tokens
    "token_hangup": False,  # reads the request and closes the connection
    "token_type": "Bearer",
    "authentication": "basic",  # what the token endpoint accepts; or post
    "callback_issuer": None,  # the iss of the callback
    "token_tail": "",  # text behind the ID token
}
at_first = dict(control)


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def changed(members, changes):
    members = {**members, **changes}
    return {name: value for name, value in members.items() if value is not None}


def public_set():
    items = []
    for name in control["published"]:
        numbers = keys[name].public_key().public_numbers()
        items.append(
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "n": number(numbers.n), "e": number(numbers.e)}
        )
    if control["only"]:
        return {"keys": items}
    point = curve_key.public_key().public_numbers()
    items.append(
        {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "curve", "x": number(point.x), "y": number(point.y)}
    )
    return {"keys": items}


def with_twice(members, twice):
    body = json.dumps(members)
    for name, value in twice.items():
        body = body[:-1] + f", {json.dumps(name)}: {json.dumps(value)}" + "}"
    return body.encode()


def sign(data):
    kind = control["signature"]
    key = keys[control["key"]]
    if kind == "RS256":
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if kind == "ES256":
        r, s = utils.decode_dss_signature(curve_key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if kind == "HS256":
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hmac.new(public, data, hashlib.sha256).digest()
    if kind == "garbage":
        return secrets.token_bytes(256)
    return b""


def id_token(issuer, nonce, access_token):
    kind = control["signature"]
    algorithm = {"none": "none", "ES256": "ES256", "HS256": "HS256"}.get(kind, "RS256")
    header = changed({"alg": algorithm, "typ": "JWT", "kid": control["key"]}, control["header"])
    now = int(time.time()) + control["offset"]
    digest = hashlib.sha256(access_token.encode()).digest()
    claims = changed(
        {
            "iss": issuer,
            "aud": CLIENT,
            "azp": CLIENT,
            "sub": "1234567890",
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
            "at_hash": text(digest[:16]),
            "email": "ana@example.org",
            "email_verified": True,
            "given_name": "Ana",
            "family_name": "Núñez",
            "locale": "es-ES",
        },
        control["claims"],
    )
    signed = text(with_twice(header, control["twice_header"])) + "." + text(with_twice(claims, control["twice"]))
    return signed + "." + text(sign(signed.encode())) + control["token_tail"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, status, value, **fields):
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, field in fields.items():
            if field is not None:
                self.send_header(name.replace("_", "-"), field)
        self.end_headers()
        self.wfile.write(body)

    def content(self):
        return self.rfile.read(int(self.headers.get("content-length", 0))).decode()

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/counts":
            return self.answer(200, counts)
        if path == "/.well-known/openid-configuration":
            counts["metadata"] += 1
            metadata = {
                "issuer": self.issuer,
                "authorization_endpoint": self.issuer + "/authorize?kept=1",
                "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["plain", "S256"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            }
            return self.answer(control["metadata_status"], changed(metadata, control["metadata"]))
        if path == "/keys":
            counts["keys"] += 1
            value = control["keys_text"] or public_set()
            return self.answer(control["keys_status"], value, cache_control=control["cache_control"])
        if path == "/authorize":
            return self.authorize(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        self.answer(404, {})

    def authorize(self, asked):
        """Everybody is logged in already."""
        expected = {
            "kept": "1",
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        wrong = [name for name, value in expected.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(asked.get(name, "")) != 43]
        if wrong:
            return self.answer(400, {"error": "invalid_request", "wrong": wrong})
        code = secrets.token_urlsafe(24)
        codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        if control["callback_issuer"]:
            back["iss"] = control["callback_issuer"]
        self.answer(302, {}, location=REDIRECT + "?" + urllib.parse.urlencode(back))

    def do_POST(self):
        content = self.content()
        if self.path == "/control":
            control.update(json.loads(content))
            return self.answer(200, {})
        if self.path == "/reset":
            control.update(at_first)
            return self.answer(200, {})
        if self.path == "/token":
            return self.token(dict(urllib.parse.parse_qsl(content, keep_blank_values=True)))
        self.answer(404, {})

    def token(self, form):
        counts["token"] += 1
        counts["codes"].append(form.get("code"))
        if control["token_hangup"]:
            self.close_connection = True
            return
        if control["token_text"] is not None or control["token_status"] != 200:
            return self.answer(control["token_status"], control["token_text"] or "{}")
        if control["authentication"] == "basic":
            pair = base64.b64decode(self.headers.get("authorization", "Basic ").removeprefix("Basic ")).decode()
            known = [urllib.parse.unquote_plus(part) for part in pair.split(":")] == [CLIENT, SECRET]
        else:
            known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not known:
            return self.answer(401, {"error": "invalid_client"})
        asked = codes.pop(form.get("code"), None)
        verifier = form.get("code_verifier", "")
        challenge = text(hashlib.sha256(verifier.encode()).digest())
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != REDIRECT
            or len(verifier) != 64
            or challenge != asked["code_challenge"]
        ):
            return self.answer(400, {"error": "invalid_grant"})
        access_token = secrets.token_urlsafe(32)
        self.answer(
            200,
            {
                "access_token": access_token,
                "token_type": control["token_type"],
                "expires_in": 3600,
                "id_token": id_token(self.issuer, asked["nonce"], access_token),
            },
            cache_control="no-store",
        )


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
