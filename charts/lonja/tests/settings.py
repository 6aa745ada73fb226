"""The settings that the program declares, read from its sources, as a JSON schema for `config` and as names of variables.

python settings.py --write puts the schema into values.schema.json; a test holds the two equal.
"""

import json
import pathlib
import re
import sys

CHART = pathlib.Path(__file__).resolve().parent.parent
ROOT = CHART.parent.parent
SERVICES = ["auth", "gateway", "market", "notification", "profile", "wallet", "web"]
# Kills the process at a line that tests name.
DEBUG_ONLY = "wallet.fault"
FIXED = re.compile(r'"(LONJA_[A-Z_]+)"')

TEXT = r'"((?:[^"\\]|\\.)*)"'
CALL = re.compile(
    r"\.(string|int|bool|double|duration|list|secret)\(\s*(" + TEXT + r"|[A-Za-z][\w.]*(?:\([^()]*\))?)\s*,\s*(?=\S)"
)
CONSTANT = re.compile(r"\b(?:let|var) (\w+)(?:: String)? (?:= |\{ )" + TEXT)
FUNCTION = re.compile(r"func (\w+)\(_ (\w+): String\) -> String \{ " + TEXT)
DOTTED = re.compile(r"[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)+")
# What comes after the key in a declaration, and in nothing else that is called alike.
DECLARES = re.compile(r'default:|required:|choices:|range:|"')


class Unreadable(Exception):
    """A declaration whose key this cannot work out: teach it, or declare the key plainly."""


def sources():
    for folder in ("Host/MeshKit/Sources", "Host/HostCore", "Plugins"):
        for path in sorted((ROOT / folder).rglob("*.swift")):
            text = path.read_text()
            if "/DevEnvironment/" not in str(path) and path.name != "Setting.swift":
                yield path, text


def declared():
    """Dotted key → (kind, choices)."""
    found = {}
    every = {path: text for path, text in sources()}
    whole = "\n".join(every.values())
    for path, text in every.items():
        if "Setting" not in text:
            continue
        for call in CALL.finditer(text):
            rest = text[call.end():]
            if DECLARES.match(rest):
                for key in keys(call[2], path, text, whole):
                    if DOTTED.fullmatch(key):
                        found[key] = (call[1], choices(rest))
    return dict(sorted(found.items()))


def choices(rest):
    """The literal choices of a declaration, if they are its next labelled argument or the one after its default."""
    match = re.match(r"(?:default: " + TEXT + r",\s*)?choices: \[([^\]]*)\]", rest)
    return re.findall(TEXT, match[2]) if match else []


def keys(expression, path, text, whole):
    """The keys that the first argument of a declaration may be."""
    constants = {name: value for name, value in CONSTANT.findall(text)}
    if expression.startswith("hostKey") or expression.startswith("addressKey") or r"\(prefix)" in expression:
        store = {"PostgresSettings.swift": "postgres", "ValkeySettings.swift": "valkey"}.get(path.name)
        if store:
            users = re.findall(store.capitalize() + r'Settings\.declared\(for: "(\w+)"\)', whole)
            if not users:
                raise Unreadable(f"nobody uses {path.name}")
            last = {"hostKey": "host", "addressKey": "address"}.get(expression.split("(")[0])
            last = last or expression.strip('"').split(".")[1]
            return [f"{user}.{store}.{last}" for user in users]
    if "HostSettings.driverKey" in expression or "Self.driverKey" in expression:
        slots = set(re.findall(r'"((?:notification|market|wallet)\.(?:mail|quotes|fallback|brokerage))"', whole))
        return [f"{slot}.driver" for slot in sorted(slots)]
    if "pinKey" in expression:
        return []
    if "each.quota" in expression:
        by = re.search(TEXT, expression)[1]
        quotas = re.findall(r"\(\.(\w+), \"", text)
        return [f"gateway.limits.{quota}.{by}" for quota in quotas]
    if r"\(slot)" in expression:
        return [expression.strip('"').replace(r"\(slot)", slot) for slot in ("quotes", "fallback")]
    if expression == "OutboxKeyring.setting":
        return [re.search(r'static let setting = "(.*?)"', whole)[1]]
    if expression.startswith('"'):
        return [resolved(expression.strip('"'), constants, path)]
    name, _, argument = expression.partition("(")
    name = name.split(".")[-1]
    if argument:
        functions = {f: (parameter, value) for f, parameter, value in FUNCTION.findall(text)}
        if name not in functions or not re.fullmatch(TEXT + r"\)", argument):
            raise Unreadable(f"{path.name}: {expression}")
        parameter, value = functions[name]
        return [resolved(value.replace(rf"\({parameter})", argument[1:-2]), constants, path)]
    if name not in constants:
        # A parameter or a local of something that only looks like a declaration has no text.
        if name in ("key", "text"):
            return []
        raise Unreadable(f"{path.name}: {expression}")
    return [resolved(constants[name], constants, path)]


