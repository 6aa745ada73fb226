"""Speaks SendGrid's v3 Mail Send as strictly as SendGrid does: sendgrid_server.py LOG KEY [OPTION…]. Prints its port. Writes
a line of JSON into LOG for each mail it takes, before it answers.

The local part of the recipient asks for refusals: never, later, limit, forever-limit, credits, forbidden, missing, method,
accept, large, broken, silent (no answer), lost (closes after the request), sandbox. OPTION: no-mail-scope, port=N."""
import asyncio
import json
import re
import sys
import time
import uuid

log = open(sys.argv[1], "a", buffering=1)
key = sys.argv[2]
options = set(sys.argv[3:])

KEYS = {
    "personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id", "headers",
    "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings",
}
PERSONAL = {"to", "from", "cc", "bcc", "subject", "headers", "substitutions", "dynamic_template_data", "custom_args", "send_at"}
FORBIDDEN = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LIMIT = 30 << 20


class Refused(Exception):
    def __init__(self, message, field=None):
        super().__init__(message)
        self.message, self.field = message, field


def check(condition, message, field=None):
    if not condition:
        raise Refused(message, field)


def check_address(value, field):
    check(isinstance(value, dict) and set(value) <= {"email", "name"}, "Invalid type. Expected: object.", field)
    check(isinstance(value.get("email"), str), "The email field is required.", field + ".email")
    check(ADDRESS.fullmatch(value["email"]), "Does not contain a valid address.", field + ".email")
    check(isinstance(value.get("name", ""), str), "Invalid type. Expected: string.", field + ".name")


def check_headers(value, field):
    check(isinstance(value, dict), "Invalid type. Expected: object.", field)
    for name, text in value.items():
        check(isinstance(text, str) and re.fullmatch(r"[!-9;-~]+", name), "Invalid header.", f"{field}.{name}")
        check(name.lower() not in FORBIDDEN, "The header is not allowed.", f"{field}.{name}")
        check(not re.search(r"[\r\n\0]", text), "Header values cannot contain line breaks.", f"{field}.{name}")


def check_args(value, field):
    check(isinstance(value, dict), "Invalid type. Expected: object.", field)
    check(all(isinstance(text, str) for text in value.values()), "The custom_args values must be strings.", field)
    check(len(json.dumps(value).encode()) <= 10_000, "custom_args exceed 10000 bytes.", field)


def validate(mail):
    check(isinstance(mail, dict), "Bad Request")
    for name in set(mail) - KEYS:
        raise Refused("Additional property is not allowed", name)
    people = mail.get("personalizations")
    check(isinstance(people, list) and 1 <= len(people) <= 1000, "The personalizations field is required.", "personalizations")
    for index, person in enumerate(people):
        here = f"personalizations.{index}"
        check(isinstance(person, dict) and set(person) <= PERSONAL, "Additional property is not allowed", here)
        check(isinstance(person.get("to"), list) and person["to"], "The to array is required.", here + ".to")
        seen = set()
        for kind in ("to", "cc", "bcc"):
            for place, address in enumerate(person.get(kind, [])):
                check_address(address, f"{here}.{kind}.{place}")
                check(address["email"].lower() not in seen, "Each email address must be unique.", here)
                seen.add(address["email"].lower())
        check_headers(person.get("headers", {}), here + ".headers")
        check_args(person.get("custom_args", {}), here + ".custom_args")
    check("from" in mail, "The from object must be provided for every email send.", "from.email")
    check_address(mail["from"], "from")
    check(isinstance(mail.get("subject"), str) and mail["subject"], "The subject is required.", "subject")
    content = mail.get("content")
    check(isinstance(content, list) and content, "The content field is required.", "content")
    for index, part in enumerate(content):
        here = f"content.{index}"
        check(isinstance(part, dict) and set(part) == {"type", "value"}, "The content is invalid.", here)
        check(isinstance(part["type"], str) and re.fullmatch(r"[a-z]+/[a-z]+", part["type"]), "Invalid type.", here + ".type")
        check(isinstance(part["value"], str) and part["value"], "The content value must be a string at least one character "
              "in length.", here + ".value")
    types = [part["type"] for part in content]
    check(types == sorted(types, key=["text/plain", "text/html"].index), "If present, text/plain must be first, then "
          "text/html.", "content")
    check_headers(mail.get("headers", {}), "headers")
    check_args(mail.get("custom_args", {}), "custom_args")
    categories = mail.get("categories", [])
    check(len(categories) <= 10 and len(set(categories)) == len(categories), "Too many or equal categories.", "categories")
    check(all(isinstance(each, str) and 1 <= len(each) <= 255 for each in categories), "Invalid category.", "categories")
    for name, setting in mail.get("tracking_settings", {}).items():
        check(name in {"click_tracking", "open_tracking", "subscription_tracking", "ganalytics"}, "Unknown.", name)
        check(isinstance(setting.get("enable"), bool), "The enable field must be a boolean.", name)


