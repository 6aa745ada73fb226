"""What a new version of the public API takes away from clients of an older one, by their OpenAPI documents.

    python breaking.py OLD NEW      names each breaking change; ends with 1 if there is one
"""

import json
import sys
from pathlib import Path

METHODS = ("get", "put", "post", "delete", "patch")


def changes(old, new):
    """Each breaking change from one document to the other, as a sentence."""
    return list(Comparison(old, new).paths())


class Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.seen = set()

    def paths(self):
        for path, operations in self.old["paths"].items():
            for method in METHODS:
                if method in operations:
                    where = f"{method.upper()} {path}"
                    if method not in self.new["paths"].get(path, {}):
                        yield f"{where} is gone"
                    else:
                        yield from self.operation(where, operations[method], self.new["paths"][path][method])
        yield from self.problems()

    def problems(self):
        """A code keeps its status."""
        after = self.new.get("x-problems", {})
        for code, each in self.old.get("x-problems", {}).items():
            if code not in after:
                yield f"problem {code} is gone"
            elif after[code]["status"] != each["status"]:
                yield f"problem {code} has status {after[code]['status']} instead of {each['status']}"

    def operation(self, where, old, new):
        if not old.get("security") and new.get("security"):
            yield f"{where} needs a session"
        before, after = self.scopes(old), self.scopes(new)
        if before and after and not after <= before:
            yield f"{where} needs the scope {', '.join(sorted(after - before))}"
        yield from self.parameters(where, old.get("parameters", []), new.get("parameters", []))
        yield from self.request(where, old.get("requestBody"), new.get("requestBody"))
        for status in old["responses"]:
            if status.startswith("2") and status not in new["responses"]:
                yield f"{where}: {status} is gone"
        # What clients have never been told of, they do not expect.
        for status in new["responses"]:
            if status not in old["responses"] and status[0] in "23":
                yield f"{where}: {status} is new"
        for status in set(old["responses"]) & set(new["responses"]):
            yield from self.response(f"{where} {status}", old["responses"][status], new["responses"][status])

    @staticmethod
    def scopes(operation):
        """What a session key must be for."""
        return {scope for each in operation.get("security", []) for scope in each.get("key", [])}

    def parameters(self, where, old, new):
        before = {(each["in"], each["name"].lower()): each for each in old}
        after = {(each["in"], each["name"].lower()): each for each in new}
        for key, each in before.items():
            name = f"{where}: parameter {each['name']}"
            if key not in after:
                yield f"{name} is gone"
                continue
            if after[key].get("required") and not each.get("required"):
                yield f"{name} is now required"
            yield from self.schema(name, each.get("schema", {}), after[key].get("schema", {}), True)
        for key, each in after.items():
            if key not in before and each.get("required"):
                yield f"{where}: parameter {each['name']} is new and required"

    def request(self, where, old, new):
        if old is None:
            if new and new.get("required"):
                yield f"{where}: content is now required"
            return
        if new is None:
            yield f"{where}: content is no longer taken"
            return
        if new.get("required") and not old.get("required"):
            yield f"{where}: content is now required"
        yield from self.content(f"{where} content", old["content"], new["content"], True)

    def response(self, where, old, new):
        old, new = self.shared(self.old, old), self.shared(self.new, new)
        yield from self.content(where, old.get("content", {}), new.get("content", {}), False)
        for name in old.get("headers", {}):
            if name not in new.get("headers", {}):
                yield f"{where}: field {name} is gone"

    def content(self, where, old, new, is_input):
        for media, each in old.items():
            if media not in new:
                yield f"{where}: {media} is gone"
            else:
                place = f"{where} problem" if media == "application/problem+json" else where
                yield from self.schema(place, each.get("schema", {}), new[media].get("schema", {}), is_input)

    @staticmethod
    def shared(document, response):
        """A response itself, wherever it is kept."""
        return document["components"]["responses"][response["$ref"].rpartition("/")[2]] if "$ref" in response else response

    def resolved(self, document, schema):
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = document["components"]["schemas"][name]
        return schema

    def schema(self, where, old, new, is_input):
        pair = (old.get("$ref"), new.get("$ref"), is_input)
        if old.get("$ref"):
            if pair in self.seen:
                return
            self.seen.add(pair)
        old, new = self.resolved(self.old, old), self.resolved(self.new, new)
        for key in ("type", "format"):
            if old.get(key) != new.get(key):
                yield f"{where}: {key} {new.get(key)} instead of {old.get(key)}"
        yield from self.enumeration(where, old.get("enum"), new.get("enum"), is_input)
        if is_input:
            yield from self.narrowed(where, old, new)
        yield from self.members(where, old, new, is_input)
        if "items" in old and "items" in new:
            yield from self.schema(f"{where}[]", old["items"], new["items"], is_input)
        elif "items" in old:
            yield f"{where}: what is in the list is no longer said"

    def enumeration(self, where, old, new, is_input):
        if is_input:
            gone = set(old or []) - set(new) if new is not None else set()
            if gone:
                yield f"{where}: no longer takes {', '.join(sorted(map(str, gone)))}"
            if old is None and new is not None:
                yield f"{where}: takes only some values now"
        elif old is not None:
            if new is None:
                yield f"{where}: may have any value now"
            # Clients go by the status of a problem whose code they do not know: codes may be added.
            elif set(new) - set(old) and not where.endswith(" problem.code"):
                yield f"{where}: may be {', '.join(sorted(map(str, set(new) - set(old))))} now"

    def narrowed(self, where, old, new):
        """Input that was taken is refused."""
        for key, tighter in (
            ("minLength", lambda a, b: b > (a or 0)), ("maxLength", lambda a, b: a is None or b < a),
            ("minItems", lambda a, b: b > (a or 0)), ("maxItems", lambda a, b: a is None or b < a),
            ("minimum", lambda a, b: a is None or b > a), ("maximum", lambda a, b: a is None or b < a),
            ("pattern", lambda a, b: a != b),
        ):
            if key in new and tighter(old.get(key), new[key]):
                yield f"{where}: {key} {new[key]} instead of {old.get(key)}"
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            if old.get("type") == "object":
                yield f"{where}: other members are no longer taken"
        if "oneOf" in new and new["oneOf"] != old.get("oneOf"):
            yield f"{where}: other members go together now"

    def members(self, where, old, new, is_input):
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, each in before.items():
            if name not in after:
                yield f"{where}.{name} is gone"
            else:
                yield from self.schema(f"{where}.{name}", each, after[name], is_input)
        if is_input:
            for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
                yield f"{where}.{name} is now required"
        else:
            for name in sorted(set(old.get("required", [])) - set(new.get("required", []))):
                yield f"{where}.{name} may be missing now"


if __name__ == "__main__":
    before, after = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
    found = changes(before, after)
    print("\n".join(found) or "nothing breaks")
    sys.exit(1 if found else 0)