def resolved(text, constants, path):
    for _ in range(4):
        text = re.sub(r"\\\((?:Self\.)?(\w+)\)", lambda m: constants.get(m[1], m[0]), text)
    if "\\(" in text and "." in text and " " not in text:
        raise Unreadable(f"{path.name}: {text}")
    return text


def variable(key):
    """market.replay.dayLength → LONJA_MARKET_REPLAY_DAY_LENGTH, as SettingKey.variable(of:)."""
    return "LONJA_" + re.sub(r"[A-Z]", lambda m: "_" + m[0], key.replace(".", "_")).upper()


def fixed_variables():
    text = (ROOT / "Host/MeshKit/Sources/Config/Declaration/SettingSchema.swift").read_text()
    return set(FIXED.findall(text.split("fixedVariables")[1].split("]")[0]))


def variables():
    """Every variable that a process may be given; those of addresses too."""
    return fixed_variables() | {variable(key) for key in declared()} | {f"LONJA_ADDRESS_{s.upper()}" for s in SERVICES}


KINDS = {
    "string": {"type": ["string", "integer", "number", "boolean"]},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "double": {"type": "number"},
    "duration": {"type": "string", "pattern": "^[0-9]+(us|ms|s|m|h|d)$"},
    "list": {"type": "array", "items": {"type": "string"}},
}


def config_schema():
    """Of what may stand in the file of LONJA_CONFIG. Secrets may not: they are files of their own."""
    root = {"type": "object", "additionalProperties": False, "properties": {}}
    for key, (kind, choices) in declared().items():
        if kind == "secret" or key == DEBUG_ONLY:
            continue
        at = root
        *folders, last = key.split(".")
        for folder in folders:
            at = at["properties"].setdefault(
                folder, {"type": "object", "additionalProperties": False, "properties": {}}
            )
        at["properties"][last] = {"enum": choices} if choices else dict(KINDS[kind])
    pins = {name: {"type": "object", "additionalProperties": False, "properties": {"sha256": {"type": "string"}}}
            for name in sorted(SERVICES + drivers())}
    root["properties"]["plugins"] = {"type": "object", "additionalProperties": False, "properties": pins}
    return root


def drivers():
    """Names of the driver libraries, as a slot's key would give them."""
    manifest = (ROOT / "Package.swift").read_text()
    return sorted({name.lower() for name in re.findall(r"(\w+)Driver\b", manifest)} | {
        path.name.removesuffix("Driver").lower() for path in (ROOT / "Plugins/Drivers").glob("*/*/*Driver")
    })


def secrets():
    return [key for key, (kind, _) in declared().items() if kind == "secret"]


def methods():
    """Names of all methods that plugins serve to each other."""
    from calls import methods as every

    return sorted({method.split("/")[1] for method in every()})


def main():
    path = CHART / "values.schema.json"
    schema = json.loads(path.read_text())
    schema["$defs"]["config"] = config_schema()
    schema["$defs"]["secretKey"] = {"enum": secrets()}
    schema["$defs"]["method"] = {"enum": methods()}
    if "--write" in sys.argv:
        path.write_text(json.dumps(schema, indent=2) + "\n")
    print(f"{len(declared())} settings, {len(secrets())} of them secret")


if __name__ == "__main__":
    main()