def errors(message, field=None):
    return json.dumps({"errors": [{"message": message, "field": field, "help": None}]}).encode()


REFUSALS = {
    "never": (400, "Does not contain a valid address.", "personalizations.0.to.0.email"),
    "reject": (400, "The content is not accepted.", "content.0.value"),
    "sender": (400, "The from address does not match a verified Sender Identity.", "from.email"),
    "later": (503, "Service unavailable", None),
    "credits": (401, "Maximum credits exceeded", None),
    "forbidden": (403, "The from address does not match a verified Sender Identity.", "from"),
    "missing": (404, "not found", None),
    "method": (405, "method not allowed", None),
    "accept": (406, "not acceptable", None),
    "large": (413, "Payload too large", None),
    "broken": (500, "Internal error, contact somebody@sendgrid.example", None),
    "sandbox": (200, None, None),
}


def answer(method, path, fields, body):
    """Status, fields, body; None for no answer at all."""
    if path == "/v3/scopes" and method == "GET":
        if fields.get("authorization") != f"Bearer {key}":
            return 401, {}, errors("The provided authorization grant is invalid, expired, or revoked")
        return 200, {}, json.dumps({"scopes": ["user.profile.read"] + ["mail.send"] * ("no-mail-scope" not in options)}).encode()
    if path != "/v3/mail/send":
        return 404, {}, errors("not found")
    if method != "POST":
        return 405, {}, errors("method not allowed")
    if fields.get("authorization") != f"Bearer {key}":
        return 401, {}, errors("The provided authorization grant is invalid, expired, or revoked")
    if fields.get("content-type", "").split(";")[0] != "application/json":
        return 415, {}, errors("Content-Type should be application/json.")
    if len(body) > LIMIT:
        return 413, {}, errors("Payload too large")
    try:
        mail = json.loads(body)
        validate(mail)
    except Refused as refused:
        return 400, {}, errors(refused.message, refused.field)
    except ValueError:
        return 400, {}, errors("Bad Request")
    person = mail["personalizations"][0]
    wanted = person["to"][0]["email"].split("@")[0]
    if wanted in REFUSALS:
        status, message, field = REFUSALS[wanted]
        return status, {}, errors(message, field) if message else b""
    if wanted in ("limit", "forever-limit"):
        reset = int(time.time()) + (30 if wanted == "limit" else 86_400)
        limits = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        return 429, limits, errors("too many requests")
    parts = {part["type"]: part["value"] for part in mail["content"]}
    headers = mail.get("headers", {})
    log.write(json.dumps({
        "via": "sendgrid", "time": time.time(),
        "recipients": [each["email"] for kind in ("to", "cc", "bcc") for each in person.get(kind, [])],
        "sender": mail["from"]["email"], "fromName": mail["from"].get("name", ""), "toName": person["to"][0].get("name", ""),
        "messageID": headers.get("Message-ID", ""), "outboxID": person.get("custom_args", {}).get("outbox_id", ""),
        "attempt": person.get("custom_args", {}).get("attempt", ""), "subject": mail["subject"],
        "text": parts.get("text/plain", ""), "html": parts.get("text/html", ""), "category": mail["categories"][0],
        "headers": sorted(headers), "problems": [], "longestLine": 0, "tracking": mail.get("tracking_settings", {}),
    }) + "\n")
    if wanted in ("silent", "lost"):
        return wanted
    return 202, {"X-Message-Id": uuid.uuid4().hex[:22]}, b""


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            result = answer(method, path, fields, body)
            if result == "silent":
                await reader.read()
                return
            if result == "lost":
                return
            status, more, content = result
            text = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nContent-Type: application/json\r\n"
            text += "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(text.encode() + b"\r\n" + content)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    port = next((int(each[5:]) for each in options if each.startswith("port=")), 0)
    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=64 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
