"""Runs schemathesis, which knows nothing of us but /openapi.json, against a `lonja up` of its own, with a session.

    python Tests/Contract/fuzz.py           a minute or so: what Tests/run does
    python Tests/Contract/fuzz.py --long    over 5,000 examples; takes some minutes

Every operation, every check, and what links lead to. Ends with 1 if a check fails, or if there were fewer examples.
Rate limits are off: they would hide everything else.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "Conformance"), str(HERE.parent / "EndToEnd")]

from harness import Up, open_folder  # noqa: E402

# Examples of each operation in the phases that make them up, and how many there must have been in all.
SHORT, LONG = (3, 1_000), (70, 5_001)


def schemathesis(port, state, examples, folder):
    """Its exit code and its output, which is printed as it comes."""
    environment = {
        **os.environ, "SCHEMATHESIS_HOOKS": "fuzz_sessions", "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]),
        "LONJA_FUZZ_PORT": str(port), "LONJA_FUZZ_OUTBOX": str(state / "outbox"), "PYTHONUNBUFFERED": "1",
    }
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
        f"http://127.0.0.1:{port}/openapi.json", "--max-examples", examples, "--continue-on-failure", "--checks", "all",
        "--seed", "7", "--no-color",
    ]
    # It leaves a cache in its working folder.
    running = subprocess.Popen(
        [str(part) for part in command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    for line in running.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    return running.wait(), "".join(lines)


def main(examples, least):
    with tempfile.TemporaryDirectory() as folder:
        state = open_folder(Path(folder)) / "state"
        up = Up(state, {
            "LONJA_GATEWAY_LIMITS_ENABLED": "false", "LONJA_HOST_LOG_LEVEL": "warning",
            "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "10000",
            # Each account has an address of its own: one is sent only so many mails.
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8",
        })
        try:
            code, output = schemathesis(up.http, state, examples, folder)
            up.check_alive()
        finally:
            up.close()
    count = re.search(r"(\d+) generated", output)
    links = re.search(r"API Links:\s+(\d+) covered", output)
    print(f"fuzz: {count and count[1]} examples, {links and links[1]} links followed")
    if code == 0 and (not count or int(count[1]) < least or not links or int(links[1]) == 0):
        print(f"fuzz: at least {least} examples and one link are wanted")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(*(LONG if "--long" in sys.argv[1:] else SHORT)))
