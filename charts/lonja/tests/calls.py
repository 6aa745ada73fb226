"""Which plugin calls which method, read from the sources: the clients that plugins hold, and the routes of the public API."""

import re

from settings import ROOT

PACKAGE = re.compile(r"lonja\.([a-z]+)\.v1\.\w+/\w+")
METHOD = re.compile(r'public static let (\w+) = MethodDescriptor<.*>\(\s*service: "([\w.]+)", name: "(\w+)"')
# A property or parameter that is a client, and a local that one is made for.
HOLDER = re.compile(r"\b(\w+)(?:: | = |\()(\w+)Client\b")
ROUTE = re.compile(r'\bcalls: "([\w.]+)\.(\w+)"')
# Commands run in the pod of a service, as that service.
COMMANDS = "Host/Lonja"


class Unreadable(Exception):
    """A client of a plugin whose calls cannot be found: teach this, or hold it plainly."""


def callee(method):
    """lonja.profile.v1.Profile/HoldCash → profile."""
    return PACKAGE.fullmatch(method)[1]


def contract():
    """Name of a client in the sources, without its end → its methods there → those of the contract."""
    found = {}
    for path in (ROOT / "Protos/Sources/Contracts").glob("*.rpc.swift"):
        for swift, service, name in METHOD.findall(path.read_text()):
            if service != "lonja.test.v1.Echo":
                found.setdefault(service.rsplit(".", 1)[1], {})[swift] = f"{service}/{name}"
    return found


def methods():
    """Every method that plugins serve to each other."""
    return {method for each in contract().values() for method in each.values()}


def of_sources(text, services):
    """Methods that a plugin's sources call by a client that they hold."""
    for holder, service in set(HOLDER.findall(text)):
        if service not in services:
            continue
        used = {services[service][name] for name in re.findall(rf"\b{holder}\s*\.(\w+)\b", text) if name in services[service]}
        yield holder, service, used


def called():
    """(plugin, method) of every call that the sources make."""
    services, found = contract(), set()
    for folder in sorted(path for path in (ROOT / "Plugins").iterdir() if path.name != "Drivers"):
        plugin = folder.name.lower()
        text = "\n".join(path.read_text() for path in sorted(folder.rglob("*.swift")))
        by_service = {}
        for _, service, used in of_sources(text, services):
            by_service.setdefault(service, set()).update(used)
        for service, used in by_service.items():
            if not used:
                raise Unreadable(f"{plugin} holds a {service}Client, and calls nothing")
            found |= {(plugin, method) for method in used}
    for path in (ROOT / "Protos/lonja/api").rglob("*.proto"):
        found |= {("gateway", f"{service}/{method}") for service, method in ROUTE.findall(path.read_text())}
    return found


def commanded():
    """(service, method) of what `lonja` itself calls for whoever is in a pod. Nothing else may be who a service is."""
    services, found = contract(), set()
    text = "\n".join(path.read_text() for path in sorted((ROOT / COMMANDS).glob("*.swift")))
    for service, names in services.items():
        calls = re.findall(rf"\b{service}Client\(\w+\)\.(\w+)\(", text)
        if f"({service}Client)" in text:
            calls += [name for name in re.findall(r"(?:\bclient|\$0)\.(\w+)\(", text) if name in names]
        found |= {names[name] for name in calls}
    return found
