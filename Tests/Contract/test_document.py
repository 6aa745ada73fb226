"""The OpenAPI document itself, and the catalogue of problems beside the sources that name codes."""

import html
import re
import subprocess

from openapi_spec_validator import OpenAPIV31SpecValidator

from document import ROOT, page, served

# Reasons that services and operators hear, and the gateway never passes on: those of the ledger's holds end in the
# wallet's saga, a second owner of an identity in auth, a mail's id in auth's sender. And the codes of single fields.
INTERNAL = {
    "hold-captured", "hold-released", "hold-too-small", "unknown-hold", "id-reused", "identity-linked", "mail-id-taken",
    "mail-not-dead", "mail-content-gone", "no-such-mail", "cash-held",
}
FIELDS = {"invalid", "unknown"}


def test_a_validator_that_is_not_ours_takes_it():
    errors = [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in OpenAPIV31SpecValidator(served()).iter_errors()]
    assert errors == []


def test_every_operation_has_an_id_of_its_own():
    ids = [each["operationId"] for operations in served()["paths"].values() for each in operations.values()]
    assert len(ids) == len(set(ids)) > 40


def codes_in_sources():
    """Every code that a source names: `reason: "…"`, `code: "…"`, and the REST layer's own `RESTError(…, "…"`."""
    found = {}
    named = re.compile(r'(?:\breason: |\bcode: )"([a-z0-9]+(?:-[a-z0-9]+)*)"|RESTError\(\s*\d{3},\s*"([a-z0-9-]+)"')
    folders = [ROOT / "Plugins", ROOT / "Host/MeshKit/Sources"]
    for path in sorted(each for folder in folders for each in folder.rglob("*.swift")):
        if "/.build" in str(path):
            continue
        for match in named.finditer(path.read_text()):
            found.setdefault(match[1] or match[2], set()).add(str(path.relative_to(ROOT)))
    return found


def test_every_code_that_can_leave_is_in_the_catalogue():
    codes = codes_in_sources()
    assert len(codes) > 40
    catalogue = set(served()["x-problems"])
    unknown = {code: sorted(paths) for code, paths in codes.items() if code not in catalogue | INTERNAL | FIELDS}
    assert unknown == {}
    # What is no longer said, or is in the catalogue by now, has no place in the lists.
    assert INTERNAL <= set(codes) and not INTERNAL & catalogue


def test_every_problem_says_what_to_do_in_both_languages():
    for code, problem in served()["x-problems"].items():
        assert 400 <= problem["status"] <= 599, code
        for name in ("en", "es", "advice", "adviceEs"):
            assert problem[name].strip().endswith("."), (code, name)


def test_every_problem_has_a_line_on_the_page():
    """Where `type` leads to: what to do, in both languages."""
    rows = dict(re.findall(r'<tr id="problem-([a-z0-9-]+)">(.*?)</tr>', page()))
    problems = served()["x-problems"]
    assert set(rows) == set(problems)
    for code, problem in problems.items():
        text = html.unescape(re.sub("<[^>]*>", "", rows[code]))
        for name in ("en", "es", "advice", "adviceEs"):
            assert problem[name].replace("`", "") in text, (code, name)


def test_refusals_are_written_once():
    document = served()
    shared = document["components"]["responses"]
    used = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if status[0] in "45":
                    used.add(response["$ref"].removeprefix("#/components/responses/"))
    assert used == set(shared)


def test_every_closed_operation_names_the_scope_of_its_keys():
    for path, operations in served()["paths"].items():
        for method, operation in operations.items():
            security = operation["security"]
            assert security == [] or [list(each) for each in security] == [["cookie"], ["key"]], (method, path)
            assert not security or security[1]["key"] in (["read"], ["trade"], ["account"]), (method, path)


def test_the_typescript_client_type_checks_with_all_that_uses_it():
    done = subprocess.run(["sh", str(ROOT / "Plugins/Web/client/build")], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
