"""Runs schemathesis, which knows nothing of us but /openapi.json, against a `lonja up` of its own, with a session.

    python Tests/Contract/fuzz.py [EXAMPLES]      so many of each operation; 10 where nothing is said

Ends with 1 if a check fails. Rate limits are off: they would hide everything else.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "Conformance"), str(HERE.parent / "EndToEnd")]

from accounts import Browser, Outbox, new_email  # noqa: E402
from harness import Up, open_folder  # noqa: E402

# What ends the session that all others need.
ENDING = ["/api/v1/auth/logout", "/api/v1/auth/sessions", "/api/v1/auth/password"]


def session(up, state):
    browser = Browser(type("Door", (), {"http": up.http, "origin": f"http://localhost:{up.http}"}))
    address = new_email("fuzz")
    browser.register(address)
    token = Outbox(state / "outbox").to(address).token
    assert browser.post("/auth/email-verifications/confirm", {"token": token}).status == 204
    browser.login(address)
    return browser


def main(examples):
    with tempfile.TemporaryDirectory() as folder:
        state = open_folder(Path(folder)) / "state"
        up = Up(state, {"LONJA_GATEWAY_LIMITS_ENABLED": "false", "LONJA_HOST_LOG_LEVEL": "warning"})
        try:
            browser = session(up, state)
            key = browser.post("/auth/session-keys").json["token"]
            command = [
                Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
                f"http://127.0.0.1:{up.http}/openapi.json", "--max-examples", examples, "--continue-on-failure",
                "-H", f"Authorization: Bearer {key}",
                "--exclude-method", "DELETE", "--seed", "7", "--no-color",
            ]
            for path in ENDING:
                command += ["--exclude-path", path]
            # It leaves a cache in its working folder.
            done = subprocess.run([str(part) for part in command], cwd=folder)
            up.check_alive()
            return done.returncode
        finally:
            up.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "10"))
