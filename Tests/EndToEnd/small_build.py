"""A small build of the client on the disk, of the shape that Plugins/Web/client/build writes."""

import gzip
import json
import shutil

SCRIPT = "main-7KQ2M3XA.js"
TEXT = b"export const answer = 42;\n" * 200


def page(language, name, words="", script=SCRIPT):
    return (f'<!doctype html>\n<html lang="{language}" data-theme="auto">\n<head><title>{name}</title>'
            f'<script type="module" src="/assets/{script}"></script></head>\n<body><h1>{name} {language} {words}</h1>'
            + "<p>text</p>" * 80 + "</body>\n</html>\n")


def write_build(folder, words="", script=SCRIPT, without=()):
    """Writes it beside, and puts it in the place of the one that is there; `without` names files to leave out."""
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    files = {
        f"assets/{script}": TEXT, f"assets/{script}.br": b"the build's own brotli", f"assets/{script}.gz": gzip.compress(TEXT),
        "assets/inter-400-0A1B2C3D.woff2": b"wOF2", "root/robots.txt": b"User-agent: *\n", "root/icons/192.png": b"\x89PNG",
        "site.json": json.dumps({"routes": ["/", "/stocks/:symbol", "/verify-email"], "prerendered": {"/": "home"}}).encode(),
    }
    for language in ("en", "es"):
        for name in ("home", "shell", "not-found", "unavailable"):
            files[f"pages/{language}/{name}.html"] = page(language, name, words, script).encode()
    for name, content in files.items():
        if name not in without:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
