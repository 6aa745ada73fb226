"""Reads mails with Python's own parser, which nobody here wrote; for smtp_server.py, and for files: parsed_mail.py FOLDER
prints a line of JSON for each .eml in it."""
import email
import email.header
import email.policy
import email.utils
import json
import sys
from pathlib import Path


def parse(raw):
    """What a reader of the mail sees, and what is wrong with it."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    problems = [repr(defect) for part in mail.walk() for defect in part.defects]
    for name, value in mail.items():
        problems += [f"{name}: {defect!r}" for defect in getattr(value, "defects", ())]
    names = [name for name in mail.keys()]
    problems += [f"{name} twice" for name in set(names) if names.count(name) > 1 and name != "Received"]
    lines = raw.split(b"\r\n")
    problems += ["a lone CR or LF"] * any(b"\r" in line or b"\n" in line for line in lines)
    problems += ["no end of line at the end"] * (lines[-1] != b"")

    def content(kind):
        part = mail.get_body((kind,))
        return part.get_content().replace("\r\n", "\n") if part else ""

    old = email.message_from_bytes(raw)

    def name(field):
        # The newer parser keeps the blank between two encoded words of a name, which RFC 2047 §6.2 says is none.
        phrase, _ = email.utils.parseaddr(str(old[field] or "").replace("\r\n", ""))
        return str(email.header.make_header(email.header.decode_header(phrase)))

    return {
        "fromName": name("From"), "toName": name("To"),
        "headerRecipients": [each.addr_spec for each in mail["To"].addresses] if mail["To"] else [],
        "messageID": (mail["Message-ID"] or "").strip(), "outboxID": mail["X-Entity-Ref-ID"] or "",
        "subject": mail["Subject"] or "", "text": content("plain"), "html": content("html"),
        "headers": sorted(name for name in names), "problems": problems,
        "longestLine": max(map(len, lines)), "date": mail["Date"].datetime.isoformat() if mail["Date"] else "",
    }


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("*.eml")):
        found = parse(path.read_bytes())
        print(json.dumps({"via": "outbox", "file": path.name, "recipients": found["headerRecipients"], **found}), flush=True)
