"""The OpenAPI document that this version serves, from the generated source that has it; no process is needed."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "Protos/Sources/Contracts/lonja_api_v1.openapi.swift"
RELEASED = ROOT / "Protos/released/openapi.json"


def served():
    found = re.search(r'StaticString = ##"""\n(.*?)\n"""##', SOURCE.read_text(), re.DOTALL)
    assert found, f"{SOURCE} has no document"
    return json.loads(found.group(1))


def page():
    """The reference for people that this version serves."""
    found = re.search(r'page: StaticString = ##"""\n(.*?)"""##', SOURCE.read_text(), re.DOTALL)
    assert found, f"{SOURCE} has no page"
    return found.group(1)


def released():
    return json.loads(RELEASED.read_text())
